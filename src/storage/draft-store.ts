import type { DraftStore } from '../contracts/stores.ts';
import type { Database } from './database.ts';
import type { AppSchema } from './schema.ts';

/** Unsent text, one record per conversation. */
export function createDraftStore(database: Database<AppSchema>): DraftStore {
  return {
    get: (conversationId) =>
      database.transact(['drafts'], 'readonly', async (tx) => {
        const draft = await tx.objectStore('drafts').get(conversationId);
        return typeof draft?.text === 'string' ? draft.text : '';
      }),
    put: (conversationId, text) =>
      database.transact(['drafts'], 'readwrite', async (tx) => {
        const table = tx.objectStore('drafts');
        if (text === '') await table.delete(conversationId);
        else await table.put({ conversationId, text });
      }),
  };
}
