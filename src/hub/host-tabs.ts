import type { AttachedTab } from '../contracts/hub-runtime.ts';

/** The tabs that may host an engine now. */
export interface HostTabs {
  readonly count: number;
  attach(tab: AttachedTab): void;
  forget(tab: AttachedTab): void;
  /** The tab that suits best; `avoidTabId` only where there is no other. */
  best(avoidTabId?: string): AttachedTab | undefined;
  clear(): void;
}

interface Entry {
  readonly tab: AttachedTab;
  readonly order: number;
}

export function createHostTabs(): HostTabs {
  const entries = new Map<string, Entry>();
  let attached = 0;

  const forget = (tab: AttachedTab): void => {
    // A tab that came back has the same id: the old one's end must not take the new one away.
    if (entries.get(tab.tabId)?.tab === tab) entries.delete(tab.tabId);
  };
  return {
    get count() {
      return entries.size;
    },
    attach(tab) {
      attached += 1;
      entries.set(tab.tabId, { tab, order: attached });
      void tab.lost.then(() => forget(tab));
    },
    forget,
    best(avoidTabId) {
      const ranked = [...entries.values()].map((entry) => ({ tab: entry.tab, rank: rankOf(entry, avoidTabId) }));
      ranked.sort((a, b) => compareRanks(b.rank, a.rank));
      return ranked[0]?.tab;
    },
    clear: () => entries.clear(),
  };
}

/** A visible tab before a hidden one (background tabs are throttled), then most threads, then the newest. */
function rankOf({ tab, order }: Entry, avoidTabId: string | undefined): readonly number[] {
  return [tab.tabId === avoidTabId ? 0 : 1, tab.visible === false ? 0 : 1, tab.engineThreads, order];
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
