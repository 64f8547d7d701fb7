import type { GeneratePart, GenerateResult } from '../../contracts/generation.ts';

/** A known answer as the stream that it once was, without its finish. */
export function* replayOf({ reasoning = '', text, droppedMessages }: GenerateResult): Generator<GeneratePart> {
  if (droppedMessages !== undefined) yield { type: 'context-trimmed', droppedMessages };
  if (reasoning !== '') yield { type: 'reasoning-delta', text: reasoning };
  yield { type: 'text-delta', text };
}

/** A known answer as the result of a request that took `tookMs` and cost nothing, because nobody was asked. */
export function cachedResult(answer: GenerateResult, tookMs: number): GenerateResult {
  const { estimatedCost: _estimate, ...rest } = answer;
  return {
    ...rest,
    cost: { amount: 0, currency: answer.cost.currency, source: 'measured' },
    timing: { queuedMs: 0, firstTokenMs: tookMs, totalMs: tookMs, tokensPerSecond: 0 },
    route: [],
    cached: true,
  };
}
