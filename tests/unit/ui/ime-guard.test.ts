import { describe, expect, it } from 'vitest';
import { createImeGuard, type GuardedKey, type ImeGuard } from '../../../src/ui/input/ime-guard.ts';

type Step = 'end' | { wait: number } | GuardedKey;

const enter = (isComposing: boolean, keyCode: number): GuardedKey => ({ key: 'Enter', isComposing, keyCode });

/** Plays events in order and returns which keys got through. */
function play(isWebKit: boolean, steps: readonly Step[]): boolean[] {
  let now = 1000;
  const guard: ImeGuard = createImeGuard({ now: () => now, isWebKit });
  const through: boolean[] = [];
  for (const step of steps) {
    if (step === 'end') guard.compositionEnded();
    else if ('wait' in step) now += step.wait;
    else through.push(guard.judge(step) === 'free');
  }
  return through;
}

describe('input methods', () => {
  it('[CMP1] Chromium and Firefox: the Enter that confirms pinyin does not send, the next one does', () => {
    const steps: Step[] = [enter(true, 229), 'end', { wait: 300 }, enter(false, 13)];
    expect(play(false, steps)).toEqual([false, true]);
  });

  it('[CMP2] Safari: the Enter that follows compositionend does not send, whatever its key code', () => {
    expect(play(true, ['end', { wait: 3 }, enter(false, 229), { wait: 400 }, enter(false, 13)])).toEqual([false, true]);
    expect(play(true, ['end', { wait: 3 }, enter(false, 13), { wait: 400 }, enter(false, 13)])).toEqual([false, true]);
  });

  it('[CMP2] Safari: only the first Enter is swallowed, also within the window', () => {
    expect(play(true, ['end', { wait: 2 }, enter(false, 229), { wait: 20 }, enter(false, 13)])).toEqual([false, true]);
    expect(play(true, ['end', { wait: 2 }, enter(false, 13), { wait: 20 }, enter(false, 13)])).toEqual([false, true]);
  });

  it('[CMP2] Safari: an Enter long after a composition that ended by Space sends at once', () => {
    expect(play(true, ['end', { wait: 150 }, enter(false, 13)])).toEqual([true]);
  });

  it('[CMP3] Korean in Chromium: the real Enter right after compositionend sends', () => {
    expect(play(false, [enter(true, 229), 'end', { wait: 0 }, enter(false, 13)])).toEqual([false, true]);
  });

  it('[CMP4] Esc and arrows belong to the candidate list while composing', () => {
    const composing = (key: string): GuardedKey => ({ key, isComposing: true, keyCode: 229 });
    expect(play(false, [composing('Escape'), composing('ArrowUp')])).toEqual([false, false]);
    expect(play(true, ['end', { wait: 5 }, { key: 'ArrowUp', isComposing: false, keyCode: 38 }])).toEqual([true]);
  });
});
