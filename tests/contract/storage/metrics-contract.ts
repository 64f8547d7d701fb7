import { expect, it } from 'vitest';
import type { MetricsRow, MetricsStep } from '../../../src/contracts/metrics.ts';
import type { MetricsChanges } from '../../../src/contracts/stores.ts';
import { joinFigures, noFigures } from '../../../src/hub/monitor/model-figures.ts';
import { emptyTally, sumOfTallies } from '../../../src/hub/monitor/tally.ts';
import type { StorageDevice } from './storage-device.ts';

function row(step: MetricsStep, at: number, change: Partial<MetricsRow> = {}): MetricsRow {
  const series = { model: 'openai_gpt', provider: 'openai', key: 'KEY', pool: '', backend: 'cloud' } as const;
  return { step, at, ...series, ...emptyTally(), successes: 1, ...change };
}

function changes(change: Partial<MetricsChanges>): MetricsChanges {
  return {
    models: [],
    rows: [],
    joinModels: joinFigures,
    joinRows: (stored, more) => ({ ...stored, ...sumOfTallies([stored, more]) }),
    keepFromMs: { minute: 0, hour: 0, day: 0 },
    ...change,
  };
}

/** What every storage must do for figures. */
export function registerMetricsTests(createDevice: () => StorageDevice): void {
  it('[STO15] figures of a model are one record, to which is added, and can be cleared', async () => {
    const device = createDevice();
    const { metrics } = device.open();
    const one = { ...noFigures('a'), request_count: 1, error_count: 1, last_request_time: 5 };
    await metrics.add(changes({ models: [one, { ...noFigures('b'), aborted_count: 2 }] }));
    await device.open().metrics.add(changes({ models: [{ ...one, last_request_time: 9 }] }));
    expect(await metrics.list()).toEqual([
      { ...one, request_count: 2, error_count: 2, last_request_time: 9 },
      { ...noFigures('b'), aborted_count: 2 },
    ]);
    await metrics.clear();
    expect(await metrics.list()).toEqual([]);
  });

  it('[STO50] rows are told apart by step, time, model, key and pool, and are added up by whoever writes them', async () => {
    const device = createDevice();
    const { metrics } = device.open();
    const rows = [
      row('minute', 60_000),
      row('minute', 60_000, { key: '' }),
      row('minute', 60_000, { pool: '智能池' }),
      row('minute', 120_000, { model: 'local_x' }),
      row('hour', 0),
    ];
    await metrics.add(changes({ rows }));
    // A second hub, as while a new build takes over.
    await Promise.all([
      metrics.add(changes({ rows: [row('minute', 60_000, { inputTokens: 5 })] })),
      device.open().metrics.add(changes({ rows: [row('minute', 60_000, { inputTokens: 7 })] })),
    ]);
    const minutes = await metrics.rows('minute', 0, 180_000);
    expect(
      minutes.map(({ at, model, key, pool, successes, inputTokens }) => [at, model, key, pool, successes, inputTokens]),
    ).toEqual([
      [60_000, 'openai_gpt', '', '', 1, 0],
      [60_000, 'openai_gpt', 'KEY', '', 3, 12],
      [60_000, 'openai_gpt', 'KEY', '智能池', 1, 0],
      [120_000, 'local_x', 'KEY', '', 1, 0],
    ]);
    expect(await metrics.rows('hour', 0, 1)).toEqual([row('hour', 0)]);
    expect(await metrics.rows('minute', 120_000, 120_001)).toHaveLength(1);
    expect(await metrics.rows('minute', 60_001, 120_000)).toEqual([]);
    await metrics.clear();
    expect(await metrics.rows('minute', 0, 180_000)).toEqual([]);
  });

  it('[STO50] rows that are too old go with the next write, each step by its own age', async () => {
    const { metrics } = createDevice().open();
    const steps = ['minute', 'hour', 'day'] as const;
    await metrics.add(changes({ rows: steps.flatMap((step) => [row(step, 100), row(step, 200), row(step, 300)]) }));
    await metrics.add(changes({ keepFromMs: { minute: 300, hour: 200, day: 0 } }));
    const left = await Promise.all(steps.map((step) => metrics.rows(step, 0, 1000)));
    expect(left.map((rows) => rows.map(({ at }) => at))).toEqual([[300], [200, 300], [100, 200, 300]]);
  });

  it('[STO50] a write that fails writes nothing', async () => {
    const { metrics } = createDevice().open();
    const unstorable = { ...row('minute', 1), model: Symbol('no') as unknown as string };
    const failing = changes({ models: [noFigures('a')], rows: [row('minute', 1), unstorable] });
    await expect(metrics.add(failing)).rejects.toMatchObject({ code: 'app/internal' });
    expect(await metrics.list()).toEqual([]);
    expect(await metrics.rows('minute', 0, 9)).toEqual([]);
  });
}
