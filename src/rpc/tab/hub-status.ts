import type { HubApi } from '../../contracts/hub.ts';
import type { AppError } from '../../errors/index.ts';
import { abortError } from '../wire/signal-link.ts';

/**
 * - `connecting`: no hub yet, or the last one was lost
 * - `waiting-for-update`: a hub of another build ends its replies first
 * - `failed`: given up; `details.reason` of the error says whether a reload would help
 */
export type HubState = 'connecting' | 'connected' | 'waiting-for-update' | 'failed';

/** Whether there is a hub, and which: what callers wait for and listeners hear of. */
export interface HubStatus {
  readonly state: HubState;
  readonly error: AppError | null;
  set(state: 'connecting' | 'waiting-for-update'): void;
  connected(hub: HubApi): void;
  fail(error: AppError): void;
  /** The hub of the moment; waits for one. Rejects when there will be none, or with `request/aborted`. */
  current(signal?: AbortSignal): Promise<HubApi>;
  subscribe(listener: (state: HubState) => void): () => void;
}

interface Waiter {
  resolve(hub: HubApi): void;
  reject(error: AppError): void;
}

export function createHubStatus(): HubStatus {
  const listeners = new Set<(state: HubState) => void>();
  const waiters = new Set<Waiter>();
  let state: HubState = 'connecting';
  let hub: HubApi | null = null;
  let error: AppError | null = null;

  const change = (next: HubState) => {
    if (state === next) return;
    state = next;
    for (const listener of [...listeners]) listener(next);
  };
  const settleWaiters = (settle: (waiter: Waiter) => void) => {
    for (const waiter of waiters) settle(waiter);
    waiters.clear();
  };
  return {
    get state() {
      return state;
    },
    get error() {
      return error;
    },
    set(next) {
      hub = null;
      change(next);
    },
    connected(next) {
      hub = next;
      change('connected');
      settleWaiters((waiter) => waiter.resolve(next));
    },
    fail(reason) {
      hub = null;
      error = reason;
      change('failed');
      settleWaiters((waiter) => waiter.reject(reason));
    },
    current(signal) {
      if (signal?.aborted) return Promise.reject(abortError(signal));
      if (hub) return Promise.resolve(hub);
      if (error) return Promise.reject(error);
      return waitIn(waiters, signal);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function waitIn(waiters: Set<Waiter>, signal: AbortSignal | undefined): Promise<HubApi> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      waiters.delete(waiter);
      if (signal) reject(abortError(signal));
    };
    const settled = () => signal?.removeEventListener('abort', abort);
    const waiter: Waiter = {
      resolve(hub) {
        settled();
        resolve(hub);
      },
      reject(error) {
        settled();
        reject(error);
      },
    };
    waiters.add(waiter);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
