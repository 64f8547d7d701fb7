import { expect, it } from 'vitest';
import type { SpendRecord } from '../../../src/contracts/spend.ts';
import type { StorageDevice } from './storage-device.ts';

function record(day: string, model: string, change: Partial<SpendRecord> = {}): SpendRecord {
  return {
    day,
    model,
    provider: 'openai',
    pool: '',
    spent: { USD: 0.1, CNY: 0 },
    requests: 1,
    unpricedRequests: 0,
    ...change,
  };
}

/** What every storage must do for what was spent. */
export function registerSpendTests(createDevice: () => StorageDevice): void {
  it('[STO49] what was spent lasts, by day, model and pool; a later record replaces the one of the same', async () => {
    const device = createDevice();
    const { spend } = device.open();
    const direct = record('2026-11-24', 'a');
    const pooled = record('2026-11-24', 'a', { pool: 'smart' });
    const more = { ...direct, spent: { USD: 0.3, CNY: 1 }, requests: 2, unpricedRequests: 1 };
    await spend.put([direct, pooled, record('2026-11-24', 'b')]);
    await spend.put([more]);
    expect(await device.open().spend.list('2026-11-24')).toEqual([more, pooled, record('2026-11-24', 'b')]);
  });

  it('[STO49] days before one can be left out of a list, and removed', async () => {
    const { spend } = createDevice().open();
    const days = ['2026-09-30', '2026-10-01', '2026-10-31', '2026-11-01'];
    await spend.put(days.map((day) => record(day, '模型')));
    expect((await spend.list('2026-10-01')).map(({ day }) => day)).toEqual(days.slice(1));
    await spend.removeBefore('2026-10-31');
    expect((await spend.list('')).map(({ day }) => day)).toEqual(days.slice(2));
  });
}
