import type { Clock } from '../contracts/ports.ts';
import { startTimer } from './timer.ts';

/** With the time of a write, text lies unsaved for at most about 300 ms. */
const FLUSH_INTERVAL_MS = 250;

/** Saves a growing text now and then, one write after the other. */
export interface Journal {
  /** The text has grown. */
  grew(): void;
  /** No write begins any more; resolves when the last one has ended. */
  close(): Promise<void>;
}

export interface JournalDeps {
  readonly clock: Clock;
  /** Saves the text as it is now. */
  readonly write: () => Promise<void>;
  /** A write failed; none is tried after it. */
  readonly onFailed: (error: unknown) => void;
}

export function createJournal({ clock, write, onFailed }: JournalDeps): Journal {
  let unsaved = false;
  let closed = false;
  let cancelTimer: (() => void) | null = null;
  let writing: Promise<void> | null = null;

  const flush = async (): Promise<void> => {
    unsaved = false;
    try {
      await write();
    } catch (error) {
      closed = true;
      onFailed(error);
    }
  };
  const schedule = (): void => {
    if (closed || !unsaved || cancelTimer || writing) return;
    cancelTimer = startTimer(clock, FLUSH_INTERVAL_MS, () => {
      cancelTimer = null;
      writing = flush().finally(() => {
        writing = null;
        schedule();
      });
    });
  };

  return {
    grew() {
      unsaved = true;
      schedule();
    },
    async close() {
      closed = true;
      cancelTimer?.();
      await writing;
    },
  };
}
