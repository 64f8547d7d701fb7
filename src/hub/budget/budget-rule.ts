import type { BudgetExcess } from '../../contracts/spend.ts';
import { AppError, type ErrorCode } from '../../errors/index.ts';
import type { ModelRequest } from '../model.ts';
import type { Target } from '../routing/targets.ts';
import { budgetExceeded } from './budget-exceeded.ts';
import type { Budget } from './create-budget.ts';
import { estimateCost } from './estimate.ts';
import { expectedUse } from './meter.ts';

/** The budget's say in who is asked for one request. */
export interface BudgetRule {
  /** A target that is too dear now is passed over, so that a cheaper one is asked. */
  readonly forbids: (target: Target, promptTokens: number) => ErrorCode | null;
  /** The error for the caller: says which limit it was where nobody could be asked because of one. */
  explained(error: unknown): AppError;
}

export function createBudgetRule(
  budget: Pick<Budget, 'excess'>,
  request: Pick<ModelRequest, 'maxTokens'>,
  pool: string | null,
): BudgetRule {
  let first: BudgetExcess | null = null;
  return {
    forbids({ model }, promptTokens) {
      if (model.provider === 'local') return null;
      const estimate = estimateCost(model.info(), expectedUse(request, promptTokens));
      const excess = budget.excess({ model: model.id, provider: model.provider, pool }, estimate);
      first ??= excess;
      return excess ? 'budget/exceeded' : null;
    },
    explained(error) {
      const known = AppError.from(error);
      const isBare = known.code === 'budget/exceeded' && known.details['scope'] === undefined;
      return isBare && first ? budgetExceeded(first) : known;
    },
  };
}
