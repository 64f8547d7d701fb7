import type { SamplingSettings } from '../../../src/engine/sampling/sampling-settings.ts';

export interface Weighted {
  readonly token: number;
  readonly weight: number;
}

/** The samplers as plainly as they can be written: sorts everything. */
export function referenceCandidates(logits: readonly number[], settings: SamplingSettings): Weighted[] {
  const best = Math.max(...logits);
  let kept = logits
    .map((logit, token) => ({ token, logit, weight: Math.exp((logit - best) / settings.temperature) }))
    .sort((a, b) => b.logit - a.logit || a.token - b.token);
  if (settings.topK > 0) kept = kept.slice(0, settings.topK);
  const total = kept.reduce((sum, each) => sum + each.weight, 0);
  let mass = 0;
  kept = kept.filter((each, i) => {
    const isNeeded = i === 0 || mass < total * settings.topP;
    mass += each.weight;
    return isNeeded;
  });
  return kept.filter((each, i) => i === 0 || each.weight >= settings.minP);
}

export function referencePenalise(
  logits: readonly number[],
  seen: readonly number[],
  reply: readonly number[],
  settings: SamplingSettings,
): number[] {
  return logits.map((logit, token) => {
    let value = Math.fround(logit);
    if (seen.includes(token)) {
      value = Math.fround(value > 0 ? value / settings.repetitionPenalty : value * settings.repetitionPenalty);
    }
    const count = reply.filter((each) => each === token).length;
    if (count === 0) return value;
    return Math.fround(value - count * settings.frequencyPenalty - settings.presencePenalty);
  });
}
