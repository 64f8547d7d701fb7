const LONGEST_TITLE = 60;

/** A title for a conversation that starts with `text`: its first line with words, at most 60 characters as people count them. */
export function titleOf(text: string): string {
  const line = text
    .split(/\r?\n/u)
    .map((part) => part.replace(/\s+/gu, ' ').trim())
    .find((part) => part !== '');
  if (line === undefined) return '';
  const graphemes = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(line)];
  if (graphemes.length <= LONGEST_TITLE) return line;
  const cut = graphemes.slice(0, LONGEST_TITLE - 1).map((grapheme) => grapheme.segment);
  return `${cut.join('').trimEnd()}…`;
}
