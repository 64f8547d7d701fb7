import type { SamplingSettings } from './sampling-settings.ts';
import { atLeast, mostLikely, topK } from './top-candidates.ts';

// Wide enough that one pass nearly always suffices, narrow enough that few tokens are sorted: e^-10 of the best.
const FIRST_WINDOW = 10;
// Beyond this a weight is 0 in double precision.
const EXP_UNDERFLOW = 745;

/**
 * Draws a token. After the penalties (see penalties.ts) the order is fixed:
 * 1. temperature 0 takes the most likely token, the lowest id of equals, and nothing below applies;
 * 2. logits are divided by the temperature;
 * 3. top-k keeps the k most likely tokens, the lower ids of equals;
 * 4. top-p keeps the fewest most likely of these whose share of their common probability reaches it, at least one;
 * 5. min-p drops those less likely than that share of the most likely;
 * 6. one is drawn in proportion to the probabilities that are left: `draw` in [0, 1) goes from the most likely on.
 */
export function sampleToken(logits: Float32Array, settings: SamplingSettings, draw: () => number): number {
  if (settings.temperature === 0) return mostLikely(logits);
  const drawn = draw();
  const { tokens, weights, total } = candidates(logits, settings, drawn);
  if (keepsAll(settings)) return tokens[pick(weights, drawn * total)] ?? mostLikely(logits);
  const kept = weights.slice(
    0,
    Math.min(cutByMass(weights, total * settings.topP), cutByShare(weights, settings.minP)),
  );
  return tokens[pick(kept, drawn * sumOf(kept))] ?? mostLikely(logits);
}

interface Candidates {
  /** Most likely first. */
  readonly tokens: readonly number[];
  /** Unscaled probabilities, the most likely being 1. */
  readonly weights: readonly number[];
  /** Sum of the weights after top-k: what top-p is a share of. */
  readonly total: number;
}

function candidates(logits: Float32Array, settings: SamplingSettings, drawn: number): Candidates {
  const { temperature, topK: k } = settings;
  const best = logits[mostLikely(logits)] ?? 0;
  const weightOf = (token: number): number => Math.exp(((logits[token] ?? 0) - best) / temperature);
  if (k === 0 || k >= logits.length) return fromAll(logits, settings, best, weightOf, drawn);
  const tokens = topK(logits, k);
  const weights = tokens.map(weightOf);
  return { tokens, weights, total: sumOf(weights) };
}

/** Without top-k: sorts only the tokens near the best, in a window that is widened until the draw must end inside it. */
function fromAll(
  logits: Float32Array,
  settings: SamplingSettings,
  best: number,
  weightOf: (token: number) => number,
  drawn: number,
): Candidates {
  let total = 0;
  for (let token = 0; token < logits.length; token += 1) total += weightOf(token);
  const neededMass = total * (keepsAll(settings) ? drawn : settings.topP);
  for (let window = FIRST_WINDOW; ; window *= 2) {
    const tokens = atLeast(logits, best - window * settings.temperature);
    const weights = tokens.map(weightOf);
    const isEnough = sumOf(weights) > neededMass || settings.minP > Math.exp(-window);
    if (isEnough || tokens.length === logits.length || window > EXP_UNDERFLOW) return { tokens, weights, total };
  }
}

function keepsAll({ topP, minP }: SamplingSettings): boolean {
  return topP === 1 && minP === 0;
}

function sumOf(weights: readonly number[]): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}

function cutByMass(weights: readonly number[], mass: number): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i += 1) {
    sum += weights[i] ?? 0;
    if (sum >= mass) return i + 1;
  }
  return weights.length;
}

function cutByShare(weights: readonly number[], share: number): number {
  let cut = weights.length;
  while (cut > 1 && (weights[cut - 1] ?? 0) < share) cut -= 1;
  return cut;
}

/** The place at which the weights, added up from the first, pass `mass`. */
function pick(weights: readonly number[], mass: number): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i += 1) {
    sum += weights[i] ?? 0;
    if (sum > mass) return i;
  }
  return weights.length - 1;
}
