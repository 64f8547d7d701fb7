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

/** What the browser says of the network beside what a request says. */
export interface NetworkFacts {
  /** False is certain: no network; true is not. */
  online(): boolean;
  /** Origin of the page, whose scheme decides what is mixed content. */
  readonly origin: string;
  /** Whether the page may call servers in the local network or on this machine; null where the browser does not say. */
  localNetworkPermission(space: 'loopback' | 'local'): Promise<'granted' | 'denied' | 'prompt' | null>;
  /**
   * Whether a `no-cors` request to a host that answers succeeds. False under `Cross-Origin-Embedder-Policy: require-corp`,
   * where such a request fails as if nobody were there; true when left out.
   */
  seesOpaqueAnswers?(): Promise<boolean>;
}
