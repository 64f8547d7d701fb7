import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenHistory, REPETITION_WINDOW_TOKENS } from '../../../src/engine/sampling/penalties.ts';
import { createDraws } from '../../../src/engine/sampling/random-draws.ts';
import { sampleToken } from '../../../src/engine/sampling/sample-token.ts';
import {
  DEFAULT_SAMPLING,
  resolveSampling,
  type SamplingSettings,
} from '../../../src/engine/sampling/sampling-settings.ts';
import { topK } from '../../../src/engine/sampling/top-candidates.ts';
import { referenceCandidates, referencePenalise } from './reference-sampler.ts';

// Few distinct values, so that equal logits are common; eighths, so that they are exact.
const logitArbitrary = fc.oneof(
  fc.integer({ min: -80, max: 80 }).map((n) => n / 8),
  fc.float({ min: -30, max: 30, noNaN: true }),
);
const logitsArbitrary = fc
  .array(logitArbitrary, { minLength: 1, maxLength: 120 })
  .map((list) => Float32Array.from(list));
const settingsArbitrary: fc.Arbitrary<SamplingSettings> = fc.record({
  temperature: fc.double({ min: 0.05, max: 3, noNaN: true }),
  topP: fc.oneof(fc.constant(1), fc.constant(0), fc.double({ min: 0.01, max: 0.99, noNaN: true })),
  topK: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 150 })),
  minP: fc.oneof(fc.constant(0), fc.constant(1), fc.double({ min: 0.001, max: 0.9, noNaN: true })),
  repetitionPenalty: fc.constant(1),
  frequencyPenalty: fc.constant(0),
  presencePenalty: fc.constant(0),
});
const neutral: SamplingSettings = {
  ...DEFAULT_SAMPLING,
  temperature: 1,
  topP: 1,
  topK: 0,
  minP: 0,
  repetitionPenalty: 1,
};

/** True when a sum lies so near the edge that another order of adding may fall on its other side. */
function isOnEdge(logits: Float32Array, settings: SamplingSettings, drawn: number): boolean {
  const near = (a: number, b: number) => Math.abs(a - b) < 1e-9;
  const all = referenceCandidates([...logits], { ...settings, topP: 1, minP: 0 });
  const total = all.reduce((sum, each) => sum + each.weight, 0);
  const kept = referenceCandidates([...logits], settings);
  const keptTotal = kept.reduce((sum, each) => sum + each.weight, 0);
  let mass = 0;
  return all.some(({ weight }) => {
    mass += weight;
    return near(mass, total * settings.topP) || near(weight, settings.minP) || near(mass, drawn * keptTotal);
  });
}

