import { createLimiter, type Limiter, type Release } from './limiter.ts';
import type { Model } from './model.ts';

/** Requests at models at the same time, over all tabs. */
export const MOST_CONCURRENT_REQUESTS = 5;

/** The places at models: so many per model, and so many in all. */
export interface RequestSlots {
  /** Resolves with the place; `onPlace` hears the place in the queue that is waited in. */
  acquire(
    model: Pick<Model, 'id' | 'concurrency'>,
    signal: AbortSignal,
    onPlace: (place: number) => void,
  ): Promise<Release>;
}

export function createRequestSlots(most: number = MOST_CONCURRENT_REQUESTS): RequestSlots {
  const overall = createLimiter(most);
  const perModel = new Map<string, Limiter>();

  const limiterOf = (model: Pick<Model, 'id' | 'concurrency'>): Limiter => {
    const known = perModel.get(model.id);
    if (known) return known;
    const limiter = createLimiter(model.concurrency);
    perModel.set(model.id, limiter);
    return limiter;
  };

  return {
    async acquire(model, signal, onPlace) {
      // The model's own queue first: a request that waits for its model must not take a place from another model.
      const releaseModel = await limiterOf(model).acquire(signal, onPlace);
      try {
        const releaseOverall = await overall.acquire(signal, onPlace);
        return () => {
          releaseOverall();
          releaseModel();
        };
      } catch (error) {
        releaseModel();
        throw error;
      }
    },
  };
}
