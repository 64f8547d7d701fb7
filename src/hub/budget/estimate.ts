import type { ModelInfo } from '../../contracts/model.ts';
import type { Cost } from '../../contracts/generation.ts';
import { costOf } from '../../providers/catalogue/cost.ts';

/** Tokens of a reply whose length nobody knows. */
export const TYPICAL_REPLY_TOKENS = 300;

export interface ExpectedUse {
  readonly promptTokens: number;
  readonly replyTokens: number;
  /** Of `replyTokens`. */
  readonly reasoningTokens?: number;
}

/**
 * What so many tokens cost at a model by its price list, tiers by the length of the prompt included; the amount is null where
 * no price is known, 0 on the device.
 */
export function estimateCost({ provider, price }: Pick<ModelInfo, 'provider' | 'price'>, use: ExpectedUse): Cost {
  if (provider === 'local') return { amount: 0, currency: 'USD', source: 'estimated' };
  const { promptTokens, replyTokens, reasoningTokens = 0 } = use;
  const usage = {
    inputTokens: promptTokens,
    outputTokens: replyTokens,
    ...(reasoningTokens === 0 ? {} : { reasoningTokens }),
    source: 'estimated',
  } as const;
  return costOf(usage, price, 'USD');
}
