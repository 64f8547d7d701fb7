/** Cuts a stream of text before the first stop string. */
export interface StopStrings {
  /** Text that can't be part of a stop string any more, and whether one was reached. */
  push(text: string): { readonly text: string; readonly isStopped: boolean };
  /** What was held back because a stop string could have begun there. */
  flush(): string;
  isHolding(): boolean;
}

export function createStopStrings(stops: readonly string[]): StopStrings {
  const searched = stops.filter((stop) => stop !== '');
  let held = '';
  return {
    push: (text) => {
      held += text;
      const found = searched.map((stop) => held.indexOf(stop)).filter((place) => place >= 0);
      if (found.length > 0) {
        const certain = held.slice(0, Math.min(...found));
        held = '';
        return { text: certain, isStopped: true };
      }
      const keep = searched.reduce((longest, stop) => Math.max(longest, overlap(held, stop)), 0);
      const certain = held.slice(0, held.length - keep);
      held = held.slice(held.length - keep);
      return { text: certain, isStopped: false };
    },
    flush: () => {
      const rest = held;
      held = '';
      return rest;
    },
    isHolding: () => held !== '',
  };
}

/** Length of the longest end of `text` that `stop` begins with. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length -= 1) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}
