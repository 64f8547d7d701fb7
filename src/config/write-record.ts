import type { Fields } from './record.ts';

/** A mapping as the file holds it, keys in the order of `fields`, without what is left out or equals its default. */
export function writeRecord<T extends object>(
  fields: Fields<T>,
  value: T,
  defaults: Partial<T> = {},
): Record<string, unknown> {
  const written: Record<string, unknown> = {};
  for (const name of Object.keys(fields) as (keyof T & string)[]) {
    const item = value[name] as Exclude<T[typeof name], undefined> | undefined;
    if (item === undefined || item === defaults[name]) continue;
    const { key, write } = fields[name];
    const entry = write ? write(item) : item;
    if (!isEmptyMapping(entry)) written[key] = entry;
  }
  return written;
}

function isEmptyMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
