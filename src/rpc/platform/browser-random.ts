import type { Random } from '../../contracts/ports.ts';

/** Ids are UUIDs of version 7: they begin with the time, and ids of one realm sort by their making. */
export function createBrowserRandom(): Random {
  let lastMs = 0;
  return {
    next: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
    id: () => {
      lastMs = Math.max(Date.now(), lastMs + 1);
      return timeSortedUuid(lastMs);
    },
  };
}

function timeSortedUuid(timeMs: number): string {
  const time = timeMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}
