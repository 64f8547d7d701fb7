/** Milliseconds to wait before trying again, as the answer says it: headers first, then the words of the message; undefined when it says nothing. */
export function waitHintMs(headers: Headers, message: string, now: number): number | undefined {
  const hint =
    fromMilliseconds(headers.get('retry-after-ms')) ??
    fromRetryAfter(headers.get('retry-after'), now) ??
    fromWords(message.slice(0, MOST_CHARACTERS));
  return hint !== undefined && Number.isFinite(hint) ? hint : undefined;
}

/** Of a message that is searched. */
const MOST_CHARACTERS = 2000;

function fromMilliseconds(value: string | null): number | undefined {
  return value !== null && /^\d+(\.\d+)?$/u.test(value.trim()) ? Number(value) : undefined;
}

/** Seconds, or a date. */
function fromRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d+(\.\d+)?$/u.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** "try again in 84ms", "in 6m0s", "retry after 38 seconds". */
function fromWords(message: string): number | undefined {
  const words =
    /(?:try again in|retry after|retry in)\s+((?:\d+(?:\.\d+)?\s*(?:ms|milliseconds?|s|secs?|seconds?|m|min(?:ute)?s?|h|hours?)\s*)+)/iu.exec(
      message,
    )?.[1];
  if (words === undefined) return undefined;
  let total = 0;
  for (const [, amount = '', unit = ''] of words.matchAll(/(\d+(?:\.\d+)?)\s*(ms|milli|s|m|h)/giu)) {
    total += Number(amount) * (UNIT_MS[unit.toLowerCase()] ?? 0);
  }
  return total;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, milli: 1, s: 1000, m: 60_000, h: 3_600_000 };
