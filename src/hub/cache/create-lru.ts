/** Entries of which those that were used longest ago give way. */
export interface Lru<Value> {
  /** Undefined where there is none, or where it is too old. */
  get(key: string): Value | undefined;
  /** Replaces the entry of that key. One that is larger than everything together is not kept. */
  set(key: string, value: Value, sizeBytes: number): void;
  clear(): void;
  readonly entries: number;
  readonly bytes: number;
}

export interface LruLimits {
  readonly entries: () => number;
  readonly bytes: number;
  /** Since an entry was set, milliseconds. */
  readonly ttlMs: () => number;
}

interface Entry<Value> {
  readonly value: Value;
  readonly sizeBytes: number;
  readonly setAtMs: number;
}

/** `nowMs` is the wall clock, which goes on while a device sleeps; where it was set back, entries count as too old. */
export function createLru<Value>(limits: LruLimits, nowMs: () => number): Lru<Value> {
  // A Map keeps the order of insertion: the one that was used last is inserted anew.
  const kept = new Map<string, Entry<Value>>();
  let bytes = 0;

  const remove = (key: string): void => {
    bytes -= kept.get(key)?.sizeBytes ?? 0;
    kept.delete(key);
  };
  const isFresh = ({ setAtMs }: Entry<Value>): boolean => {
    const ageMs = nowMs() - setAtMs;
    return ageMs >= 0 && ageMs < limits.ttlMs();
  };
  const trim = (): void => {
    for (const [key, entry] of kept) if (!isFresh(entry)) remove(key);
    for (const key of kept.keys()) {
      if (kept.size <= limits.entries() && bytes <= limits.bytes) return;
      remove(key);
    }
  };
  return {
    get(key) {
      trim();
      const entry = kept.get(key);
      if (!entry) return undefined;
      kept.delete(key);
      kept.set(key, entry);
      return entry.value;
    },
    set(key, value, sizeBytes) {
      remove(key);
      if (sizeBytes > limits.bytes) return;
      kept.set(key, { value, sizeBytes, setAtMs: nowMs() });
      bytes += sizeBytes;
      trim();
    },
    clear() {
      kept.clear();
      bytes = 0;
    },
    get entries() {
      trim();
      return kept.size;
    },
    get bytes() {
      trim();
      return bytes;
    },
  };
}
