import type { BudgetConfig, Limits } from '../../../contracts/config.ts';

export type LimitField =
  | 'maxConcurrentRequests'
  | 'cacheSize'
  | 'cacheTtlMs'
  | 'errorThreshold'
  | 'retry.attempts'
  | 'retry.maxWaitMs'
  | 'timeouts.firstTokenMs'
  | 'timeouts.idleMs'
  | 'timeouts.totalMs'
  | 'breaker.errorRate'
  | 'breaker.windowMs'
  | 'breaker.cooldownMs'
  | 'perDay'
  | 'perMonth';

/** What may be typed, in the unit that is shown: seconds and percent. The bounds are those of the file. */
export interface FieldRule {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
  /** Shown times this is stored. */
  readonly factor: number;
  readonly mayBeEmpty: boolean;
}

const DAY_S = 86_400;
const whole = (min: number, max: number): FieldRule => ({ min, max, whole: true, factor: 1, mayBeEmpty: false });
const seconds = (min: number): FieldRule => ({ min, max: DAY_S, whole: false, factor: 1000, mayBeEmpty: false });
const money: FieldRule = { min: 0, max: 1_000_000_000, whole: false, factor: 1, mayBeEmpty: true };

export const LIMIT_RULES: Readonly<Record<LimitField, FieldRule>> = {
  maxConcurrentRequests: whole(1, 1000),
  cacheSize: whole(0, 100_000),
  cacheTtlMs: { ...seconds(0.001), max: 30 * DAY_S },
  errorThreshold: whole(1, 1000),
  'retry.attempts': whole(1, 20),
  'retry.maxWaitMs': seconds(0),
  'timeouts.firstTokenMs': seconds(0.001),
  'timeouts.idleMs': seconds(0.001),
  'timeouts.totalMs': seconds(0.001),
  'breaker.errorRate': { min: 0.1, max: 100, whole: false, factor: 0.01, mayBeEmpty: false },
  'breaker.windowMs': seconds(0.001),
  'breaker.cooldownMs': seconds(0),
  perDay: money,
  perMonth: money,
};

/** As they stand together on the page. */
export const LIMIT_GROUPS = {
  requests: ['maxConcurrentRequests', 'cacheSize', 'cacheTtlMs'],
  retry: ['retry.attempts', 'retry.maxWaitMs', 'timeouts.firstTokenMs', 'timeouts.idleMs', 'timeouts.totalMs'],
  breaker: ['errorThreshold', 'breaker.errorRate', 'breaker.windowMs', 'breaker.cooldownMs'],
} as const satisfies Readonly<Record<string, readonly LimitField[]>>;

export const BUDGET_GROUP = ['perDay', 'perMonth'] as const satisfies readonly LimitField[];

export type LimitTexts = Readonly<Record<LimitField, string>>;

/** What is stored, as it is typed. */
export function textsOf(limits: Limits, budget: BudgetConfig): LimitTexts {
  const fields = Object.keys(LIMIT_RULES) as LimitField[];
  return Object.fromEntries(
    fields.map((field) => {
      const value = storedValue(field, limits, budget);
      // 0.07 / 0.01 is not 7.
      return [field, value === undefined ? '' : String(Number((value / LIMIT_RULES[field].factor).toPrecision(12)))];
    }),
  ) as Record<LimitField, string>;
}

/** The number that a text means, as it is stored; undefined for an empty one that may be; null for a wrong one. */
export function valueOf(field: LimitField, text: string): number | null | undefined {
  const { min, max, factor, mayBeEmpty, whole: isWhole } = LIMIT_RULES[field];
  const trimmed = text.trim();
  if (trimmed === '') return mayBeEmpty ? undefined : null;
  const value = Number(trimmed);
  const fits = value >= min && value <= max && (!isWhole || Number.isInteger(value));
  if (!fits) return null;
  const stored = value * factor;
  return factor === 1000 ? Math.round(stored) : Number(stored.toPrecision(12));
}

export function wrongFields(texts: LimitTexts): readonly LimitField[] {
  return (Object.keys(LIMIT_RULES) as LimitField[]).filter((field) => valueOf(field, texts[field]) === null);
}

/** What the texts mean; everything else of `limits` and `budget` stays. Null while one of them is wrong. */
export function fromTexts(
  texts: LimitTexts,
  limits: Limits,
  budget: BudgetConfig,
): { readonly limits: Limits; readonly budget: BudgetConfig } | null {
  if (wrongFields(texts).length > 0) return null;
  const number = (field: LimitField): number => valueOf(field, texts[field]) ?? 0;
  const { perDay: _day, perMonth: _month, ...rest } = budget;
  const [perDay, perMonth] = [valueOf('perDay', texts.perDay), valueOf('perMonth', texts.perMonth)];
  return {
    limits: {
      ...limits,
      maxConcurrentRequests: number('maxConcurrentRequests'),
      cacheSize: number('cacheSize'),
      cacheTtlMs: number('cacheTtlMs'),
      errorThreshold: number('errorThreshold'),
      retry: { ...limits.retry, attempts: number('retry.attempts'), maxWaitMs: number('retry.maxWaitMs') },
      timeouts: {
        ...limits.timeouts,
        firstTokenMs: number('timeouts.firstTokenMs'),
        idleMs: number('timeouts.idleMs'),
        totalMs: number('timeouts.totalMs'),
      },
      breaker: {
        ...limits.breaker,
        errorRate: number('breaker.errorRate'),
        windowMs: number('breaker.windowMs'),
        cooldownMs: number('breaker.cooldownMs'),
      },
    },
    budget: {
      ...rest,
      ...(typeof perDay === 'number' ? { perDay } : {}),
      ...(typeof perMonth === 'number' ? { perMonth } : {}),
    },
  };
}

function storedValue(field: LimitField, limits: Limits, budget: BudgetConfig): number | undefined {
  if (field === 'perDay' || field === 'perMonth') return budget[field];
  const [group, name] = field.split('.');
  const all: Readonly<Record<string, unknown>> = { ...limits };
  const value = name === undefined ? all[field] : (all[group ?? ''] as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'number' ? value : undefined;
}
