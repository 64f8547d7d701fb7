import type { Clock } from '../contracts/ports.ts';
import type { Decoder } from './decoder/decoder.ts';

const PREFILL_TOKENS = 16;
const STEPS = 16;
/** Time for a request that waited for the model: it warms the code up with work of its own. */
const PATIENCE_MS = 50;

export interface WarmUp {
  /** Resolves when it runs no more, after the run under way at most. */
  stop(): Promise<void>;
}

export interface WarmUpDeps {
  readonly clock: Clock;
  readonly yieldToEvents: () => Promise<void>;
  /** A run failed; none follows. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * A few runs whose results nobody reads, while nobody waits. Browsers compile the runtime's code a second time, for speed,
 * once it has run a while: better now than in the first reply.
 */
export function startWarmUp(decoder: Decoder, { clock, yieldToEvents, onFailure }: WarmUpDeps): WarmUp {
  const stopped = new AbortController();
  const isStopped = (): boolean => stopped.signal.aborted;
  const token = (place: number): number => place % decoder.vocabularySize;

  async function run(): Promise<void> {
    await clock.sleep(PATIENCE_MS, stopped.signal).catch(() => undefined);
    if (isStopped()) return;
    decoder.run(
      Array.from({ length: PREFILL_TOKENS }, (_, place) => token(place)),
      0,
    );
    for (let step = 0; step < STEPS; step += 1) {
      await yieldToEvents();
      if (isStopped()) return;
      decoder.run([token(step)], PREFILL_TOKENS + step);
    }
  }

  const ended = run().catch(onFailure);
  return {
    stop: () => {
      stopped.abort();
      return ended;
    },
  };
}
