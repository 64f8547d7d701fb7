import type { Decoder } from './decoder/decoder.ts';

const PREFILL_TOKENS = 16;
const STEPS = 16;

/**
 * A few runs whose results nobody reads. Browsers compile the runtime's code a second time, for speed, once it has run a
 * while: better now than in the first reply.
 */
export async function warmUp(decoder: Decoder, yieldToEvents: () => Promise<void>): Promise<void> {
  decoder.run(
    Array.from({ length: PREFILL_TOKENS }, (_, i) => i % decoder.vocabularySize),
    0,
  );
  for (let step = 0; step < STEPS; step += 1) {
    await yieldToEvents();
    decoder.run([step % decoder.vocabularySize], PREFILL_TOKENS + step);
  }
}
