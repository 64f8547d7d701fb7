const MOST_COMPARED = 500;
/** Any two shorter words are close. */
const SHORTEST_COMPARED = 3;
const LONGEST_COMPARED = 80;

/** The one of `options` that was most likely meant; undefined when none is close. */
export function closeMatch(wanted: string, options: Iterable<string>): string | undefined {
  if (wanted.length < SHORTEST_COMPARED || wanted.length > LONGEST_COMPARED) return undefined;
  const asked = wanted.toLowerCase();
  let best: string | undefined;
  let fewest = Math.min(3, Math.floor(asked.length / 3)) + 1;
  let compared = 0;
  for (const option of options) {
    if ((compared += 1) > MOST_COMPARED) break;
    // A model's name without its label.
    if (option.toLowerCase().endsWith(`_${asked}`)) return option;
    const edits = editsBetween(asked, option.toLowerCase(), fewest);
    if (edits < fewest) [best, fewest] = [option, edits];
  }
  return best;
}

/** ` (did you mean "x"?)`, or nothing. */
export function didYouMean(wanted: string, options: Iterable<string>): string {
  const meant = closeMatch(wanted, options);
  return meant === undefined ? '' : ` (did you mean ${JSON.stringify(meant)}?)`;
}

/** Insertions, deletions, replacements and swaps of neighbours; any number from `limit` on when there are that many. */
function editsBetween(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = nextRow(a, b, row, previous, beforePrevious);
    if (Math.min(...current) >= limit) return limit;
    [beforePrevious, previous] = [previous, current];
  }
  return previous[b.length] ?? limit;
}

function nextRow(a: string, b: string, row: number, previous: number[], beforePrevious: number[]): number[] {
  const current = [row];
  for (let column = 1; column <= b.length; column += 1) {
    const same = a[row - 1] === b[column - 1];
    const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
    current.push(
      Math.min(
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        swapped ? (beforePrevious[column - 2] ?? 0) + 1 : Infinity,
      ),
    );
  }
  return current;
}
