import type { WeightsSchema } from '../schema.ts';
import type { Migration } from './migrate.ts';

/** Steps of the database `switchyard-weights`; step n leads to version n. Append only. */
export const WEIGHTS_MIGRATIONS: readonly Migration<WeightsSchema>[] = [
  (db) => {
    db.createObjectStore('files', { keyPath: 'sha256' });
    db.createObjectStore('chunks');
    db.createObjectStore('manifests', { keyPath: 'baseUrl' });
  },
];
