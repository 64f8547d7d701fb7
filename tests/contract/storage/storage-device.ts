import type { Conversation, MessageRecord } from '../../../src/contracts/conversation.ts';
import type { Storage } from '../../../src/storage/index.ts';

/** A fresh, empty device. `open` gives another storage over the same databases, as another tab or the next start would. */
export interface StorageDevice {
  open(): Storage;
  /** All records of a table of the database `switchyard`, as they lie there. */
  raw(table: string): Promise<readonly unknown[]>;
  /** Writes a record there, as another build would. */
  write(table: string, record: unknown, key?: string): Promise<void>;
}

/** A device over this factory; `open` makes a storage over it. */
export function deviceOver(indexedDB: IDBFactory, open: () => Storage): StorageDevice {
  const withTable = async <T>(table: string, use: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    const db = await resultOf(indexedDB.open('switchyard'));
    try {
      return await resultOf(use(db.transaction(table, 'readwrite').objectStore(table)));
    } finally {
      db.close();
    }
  };
  return {
    open,
    raw: (table) => withTable<unknown[]>(table, (store) => store.getAll()),
    async write(table, record, key) {
      await withTable(table, (store) => store.put(record, key));
    },
  };
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The database does not answer.'));
  });
}

export function conversation(id: string, change: Partial<Conversation> = {}): Conversation {
  return { id, title: id, titleSource: 'auto', createdAt: 1, updatedAt: 1, activeLeafId: null, ...change };
}

export function message(id: string, conversationId: string, change: Partial<MessageRecord> = {}): MessageRecord {
  return {
    id,
    conversationId,
    parentId: null,
    role: 'user',
    text: `text of ${id}`,
    createdAt: 1,
    status: 'complete',
    ...change,
  };
}
