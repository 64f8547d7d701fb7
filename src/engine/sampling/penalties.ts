import type { SamplingSettings } from './sampling-settings.ts';

/** The last tokens of prompt and reply that the repetition penalty looks at. */
export const REPETITION_WINDOW_TOKENS = 256;

/** What was said so far, for the penalties. Special tokens are never penalised: the model must be able to end its turn. */
export interface TokenHistory {
  addPrompt(tokens: readonly number[]): void;
  addReply(token: number): void;
  /** Changes `logits` in place: repetition first, then frequency and presence. */
  penalise(logits: Float32Array, settings: SamplingSettings): void;
}

export function createTokenHistory(exempt: ReadonlySet<number>): TokenHistory {
  let window: number[] = [];
  const replyCounts = new Map<number, number>();

  function remember(tokens: readonly number[]): void {
    window = [...window, ...tokens.filter((token) => !exempt.has(token))].slice(-REPETITION_WINDOW_TOKENS);
  }

  return {
    addPrompt: remember,
    addReply: (token) => {
      remember([token]);
      if (!exempt.has(token)) replyCounts.set(token, (replyCounts.get(token) ?? 0) + 1);
    },
    penalise: (logits, { repetitionPenalty, frequencyPenalty, presencePenalty }) => {
      if (repetitionPenalty !== 1) {
        for (const token of new Set(window)) {
          const logit = logits[token] ?? 0;
          logits[token] = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty;
        }
      }
      if (frequencyPenalty === 0 && presencePenalty === 0) return;
      for (const [token, count] of replyCounts) {
        logits[token] = (logits[token] ?? 0) - count * frequencyPenalty - presencePenalty;
      }
    },
  };
}
