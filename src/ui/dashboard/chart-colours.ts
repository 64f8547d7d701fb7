/** Enough for the eye; what is beyond them is drawn together as "others". */
export const MOST_LINES = 6;

/** The colour of a line by its place: custom properties of dashboard.css, in both themes. */
export function lineColour(index: number): string {
  return `--series-${(index % MOST_LINES) + 1}`;
}

/** Dashes beside the colour, so that lines differ without colours too. */
export function lineDash(index: number): number[] {
  return [[], [8, 4], [2, 3], [10, 3, 2, 3], [4, 4], [14, 4]][index % MOST_LINES] ?? [];
}
