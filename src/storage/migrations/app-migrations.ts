import type { AppSchema } from '../schema.ts';
import type { Migration } from './migrate.ts';

/** Steps of the database `switchyard`; step n leads to version n. Append only. */
export const APP_MIGRATIONS: readonly Migration<AppSchema>[] = [
  (db) => {
    db.createObjectStore('conversations', { keyPath: 'id' });
    const messages = db.createObjectStore('messages', { keyPath: 'id' });
    messages.createIndex('conversationId', 'conversationId');
    messages.createIndex('status', 'status');
    db.createObjectStore('settings');
    db.createObjectStore('models', { keyPath: 'id' });
    db.createObjectStore('metrics', { keyPath: 'model_id' });
    db.createObjectStore('drafts', { keyPath: 'conversationId' });
  },
  (db) => {
    db.createObjectStore('providers', { keyPath: 'label' });
    db.createObjectStore('vaultKey');
    db.createObjectStore('secrets', { keyPath: 'name' });
    const sent = db.createObjectStore('sentRequests', { keyPath: 'messageId' });
    sent.createIndex('place', 'place');
  },
  (db) => {
    db.createObjectStore('spend', { keyPath: ['day', 'model', 'pool'] });
  },
  (db) => {
    db.createObjectStore('figures', { keyPath: ['step', 'at', 'model', 'key', 'pool'] });
  },
];
