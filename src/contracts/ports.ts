/** Small ports for what a room may not name itself (DESIGN: clock, chance, locks, network). Doubles live in tests/doubles. */

export interface Clock {
  /** Wall clock, milliseconds since the epoch: for records that people see. */
  now(): number;
  /** Monotonic clock, milliseconds: for measuring. */
  monotonicMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when that comes first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A new unguessable id, sortable by time of creation within one realm. */
  id(): string;
}

/** The part of the Web Locks API that the app uses. */
export interface Locks {
  /** Waits for the exclusive lock and holds it until `release` is called or the realm ends. */
  hold(name: string, signal?: AbortSignal): Promise<{ release(): void }>;
  /** Takes the lock only if it is free now; null when somebody holds it. */
  tryHold(name: string): Promise<{ release(): void } | null>;
  /** Resolves once nobody holds the lock: how the hub learns of a closed or crashed tab. */
  whenFree(name: string, signal?: AbortSignal): Promise<void>;
}

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;
