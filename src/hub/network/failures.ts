import type { NetworkReason } from './network-reason.ts';

/** What is known of a request that got no answer. */
export interface Failure {
  readonly proxied: boolean;
  /** Why the relay did not help either, when it was tried after a direct request. */
  readonly proxyReason?: NetworkReason;
}

/** Remembers how a request failed by the very error that it failed with: browsers say nothing in it. */
export interface Failures {
  note(error: unknown, failure: Failure): void;
  /** Runs a request and notes its failure. */
  watch(request: () => Promise<Response>, failure: Failure): Promise<Response>;
  /** Of the error or what caused it, however deep. */
  behind(error: unknown): Failure | undefined;
}

export function createFailures(): Failures {
  const known = new WeakMap<object, Failure>();
  const note: Failures['note'] = (error, failure) => {
    if (typeof error === 'object' && error !== null) known.set(error, failure);
  };
  return {
    note,
    async watch(request, failure) {
      try {
        return await request();
      } catch (error) {
        note(error, failure);
        throw error;
      }
    },
    behind(error) {
      let at: unknown = error;
      // Libraries wrap an error once or twice; a circle of causes must not hang.
      for (let depth = 0; depth < 8 && typeof at === 'object' && at !== null; depth += 1) {
        const failure = known.get(at);
        if (failure) return failure;
        at = 'cause' in at ? at.cause : null;
      }
      return undefined;
    },
  };
}
