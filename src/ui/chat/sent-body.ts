/** A JSON body with line breaks; the text itself where it is none. */
export function prettyBody(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

/** Headers by name, as they went out. */
export function headerLines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .sort(([a], [b]) => a.localeCompare(b, 'en'))
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}
