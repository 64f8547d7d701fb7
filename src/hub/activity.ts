/** Counts what must not be cut off: replies and requests in progress. */
export interface Activity {
  readonly count: number;
  /** One more; the returned function ends it, and does nothing when called again. */
  begin(): () => void;
  /** Resolves as soon as nothing is in progress. */
  whenIdle(): Promise<void>;
}

export function createActivity(): Activity {
  const waiting: (() => void)[] = [];
  let count = 0;
  return {
    get count() {
      return count;
    },
    begin() {
      count += 1;
      let open = true;
      return () => {
        if (!open) return;
        open = false;
        count -= 1;
        if (count === 0) waiting.splice(0).forEach((resolve) => resolve());
      };
    },
    whenIdle: () => (count === 0 ? Promise.resolve() : new Promise<void>((resolve) => waiting.push(resolve))),
  };
}
