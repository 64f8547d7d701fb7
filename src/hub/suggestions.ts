const MOST_SUGGESTIONS = 3;

/** Ids that may have been meant by `wanted`, closest first: they contain it, are contained in it, or differ by a few letters. */
export function suggestionsFor(wanted: string, ids: readonly string[]): string[] {
  const asked = wanted.toLowerCase();
  return ids
    .map((id) => ({ id, distance: distanceTo(asked, id.toLowerCase()) }))
    .filter((candidate) => Number.isFinite(candidate.distance))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MOST_SUGGESTIONS)
    .map((candidate) => candidate.id);
}

function distanceTo(asked: string, id: string): number {
  const edits = editDistance(asked, id);
  const mostEdits = Math.max(2, Math.floor(asked.length / 4));
  if (edits <= mostEdits) return edits;
  const contained = asked.length >= 3 && (id.includes(asked) || asked.includes(id));
  return contained ? mostEdits + Math.abs(asked.length - id.length) : Infinity;
}

/** Levenshtein distance. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const removed = (previous[column] ?? 0) + 1;
      const added = (current[column - 1] ?? 0) + 1;
      current.push(Math.min(replaced, removed, added));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
