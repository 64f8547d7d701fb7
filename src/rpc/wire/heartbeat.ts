import type { Clock } from '../../contracts/ports.ts';

export interface HeartbeatOptions {
  readonly ping: () => Promise<unknown>;
  readonly clock: Clock;
  /** Time for one answer; asked anew for each ping, since it may be longer during known heavy work. */
  readonly deadlineMs: () => number;
  readonly signal: AbortSignal;
}

/** Resolves once the other side does not answer any more; rejects with the reason of the signal. */
export async function missedHeartbeat(options: HeartbeatOptions & { readonly intervalMs: number }): Promise<void> {
  do {
    await options.clock.sleep(options.intervalMs, options.signal);
  } while (await isAlive(options));
}

/**
 * False when two pings in a row failed or were not answered in time. The second one is there because after a sleep of
 * the machine the deadline may fire before a waiting answer is read.
 */
export async function isAlive(options: HeartbeatOptions): Promise<boolean> {
  return (await answersInTime(options)) || (await answersInTime(options));
}

async function answersInTime({ ping, clock, deadlineMs, signal }: HeartbeatOptions): Promise<boolean> {
  const beat = new AbortController();
  const ended = AbortSignal.any([signal, beat.signal]);
  try {
    const late = clock.sleep(deadlineMs(), ended).then(() => false);
    const answered = ping().then(
      () => true,
      () => false,
    );
    return await Promise.race([answered, late]);
  } finally {
    beat.abort();
  }
}
