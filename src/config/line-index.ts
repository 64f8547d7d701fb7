import type { LineAt } from './problems.ts';

/** Lines of a text, which end with LF. `yaml`'s own LineCounter misses those within a quoted text that stands where none may, as in `{}"`. */
export function createLineIndex(text: string): LineAt {
  const starts = [0];
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
