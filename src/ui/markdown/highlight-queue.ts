import type { CodeRun } from './highlight.ts';

export interface HighlightQueue {
  /** Runs when the page is idle; long code only while no reply streams. Null: shown plain. */
  request(code: string, language: string, done: (runs: readonly CodeRun[] | null) => void): () => void;
  /** A reply begins or ends. */
  setStreaming(streaming: boolean): void;
}

/** About 10 ms of work on a desktop, 50 ms on a slow phone: the most that may come between two frames of a reply. */
const LONG_CODE_CHARS = 3000;

interface Job {
  readonly code: string;
  readonly language: string;
  readonly done: (runs: readonly CodeRun[] | null) => void;
}

export interface HighlightQueueDeps {
  readonly highlight: (code: string, language: string) => Promise<readonly CodeRun[] | null>;
  /** Calls back when there is time. */
  readonly whenIdle: (callback: () => void) => void;
}

/** One block at a time, so that a long chat full of code opens without a jam. */
export function createHighlightQueue({ highlight, whenIdle }: HighlightQueueDeps): HighlightQueue {
  const jobs = new Set<Job>();
  let streaming = false;
  let running = false;

  const next = (): Job | undefined => {
    for (const job of jobs) if (!streaming || job.code.length <= LONG_CODE_CHARS) return job;
    return undefined;
  };
  const work = async (): Promise<void> => {
    const job = next();
    if (job) {
      jobs.delete(job);
      job.done(await highlight(job.code, job.language).catch(() => null));
    }
    running = false;
    start();
  };
  const start = (): void => {
    if (running || !next()) return;
    running = true;
    whenIdle(() => void work());
  };

  return {
    request(code, language, done) {
      const job: Job = { code, language, done };
      jobs.add(job);
      start();
      return () => jobs.delete(job);
    },
    setStreaming(value) {
      streaming = value;
      start();
    },
  };
}
