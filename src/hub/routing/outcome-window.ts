import type { Clock } from '../../contracts/ports.ts';

/** How requests at a target ended lately. Takes the same memory and time however many there were. */
export interface OutcomeWindow {
  note(failed: boolean): void;
  /** Failures since the last success. */
  readonly consecutive: number;
  /** Requests that ended within the window, and the share of them that failed. */
  rate(): { readonly count: number; readonly failedShare: number };
  clear(): void;
}

/** A window forgets this share of itself at a time. */
const SLICES = 60;

interface Slice {
  index: number;
  count: number;
  failed: number;
}

/** What is older than `windowMs` does not count; what is younger by less than a sixtieth of it may not either. */
export function createOutcomeWindow(clock: Pick<Clock, 'monotonicMs'>, windowMs: () => number): OutcomeWindow {
  let slices: Slice[] = [];
  let sliceMs = 0;
  let consecutive = 0;

  const now = (): number => {
    const width = windowMs() / SLICES;
    // Slices of another width say nothing about this window.
    if (width !== sliceMs) slices = [];
    sliceMs = width;
    return Math.floor(clock.monotonicMs() / width);
  };
  const sliceOf = (index: number): Slice => {
    const known = slices[index % SLICES];
    if (known?.index === index) return known;
    const made = { index, count: 0, failed: 0 };
    slices[index % SLICES] = made;
    return made;
  };

  return {
    note(failed) {
      const slice = sliceOf(now());
      slice.count += 1;
      if (failed) slice.failed += 1;
      consecutive = failed ? consecutive + 1 : 0;
    },
    get consecutive() {
      return consecutive;
    },
    rate() {
      const oldest = now() - SLICES;
      let count = 0;
      let failed = 0;
      // A list with holes: `for of` would visit them.
      slices.forEach((slice) => {
        if (slice.index <= oldest) return;
        count += slice.count;
        failed += slice.failed;
      });
      return { count, failedShare: count === 0 ? 0 : failed / count };
    },
    clear() {
      slices = [];
      consecutive = 0;
    },
  };
}
