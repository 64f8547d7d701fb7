/**
 * Put between blocks: Svelte drops white space of templates, and without any the text of a reply reads `end.Next` to whatever
 * takes the text of the page (find in page, copying, tests, some screen readers).
 */
export const NEWLINE = '\n';
