import { AppError } from '../errors/index.ts';
import type { Activity } from './activity.ts';
import { createOnce } from './once.ts';

/** From the first hello of another build on, a hub takes nothing new; it ends when what it does has ended. */
export interface HubLife {
  retire(): void;
  /** The error for new work: `hub/lost` once the hub retires or has ended, null before. */
  refusal(): AppError | null;
  readonly whenRetired: Promise<void>;
  dispose(): Promise<void>;
}

export interface HubLifeDeps {
  readonly activity: Activity;
  readonly onRetiring: () => void;
  /** Ends everything but the lock; called once. */
  readonly end: () => Promise<void>;
  readonly releaseLock: () => Promise<void>;
}

export function createHubLife({ activity, onRetiring, end, releaseLock }: HubLifeDeps): HubLife {
  let closed: 'retiring' | 'ended' | null = null;
  let resolveRetired = (): void => undefined;
  const whenRetired = new Promise<void>((resolve) => {
    resolveRetired = resolve;
  });
  const endOnce = createOnce(() => {
    closed = 'ended';
    return end();
  });

  return {
    retire() {
      if (closed) return;
      closed = 'retiring';
      onRetiring();
      // The lock is kept: it falls with the worker, so that no tab connects to one that is about to close.
      void activity.whenIdle().then(endOnce).then(resolveRetired);
    },
    refusal() {
      if (!closed) return null;
      return new AppError('hub/lost', 'This hub takes no new work: it makes room for another.', {
        details: { reason: closed },
      });
    },
    whenRetired,
    async dispose() {
      await endOnce();
      await releaseLock();
    },
  };
}
