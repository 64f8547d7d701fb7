import { describe, expect, it } from 'vitest';
import type { DownloadProgress } from '../../../src/contracts/weights.ts';
import { createProgressMeter } from '../../../src/storage/weights/progress-meter.ts';

function createMeter() {
  let nowMs = 0;
  const sent: DownloadProgress[] = [];
  const clock = { now: () => nowMs, monotonicMs: () => nowMs, sleep: () => Promise.resolve() };
  const meter = createProgressMeter(10_000, clock, (progress) => sent.push(progress));
  return { meter, sent, wait: (ms: number) => (nowMs += ms) };
}

describe('progress meter', () => {
  it('[STO27] speed is that of the last three seconds and falls to 0 when nothing comes', () => {
    const { meter, sent, wait } = createMeter();
    meter.receive('a', 0);
    for (let second = 1; second <= 5; second++) {
      meter.receive('a', second * 1000);
      wait(1000);
    }
    meter.report();
    expect(sent.at(-1)?.bytesPerSecond).toBe(1000);
    wait(3500);
    meter.report();
    expect(sent.at(-1)?.bytesPerSecond).toBe(0);
  });

  it('[STO27] bytes that were here before, and a restart, are no speed', () => {
    const { meter, sent, wait } = createMeter();
    meter.setFile('stored', 4000);
    meter.receive('resumed', 3000);
    wait(1000);
    meter.report();
    expect(sent.at(-1)).toMatchObject({ receivedBytes: 7000, bytesPerSecond: null });
    meter.receive('resumed', 3500);
    meter.receive('resumed', 0);
    wait(1000);
    meter.report();
    expect(sent.at(-1)).toMatchObject({ receivedBytes: 4000, bytesPerSecond: 500 });
  });

  it('[STO27] reports within 100 ms are left out, the last never', () => {
    const { meter, sent, wait } = createMeter();
    for (let bytes = 0; bytes < 10; bytes++) {
      meter.receive('a', bytes);
      wait(30);
    }
    expect(sent).toHaveLength(3);
    meter.finish();
    expect(sent).toHaveLength(4);
    expect(sent.at(-1)).toMatchObject({ phase: 'done', receivedBytes: 9 });
  });

  it('[STO27] downloading stays the phase while other files are still being checked', () => {
    const { meter, sent } = createMeter();
    meter.enter('verifying');
    meter.enter('downloading');
    meter.enter('verifying');
    meter.report();
    expect(sent.at(-1)?.phase).toBe('downloading');
  });
});
