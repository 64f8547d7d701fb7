const MASK = '•••';
const MOST_SHOWN = 60;
/** Enough to recognise a secret that begins in what is shown. */
const MOST_LOOKED_AT = 300;
/** A shorter text is no key, but may well be a word of the file. */
const SHORTEST_SECRET = 8;

const SECRET_LOOKS: readonly RegExp[] = [
  /\b(?:sk|pk|rk|gsk|hf|xai|key|ghp|pplx|nvapi|r8)[-_][\w-]{8,}/iu,
  /\bbce-v3\/|\bALTAK|\bAKIA[0-9A-Z]{12}|\bAIza[\w-]{16}|\beyJ[\w-]{10}/u,
  /\bbearer\s+\S/iu,
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/iu,
  /:\/\/\S*[@?]/u,
];
const LONG_RUN = /[A-Za-z0-9+=]{20,}/gu;

/** Keys whose value is a secret wherever they stand. `max_tokens` is none. */
const SECRET_KEY = /(?:keys?|secrets?|password|passwd|token|auth|authorization|credentials?)$/iu;

/** Writes what was found into messages, without what may be a secret. */
export interface Mask {
  hides(text: string): boolean;
  /** In quotes, shortened; masked where it may hold a secret. */
  quote(text: string): string;
  /** Part of a path. */
  segment(key: string): string;
}

export function namesSecret(key: string): boolean {
  return SECRET_KEY.test(key);
}

/** `literals` are the secrets that the text itself holds. */
export function createMask(literals: readonly string[]): Mask {
  const long = literals.filter((literal) => literal.length >= SHORTEST_SECRET);
  const hides = (text: string): boolean => looksSecret(text) || long.some((literal) => text.includes(literal));
  return {
    hides,
    quote: (text) => (hides(text) ? `"${MASK}"` : JSON.stringify(shortened(text))),
    segment: (key) =>
      hides(key) ? `["${MASK}"]` : /^[\w-]+$/u.test(key) ? key : `[${JSON.stringify(shortened(key))}]`,
  };
}

function shortened(text: string): string {
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}…`;
}

function looksSecret(whole: string): boolean {
  const text = whole.slice(0, MOST_LOOKED_AT);
  if (SECRET_LOOKS.some((look) => look.test(text))) return true;
  return [...text.matchAll(LONG_RUN)].some(([run]) => /\d/u.test(run) && /[a-z]/iu.test(run));
}
