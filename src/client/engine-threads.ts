/** More threads do not help: decoding waits for memory, and the others have work too. */
const MAX_DEFAULT_THREADS = 4;
const MAX_THREADS = 64;

export interface ThreadFacts {
  readonly isolated: boolean;
  readonly cores: number;
}

/** Threads of an engine in this tab. Without isolation there is no shared memory, so there is one, whatever was asked for. */
export function engineThreads(asked: number | undefined, { isolated, cores }: ThreadFacts): number {
  if (!isolated) return 1;
  return asked === undefined ? Math.min(MAX_DEFAULT_THREADS, Math.max(1, cores)) : Math.min(asked, MAX_THREADS);
}
