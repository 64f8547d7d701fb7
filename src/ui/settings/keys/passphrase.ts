import type { WireError } from '../../../contracts/error.ts';

export const SHORTEST_PASSPHRASE = 8;

/** In the words of `vault`. */
export type PassphraseProblem = 'tooShort' | 'different';

/** What is wrong with a new passphrase and its repetition; null when nothing is. */
export function passphraseProblem(passphrase: string, repeated: string): PassphraseProblem | null {
  if (Array.from(passphrase).length < SHORTEST_PASSPHRASE) return 'tooShort';
  return passphrase === repeated ? null : 'different';
}

export function isWrongPassphrase({ code, details }: WireError): boolean {
  return code === 'vault/locked' && details['reason'] === 'wrong-passphrase';
}
