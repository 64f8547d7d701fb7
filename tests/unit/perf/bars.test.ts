import { describe, expect, it } from 'vitest';
import { judge, type Verdict } from '../../perf/bars.ts';
import type { Figures, Sample } from '../../perf/figures.ts';

const GOOD: Figures = {
  loadMs: 1500,
  first128Ms: 200,
  first512Ms: 170,
  first1000Ms: 170,
  decode128: 20,
  decode1000: 25,
  nextTurnMs: 120,
  newTokensAloneMs: 100,
  peakMib: 1000,
};
const PEER: Figures = {
  loadMs: 1000,
  first128Ms: 1000,
  first512Ms: 1000,
  first1000Ms: 1000,
  decode128: 10,
  decode1000: 10,
};

function sample(name: string, figures: Figures, answer?: string): Sample {
  return {
    case: name,
    round: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    tookMs: 1,
    figures,
    ...(answer === undefined ? {} : { answer }),
    details: [],
    problems: [],
  };
}

const verdicts = (figures: Figures, answer = 'The capital is Paris.'): readonly Verdict[] =>
  judge([sample('switchyard', { ...GOOD, ...figures }, answer), sample('wllama', PEER)]);
const failing = (figures: Figures, answer?: string): readonly string[] =>
  verdicts(figures, answer)
    .filter(({ state }) => state === 'FAIL')
    .map(({ bar }) => bar);

describe('bars', () => {
  it('[BEN3] figures that lie exactly on every bar pass', () => {
    expect(verdicts({}).map(({ state }) => state)).toEqual(Array.from({ length: 9 }, () => 'PASS'));
  });

  it.each<[Figures, RegExp]>([
    [{ decode128: 19.9 }, /decode at 128/],
    [{ decode1000: 24.9 }, /decode at 1000/],
    [{ first128Ms: 201 }, /first token at 128/],
    [{ first512Ms: 171 }, /first token at 512/],
    [{ first1000Ms: 171 }, /first token at 1000/],
    [{ nextTurnMs: 121 }, /next turn/],
    [{ loadMs: 1501 }, /load/],
    [{ peakMib: 1050 }, /renderer peak/],
  ])('[BEN3] %o fails its own bar and no other', (figures, bar) => {
    expect(failing(figures)).toEqual([expect.stringMatching(bar)]);
  });

  it('[BEN3] an answer that does not name Paris fails and is shown', () => {
    expect(failing({}, 'It is Lyon.')).toEqual([expect.stringMatching(/Paris/)]);
    expect(verdicts({}, 'It is Lyon.').find(({ state }) => state === 'FAIL')?.measured).toContain('Lyon');
  });

  it('[BEN3] what was not measured neither passes nor fails', () => {
    expect(new Set(judge([]).map(({ state }) => state))).toEqual(new Set(['NOT MEASURED']));
  });
});
