import { describe, expect, it } from 'vitest';
import { createOutcomeWindow } from '../../../../src/hub/routing/outcome-window.ts';

function setUp() {
  const state = { nowMs: 0, windowMs: 60_000 };
  const window = createOutcomeWindow({ monotonicMs: () => state.nowMs }, () => state.windowMs);
  return { state, window };
}

describe('outcome window', () => {
  it('[BRK10] counts what ended within the window, to a sixtieth of it', () => {
    const { state, window } = setUp();
    expect(window.rate()).toEqual({ count: 0, failedShare: 0 });
    for (let second = 0; second < 200; second += 1) {
      state.nowMs = second * 1000;
      window.note(second % 4 === 0);
      expect(window.rate().count).toBe(Math.min(second + 1, 60));
    }
    expect(window.rate().failedShare).toBe(0.25);
    state.nowMs += 60_000;
    expect(window.rate().count).toBe(0);
  });

  it('[BRK10] a success ends a row of failures, silence does not', () => {
    const { state, window } = setUp();
    window.note(true);
    state.nowMs = 1e9;
    window.note(true);
    expect(window.consecutive).toBe(2);
    window.note(false);
    expect(window.consecutive).toBe(0);
  });

  it('[BRK10] another length of window begins anew, and so does clear', () => {
    const { state, window } = setUp();
    window.note(true);
    state.windowMs = 1000;
    expect(window.rate().count).toBe(0);
    expect(window.consecutive).toBe(1);
    window.note(true);
    window.clear();
    expect([window.rate().count, window.consecutive]).toEqual([0, 0]);
  });
});
