import type { BudgetExcess } from '../../contracts/spend.ts';
import { AppError } from '../../errors/index.ts';

/** The error for a limit that a request would go over, or has reached midway. */
export function budgetExceeded(excess: BudgetExcess, when: 'before' | 'midway' = 'before'): AppError {
  const { scope, name, period, limit, spent, reserved, estimate, currency } = excess;
  const whose = name === undefined ? '' : ` for the ${scope} "${name}"`;
  const used = `${rounded(spent)} ${currency} are spent and ${rounded(reserved)} held`;
  const reached = when === 'midway' ? `was stopped at ${rounded(estimate)}` : `may cost ${rounded(estimate)}`;
  const message = `The budget of ${limit} ${currency} per ${period}${whose} does not allow this request: ${used}, and it ${reached} ${currency}.`;
  return new AppError('budget/exceeded', message, { details: { ...excess, when } });
}

function rounded(amount: number): string {
  return String(Number(amount.toPrecision(3)));
}
