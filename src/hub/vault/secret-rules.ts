import { AppError } from '../../errors/index.ts';

const MOST_NAME_CHARACTERS = 100;
const MOST_VALUE_BYTES = 8 * 1024;
const MOST_PASSPHRASE_CHARACTERS = 1024;
const MOST_MINUTES = 7 * 24 * 60;

/** What is wrong with a secret's name, or null. Never quotes it: people paste keys into the wrong field. */
export function nameProblem(name: unknown): string | null {
  if (typeof name !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]*$/u.test(name)) {
    return 'a name is letters, digits and underscores, and does not begin with a digit';
  }
  return name.length > MOST_NAME_CHARACTERS ? `a name has at most ${MOST_NAME_CHARACTERS} characters` : null;
}

/**
 * What is wrong with a trimmed value, or null. Keys travel in headers, which carry printable Latin-1 only: the browser
 * would refuse the request with an error that looks like a broken network.
 */
export function valueProblem(value: string): string | null {
  if (value === '') return 'a secret must not be empty';
  if (/[\p{Cc}]/u.test(value)) return 'a secret must be one line without control characters';
  if (/[^\x20-\xff]/u.test(value)) return 'a secret has a character that no key can have (copied along by mistake?)';
  return value.length > MOST_VALUE_BYTES ? `a secret has at most ${MOST_VALUE_BYTES} bytes` : null;
}

/** Throws `provider/bad-request` with `details.field` `name`. */
export function checkName(name: unknown): asserts name is string {
  const problem = nameProblem(name);
  if (problem !== null) throw refusal('name', problem);
}

/** The value without the space and line ends around it. Throws `provider/bad-request` with `details.field` `value`. */
export function checkedValue(value: unknown): string {
  if (typeof value !== 'string') throw refusal('value', 'a secret is a text');
  const trimmed = value.trim();
  const problem = valueProblem(trimmed);
  if (problem !== null) throw refusal('value', problem);
  return trimmed;
}

/** The passphrase in the form that all keyboards agree on. Throws `provider/bad-request` with `details.field` `passphrase`. */
export function checkedPassphrase(passphrase: unknown): string {
  if (typeof passphrase !== 'string' || passphrase === '' || passphrase.length > MOST_PASSPHRASE_CHARACTERS) {
    throw refusal('passphrase', `a passphrase has 1 to ${MOST_PASSPHRASE_CHARACTERS} characters`);
  }
  return passphrase.normalize('NFC');
}

/** Throws `provider/bad-request` with `details.field` `minutes`. */
export function checkMinutes(minutes: unknown): asserts minutes is number | null {
  if (minutes === null) return;
  if (typeof minutes !== 'number' || !(minutes > 0 && minutes <= MOST_MINUTES)) {
    throw refusal('minutes', `the time until the vault locks is more than 0 and at most ${MOST_MINUTES} minutes`);
  }
}

export function refusal(field: string, problem: string): AppError {
  return new AppError('provider/bad-request', `The vault did not take this: ${problem}.`, { details: { field } });
}
