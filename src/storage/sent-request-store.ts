import type { SentRequest } from '../contracts/provider.ts';
import type { SentRequestStore } from '../contracts/stores.ts';
import type { Database } from './database.ts';
import type { AppSchema } from './schema.ts';

/** Messages whose requests are kept. */
export const MOST_MESSAGES = 200;

/** Bytes of body text that are kept per message, all its requests together. */
export const MOST_BODY_BYTES = 1024 * 1024;

/** What was sent for each reply. Only for replies that are stored, so that nothing outlives its conversation. */
export function createSentRequestStore(database: Database<AppSchema>): SentRequestStore {
  return {
    get: (messageId) =>
      database.transact(['sentRequests'], 'readonly', async (tx) => {
        const stored = await tx.objectStore('sentRequests').get(messageId);
        return stored?.requests ?? [];
      }),
    put(messageId, requests) {
      const kept = withinLimit(requests);
      return database.transact(['messages', 'sentRequests'], 'readwrite', async (tx) => {
        const owner = await tx.objectStore('messages').getKey(messageId);
        if (owner === undefined) return;
        const table = tx.objectStore('sentRequests');
        const byPlace = table.index('place');
        const newest = await byPlace.openKeyCursor(null, 'prev');
        await table.put({ messageId, place: (newest?.key ?? 0) + 1, requests: kept });
        for (let count = await table.count(); count > MOST_MESSAGES; count -= 1) {
          const oldest = await byPlace.openKeyCursor();
          if (!oldest) return;
          await table.delete(oldest.primaryKey);
        }
      });
    },
  };
}

/** The last request is the one that was answered: where not all bodies fit, it is the first to be kept. */
function withinLimit(requests: readonly SentRequest[]): readonly SentRequest[] {
  let freeBytes = MOST_BODY_BYTES;
  return requests
    .toReversed()
    .map((request) => {
      const bytes = byteLength(request.body, freeBytes);
      if (bytes > freeBytes) return { ...request, body: '', bodyOmitted: true as const };
      freeBytes -= bytes;
      return request;
    })
    .toReversed();
}

/** A text of more characters than `limit` is more bytes too, and needs no encoding. */
function byteLength(text: string, limit: number): number {
  return text.length > limit ? text.length : new TextEncoder().encode(text).byteLength;
}
