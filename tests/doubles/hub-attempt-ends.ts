import type { GenerateResult } from '../../src/contracts/generation.ts';
import type { AttemptEnd, AttemptFacts } from '../../src/hub/monitor/attempt-end.ts';

/** What an answer says of itself, as monitors see it. */
export interface AnswerFacts {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cachedTokens?: number;
  readonly reasoningTokens?: number;
  readonly amount?: number | null;
  readonly currency?: string;
  readonly tokensPerSecond?: number;
  /** Of the whole request; the same at the model unless `facts` say otherwise. */
  readonly totalMs?: number;
  readonly firstTokenMs?: number;
}

export function successOf(model: string, answer: AnswerFacts = {}, facts: Partial<AttemptFacts> = {}): AttemptEnd {
  const { cachedTokens, reasoningTokens, totalMs = 1000, firstTokenMs = 100 } = answer;
  const result: Pick<GenerateResult, 'usage' | 'cost' | 'timing' | 'finishReason' | 'text'> = {
    text: 'SAID BY THE MODEL',
    usage: {
      inputTokens: answer.inputTokens ?? 10,
      outputTokens: answer.outputTokens ?? 20,
      ...(cachedTokens === undefined ? {} : { cachedTokens }),
      ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
      source: 'provider',
    },
    cost: {
      amount: answer.amount === undefined ? 0.5 : answer.amount,
      currency: answer.currency ?? 'USD',
      source: 'estimated',
    },
    timing: { queuedMs: 0, firstTokenMs, totalMs, tokensPerSecond: answer.tokensPerSecond ?? 40 },
    finishReason: 'stop',
  };
  return { outcome: 'success', model, provider: 'openai', backend: 'cloud', ...facts, result };
}
