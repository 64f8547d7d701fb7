import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import type { Clock } from '../../../src/contracts/ports.ts';
import type { StoredFileRequest } from '../../../src/contracts/stores.ts';
import { createRealmLocks } from '../../../src/storage/realm-locks.ts';
import { createStorage, type Storage, type StorageOptions } from '../../../src/storage/index.ts';
import { systemClock } from '../../../src/storage/system-clock.ts';

/** Time as it is, but nobody waits long before trying again. */
export const hastyClock: Clock = {
  ...systemClock,
  sleep: (_ms, signal) => systemClock.sleep(5, signal),
};

export interface WeightsDevice {
  open(options?: StorageOptions): Storage;
  readonly indexedDB: IDBFactory;
}

export function createWeightsDevice(): WeightsDevice {
  const indexedDB = new IDBFactory();
  const locks = createRealmLocks();
  return { indexedDB, open: (options) => createStorage({ indexedDB, locks, clock: hastyClock, ...options }) };
}

/** All records of a store, read past the code under test. */
export async function recordsOf(indexedDB: IDBFactory, store: 'files' | 'chunks'): Promise<unknown[]> {
  const db = await settled(indexedDB.open('switchyard-weights'));
  const records = await settled(db.transaction(store).objectStore(store).getAll());
  db.close();
  return records as unknown[];
}

/** Changes one byte of a stored chunk, or removes the chunk. */
export async function damageChunk(
  indexedDB: IDBFactory,
  file: StoredFileRequest,
  index: number,
  how: 'flip' | 'remove' = 'flip',
): Promise<void> {
  const db = await settled(indexedDB.open('switchyard-weights'));
  const chunks = db.transaction('chunks', 'readwrite').objectStore('chunks');
  const key = [file.sha256, index];
  if (how === 'remove') await settled(chunks.delete(key));
  else {
    const bytes = new Uint8Array((await settled(chunks.get(key))) as ArrayBuffer);
    bytes[5] = (bytes[5] ?? 0) ^ 1;
    await settled(chunks.put(bytes.buffer, key));
  }
  db.close();
}

function settled<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('failed'));
  });
}

export async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex');
}
