import type { Place, Reader } from './place.ts';

/** The ids that a configuration defines: of models and of pools. */
export interface ModelIds {
  /** Tells of an id that something else has already; `wrongKey` when the id is the key itself. */
  claim(id: string, place: Place, part?: 'key' | 'value'): void;
  has(id: string): boolean;
  all(): Iterable<string>;
}

/** `known` are ids that exist without being defined here, and may be defined here. */
export function createModelIds(known: readonly string[], reader: Reader): ModelIds {
  const owners = new Map<string, number | null>(known.map((id) => [id, null]));
  return {
    claim(id, place, part = 'value') {
      const owner = owners.get(id) ?? null;
      if (owner === null) {
        owners.set(id, reader.lineOf(place, part));
        return;
      }
      const message = `gives the id ${reader.quote(id)}, which is taken on line ${owner} already`;
      if (part === 'key') reader.keyError(place, message);
      else reader.error(place, message);
    },
    has: (id) => owners.has(id),
    all: () => owners.keys(),
  };
}
