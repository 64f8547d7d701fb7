import { isRemote } from './fitness.ts';
import type { Target } from './targets.ts';

const TYPICAL_REPLY_TOKENS = 300;
/** Only to compare: nothing that is shown is converted. */
const USD_PER_CNY = 0.14;

/** What a request would cost there, to compare: null where no price is known. How long the reply will be is not known. */
export function expectedCostOf({ model }: Target, promptTokens: number): number | null {
  if (!isRemote(model)) return 0;
  const { price } = model.info();
  if (!price) return null;
  const amount = (price.input * promptTokens + price.output * TYPICAL_REPLY_TOKENS) / 1e6;
  return price.currency === 'CNY' ? amount * USD_PER_CNY : amount;
}
