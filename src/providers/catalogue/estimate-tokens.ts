/**
 * Roughly how many tokens a text is, for providers that do not say: by script, without a tokenizer. Calibrated on the vocabulary
 * of OpenAI's models (o200k), within a third for prose and code; older and smaller vocabularies cut scripts other than Latin finer.
 * The same text gives the same number, and a concatenation the sum of its parts, give or take one for rounding.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (let at = 0; at < text.length; at += 1) tokens += weightOf(text.charCodeAt(at));
  // The sum of many fractions may miss a whole number by a hair.
  return Math.max(0, Math.ceil(tokens - 1e-6));
}

/** Tokens per UTF-16 unit up to and with `last`, ascending: 1 / how many of them a token holds on average. */
const WEIGHTS: readonly (readonly [last: number, weight: number])[] = [
  [0x24f, 0.36], // Latin with accents
  [0x36f, 0.4],
  [0x3ff, 0.4], // Greek
  [0x52f, 0.29], // Cyrillic
  [0x5ff, 0.44], // Armenian, Hebrew
  [0x77f, 0.42], // Arabic
  [0x97f, 0.36], // Devanagari
  [0xe7f, 0.45], // other Indic, Thai
  [0x1fff, 0.5],
  [0x2fff, 0.9], // punctuation, arrows, symbols
  [0x303f, 0.8], // CJK punctuation
  [0x30ff, 0.8], // Kana
  [0x9fff, 0.75], // Han
  [0xabff, 0.7],
  [0xd7ff, 0.7], // Hangul
  [0xdfff, 1.1], // halves of what lies beyond: emoji, rare Han
  [0xfeff, 0.7],
  [0xffff, 0.8], // full-width forms
];

function weightOf(unit: number): number {
  if (unit < 0x80) return asciiWeight(unit);
  return WEIGHTS.find(([last]) => unit <= last)?.[1] ?? 1;
}

/** Words of English are about five letters and bring their space along; digits go by threes. */
function asciiWeight(unit: number): number {
  const isLower = unit >= 0x61 && unit <= 0x7a;
  if (isLower) return 0.22;
  if (unit === 0x20) return 0.08;
  const isUpper = unit >= 0x41 && unit <= 0x5a;
  if (isUpper) return 0.22;
  const isDigit = unit >= 0x30 && unit <= 0x39;
  if (isDigit) return 0.48;
  return unit < 0x20 ? 0.3 : 0.65;
}