describe('sampleToken', () => {
  it('[ENG11] draws what the plain reference draws', () => {
    fc.assert(
      fc.property(
        logitsArbitrary,
        settingsArbitrary,
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        (logits, settings, drawn) => {
          fc.pre(!isOnEdge(logits, settings, drawn));
          const candidates = referenceCandidates([...logits], settings);
          const total = candidates.reduce((sum, each) => sum + each.weight, 0);
          let mass = 0;
          const expected = candidates.find(({ weight }) => (mass += weight) > drawn * total);
          expect(sampleToken(logits, settings, () => drawn)).toBe(expected?.token);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('[ENG11] temperature 0 takes the most likely token, the lowest id of equals', () => {
    fc.assert(
      fc.property(logitsArbitrary, (logits) => {
        const expected = logits.indexOf(Math.max(...logits));
        expect(sampleToken(logits, { ...neutral, temperature: 0 }, () => 0.9)).toBe(expected);
      }),
    );
  });

  it('[ENG11] keeps exactly k, the lower ids of equals', () => {
    fc.assert(
      fc.property(logitsArbitrary, fc.integer({ min: 1, max: 150 }), (logits, k) => {
        const order = [...logits.keys()].sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b);
        expect(topK(logits, k)).toEqual(order.slice(0, k));
      }),
    );
  });

  it('[ENG11] draws in proportion to the probabilities', () => {
    const probabilities = [0.4, 0.3, 0.2, 0.06, 0.04];
    const logits = Float32Array.from(probabilities, Math.log);
    const draws = 40_000;
    const share = (settings: SamplingSettings): number[] => {
      const draw = createDraws(7, { next: () => 0, id: () => '' });
      const counts = probabilities.map(() => 0);
      for (let i = 0; i < draws; i += 1) {
        const token = sampleToken(logits, settings, draw);
        counts[token] = (counts[token] ?? 0) + 1;
      }
      return counts.map((count) => count / draws);
    };
    // Four standard deviations of the most uncertain share.
    const tolerance = 4 * Math.sqrt(0.25 / draws);
    const expectShares = (settings: SamplingSettings, expected: number[]): void => {
      share(settings).forEach((value, i) => expect(Math.abs(value - (expected[i] ?? 0))).toBeLessThan(tolerance));
    };
    expectShares(neutral, probabilities);
    expectShares({ ...neutral, topK: 2 }, [4 / 7, 3 / 7, 0, 0, 0]);
    expectShares({ ...neutral, topP: 0.85 }, [4 / 9, 3 / 9, 2 / 9, 0, 0]);
    expectShares({ ...neutral, minP: 0.6 }, [4 / 7, 3 / 7, 0, 0, 0]);
    const squares = probabilities.map((p) => p ** 2);
    const sum = squares.reduce((a, b) => a + b);
    expectShares(
      { ...neutral, temperature: 0.5 },
      squares.map((p) => p / sum),
    );
  });

  it('[ENG11] is fast and right over a whole vocabulary without top-k', () => {
    const draw = createDraws(1, { next: () => 0, id: () => '' });
    const logits = Float32Array.from({ length: 49_152 }, () => draw() * 4);
    const token = sampleToken(logits, neutral, () => 0.999999);
    const order = [...logits.keys()].sort((a, b) => (logits[a] ?? 0) - (logits[b] ?? 0));
    expect(order.indexOf(token)).toBeLessThan(400);
  });
});

describe('the penalties', () => {
  it('[ENG11] are those of the plain reference', () => {
    const tokens = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 20 });
    const penalties = fc.record({
      repetitionPenalty: fc.constantFrom(1, 1.1, 1.5, 0.8),
      frequencyPenalty: fc.constantFrom(0, 0.5, -0.25),
      presencePenalty: fc.constantFrom(0, 1, -1),
    });
    const tenLogits = fc.array(logitArbitrary, { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(tenLogits, tokens, tokens, penalties, (logits, prompt, reply, chosen) => {
        const settings = { ...neutral, ...chosen };
        const exempt = new Set([9]);
        const history = createTokenHistory(exempt);
        history.addPrompt(prompt);
        for (const token of reply) history.addReply(token);
        const changed = Float32Array.from(logits);
        history.penalise(changed, settings);
        const count = (list: readonly number[]) => list.filter((token) => !exempt.has(token));
        const expected = referencePenalise(logits, count([...prompt, ...reply]), count(reply), settings);
        changed.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? 0, 4));
      }),
    );
  });

  it('[ENG11] look back over a limited window for repetitions', () => {
    const history = createTokenHistory(new Set());
    history.addPrompt([0, ...Array.from({ length: REPETITION_WINDOW_TOKENS }, () => 1)]);
    const logits = Float32Array.from([4, 4]);
    history.penalise(logits, { ...neutral, repetitionPenalty: 2 });
    expect([...logits]).toEqual([4, 2]);
  });
});

describe('the draws', () => {
  const port = { next: () => 0.25, id: () => '' };
  it('[ENG11] repeat with their seed, whatever number it is, and differ without', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (seed) => {
        const [a, b, other] = [createDraws(seed, port), createDraws(seed, port), createDraws(seed + 1, port)];
        const list = Array.from({ length: 8 }, a);
        expect(list).toEqual(Array.from({ length: 8 }, b));
        expect(list.every((value) => value >= 0 && value < 1)).toBe(true);
        if (seed + 1 !== seed) expect(list).not.toEqual(Array.from({ length: 8 }, other));
      }),
    );
    expect(createDraws(undefined, port)()).toBe(0.25);
  });

  it('[ENG11] are uniform', () => {
    const draw = createDraws(42, port);
    const bins = new Array<number>(20).fill(0);
    for (let i = 0; i < 40_000; i += 1) {
      const bin = Math.floor(draw() * 20);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    // Chi-squared with 19 degrees of freedom: 43.8 is passed once in a thousand seeds.
    expect(bins.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)).toBeLessThan(43.8);
  });
});

describe('resolveSampling', () => {
  it("[ENG11] takes the request, else the model's own, else the defaults", () => {
    expect(resolveSampling({}, {})).toEqual(DEFAULT_SAMPLING);
    const settings = resolveSampling({ topP: 0.5 }, { topP: 0.8, temperature: 0.7 });
    expect([settings.topP, settings.temperature]).toEqual([0.5, 0.7]);
  });
});
