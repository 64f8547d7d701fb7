/** Shorter values are masked only as whole words: they may well be part of one. */
export const SHORT_LENGTH = 6;

/** Longer values are found piece by piece: a pattern of thousands of alternatives is more than an engine compiles. */
const PIECE_LENGTH = 256;

export interface SecretPattern {
  readonly regexp: RegExp;
  /** True when base64 characters at this edge of a match hold bits of the secret and of its neighbour. */
  readonly sharesBefore: boolean;
  readonly sharesAfter: boolean;
}

/**
 * What finds a secret in a text, in every way in which texts carry one: as it is; percent-encoded once or twice, fully or
 * in part; escaped as JSON once or twice, or as HTML; and as base64, alone or inside a longer encoded text.
 */
export function secretPatterns(secret: string): readonly SecretPattern[] {
  if (secret === '') return [];
  if (secret.length < SHORT_LENGTH) {
    return [exactly(`(?<![\\p{L}\\p{N}_])(?:${written(secret)})(?![\\p{L}\\p{N}_])`)];
  }
  return piecesOf(secret).flatMap((piece) => [exactly(written(piece)), ...base64Patterns(piece)]);
}

function exactly(source: string): SecretPattern {
  return { regexp: new RegExp(source, 'gu'), sharesBefore: false, sharesAfter: false };
}

/** Pieces that cover the whole; the last one reaches back rather than be short. */
function piecesOf(secret: string): readonly string[] {
  const characters = Array.from(secret);
  const pieces: string[] = [];
  for (let at = 0; at + PIECE_LENGTH < characters.length; at += PIECE_LENGTH) {
    pieces.push(characters.slice(at, at + PIECE_LENGTH).join(''));
  }
  return [...pieces, characters.slice(-PIECE_LENGTH).join('')];
}

function written(piece: string): string {
  return (piece.match(/\\+|[^\\]/gu) ?? [])
    .map((part) => (part.startsWith('\\') ? writtenBackslashes(part.length) : writtenCharacter(part)))
    .join('');
}

/** A run at once: one by one, each of them could be one to four of the text's, in exponentially many ways. */
function writtenBackslashes(count: number): string {
  return `(?:\\\\{${count},${count * 4}}|(?:%(?:25)?5[cC]){${count}})`;
}

const HTML_NAMES: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

/** One character in all its spellings. No encoder touches letters, digits, hyphens and underscores. */
function writtenCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  // Written plainly, because engines search for plain text much faster.
  if (/^[A-Za-z0-9_-]$/u.test(character)) return character;
  const spellings = [
    ...percentEncodings(character, code),
    ...(code <= 0xffff ? [`\\\\{1,2}u${anyCase(code.toString(16).padStart(4, '0'))}`] : []),
    `&#(?:0*${code}|[xX]0*${anyCase(code.toString(16))});`,
    ...(character in HTML_NAMES ? [`&${HTML_NAMES[character] ?? ''};`] : []),
    ...(character === ' ' ? ['\\+'] : []),
    `\\\\{0,4}\\u{${code.toString(16)}}`,
  ];
  return `(?:${spellings.join('|')})`;
}

/** As UTF-8, as browsers do, and as Latin-1, as old servers do; once or twice. */
function percentEncodings(character: string, code: number): readonly string[] {
  const utf8 = Array.from(new TextEncoder().encode(character), percentEncoded).join('');
  return code > 0x7f && code <= 0xff ? [utf8, percentEncoded(code)] : [utf8];
}

function percentEncoded(byte: number): string {
  return `%(?:25)?${anyCase(byte.toString(16).padStart(2, '0'))}`;
}

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/gu, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

/** Latin-1 is what `btoa` encodes; everything else encodes UTF-8. */
function base64Patterns(piece: string): readonly SecretPattern[] {
  const byteTexts = new Set([String.fromCharCode(...new TextEncoder().encode(piece))]);
  if (!/[^\0-\xff]/u.test(piece)) byteTexts.add(piece);
  return [...byteTexts].flatMap((bytes) => [0, 1, 2].map((shift) => base64Pattern(bytes, shift)));
}

/** Base64 of `bytes` where `shift` bytes stand before them in their group of three. */
function base64Pattern(bytes: string, shift: number): SecretPattern {
  const encoded = btoa('\0'.repeat(shift) + bytes);
  const bits = (shift + bytes.length) * 8;
  const whole = encoded.slice(Math.ceil((shift * 8) / 6), Math.floor(bits / 6));
  return {
    regexp: new RegExp(Array.from(whole, base64Character).join(''), 'gu'),
    sharesBefore: shift > 0,
    sharesAfter: bits % 6 !== 0,
  };
}

/** Both alphabets, and what JSON and URLs make of the first. */
function base64Character(character: string): string {
  if (character === '+') return '(?:[+\\-]|%2[bB])';
  if (character === '/') return '(?:\\\\?\\/|_|%2[fF])';
  return character;
}
