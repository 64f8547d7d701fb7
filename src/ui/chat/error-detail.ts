import type { WireError } from '../../contracts/error.ts';

/** Shown elsewhere on the page already: the text so far, and the route. */
const SHOWN_ELSEWHERE: readonly string[] = ['text', 'route'];

/** The technical side of an error, for who wants it. */
export function errorDetail({ code, message, details }: WireError): string {
  const rest = Object.entries(details).filter(([name]) => !SHOWN_ELSEWHERE.includes(name));
  const lines = [`${code}: ${message}`];
  if (rest.length > 0) lines.push(asJson(Object.fromEntries(rest)));
  return lines.join('\n');
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value, null, 2);
  } catch {
    return String(value); // A cycle or a bigint: told as far as it can be.
  }
}

/** Errors whose words and ways out come with the cloud part of the app. */
export function needsCloudHelp({ code, details }: WireError, model: string | undefined): boolean {
  if (code === 'vault/locked') return true;
  const cloud = model !== undefined && !model.startsWith('local_');
  return cloud && (typeof details['reason'] === 'string' || /^(provider|network|timeout|stream)\//u.test(code));
}
