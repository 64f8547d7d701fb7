import type { WireError } from '../contracts/error.ts';
import { AppError } from './app-error.ts';
import { MASK } from './secret-mask.ts';
import { SHORT_LENGTH } from './secret-pattern.ts';

export type RedactText = (text: string) => string;

/** Deeper values of details are of no use to anybody. */
const MOST_LEVELS = 16;

/**
 * The error with every secret masked in its message, details and stack. The cause is dropped: nobody knows what is in it.
 */
export function redactError(error: AppError, redactText: RedactText): AppError {
  const redacted = new AppError(error.code, redactText(error.message), {
    details: { ...redactFields(error.details, redactText, []) },
  });
  if (error.stack !== undefined) redacted.stack = redactText(error.stack);
  return redacted;
}

/** The same for an error that is stored or crosses a thread. */
export function redactWireError(error: WireError, redactText: RedactText): WireError {
  return {
    ...error,
    message: redactText(error.message),
    details: redactFields(error.details, redactText, []),
  };
}

/**
 * A copy with every secret masked in its texts, numbers and field names, at any depth. Errors become their name and
 * message; what is no data (functions, bytes, instances of classes) becomes its kind in brackets.
 */
export function redactValue(value: unknown, redactText: RedactText): unknown {
  return redactDeep(value, redactText, []);
}

/** `parents` are the objects that `value` lies in, outermost first. */
function redactDeep(value: unknown, redactText: RedactText, parents: readonly object[]): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'number' || typeof value === 'bigint') return redactNumber(value, redactText);
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
  if (typeof value !== 'object' || value === null) return value;
  if (parents.includes(value)) return '[circular]';
  if (parents.length === MOST_LEVELS) return '[too deep]';
  if (Array.isArray(value)) return value.map((entry) => redactDeep(entry, redactText, [...parents, value]));
  if (value instanceof Error) return { name: redactText(value.name), message: redactText(value.message) };
  if (isRecord(value)) return redactFields(value, redactText, parents);
  return `[${Object.prototype.toString.call(value).slice(8, -1)}]`;
}

function redactFields(
  fields: object,
  redactText: RedactText,
  parents: readonly object[],
): Readonly<Record<string, unknown>> {
  const within = [...parents, fields];
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [redactText(field), redactDeep(value, redactText, within)]),
  );
}

/** A secret of digits only looks like any number. Short ones are left: programs read them, and they may mean anything. */
function redactNumber(value: number | bigint, redactText: RedactText): unknown {
  const text = String(value);
  if (text.length < SHORT_LENGTH) return value;
  return redactText(text) === text ? value : MASK;
}

function isRecord(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
