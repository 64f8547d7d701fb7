import 'fake-indexeddb/auto';
import { unwrap, type DBSchema } from 'idb';
import { forceCloseDatabase, IDBFactory } from 'fake-indexeddb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createDatabase, type Database } from '../../../src/storage/database.ts';
import type { Migration } from '../../../src/storage/migrations/migrate.ts';
import { systemClock } from '../../../src/storage/system-clock.ts';
import { createStorage } from '../../../src/storage/index.ts';

/** Its declared type takes the class instead of a connection. */
const forceClose = forceCloseDatabase as unknown as (db: IDBDatabase) => void;

interface TestSchema extends DBSchema {
  one: { key: string; value: string };
  two: { key: string; value: string };
}

const V1: Migration<TestSchema> = (db) => {
  db.createObjectStore('one');
};
const V2: Migration<TestSchema> = async (db, tx) => {
  db.createObjectStore('two');
  const old = await tx.objectStore('one').get('k');
  await tx.objectStore('two').put(`${old ?? ''} moved`, 'k');
};

function open(indexedDB: IDBFactory, migrations: readonly Migration<TestSchema>[], blockedTimeoutMs = 5_000) {
  return createDatabase<TestSchema>({ name: 'test', migrations, indexedDB, clock: systemClock, blockedTimeoutMs });
}

function put(database: Database<TestSchema>, value: string): Promise<void> {
  return database.transact(['one'], 'readwrite', async (tx) => {
    await tx.objectStore('one').put(value, 'k');
  });
}

function get(database: Database<TestSchema>, store: 'one' | 'two' = 'one'): Promise<string | undefined> {
  return database.transact([store], 'readonly', (tx) => tx.objectStore(store).get('k'));
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('database', () => {
  it('[STO1] opens on first use, not before', async () => {
    const indexedDB = new IDBFactory();
    const opened = vi.spyOn(indexedDB, 'open');
    const database = open(indexedDB, [V1]);
    expect(opened).not.toHaveBeenCalled();
    await Promise.all([put(database, 'a'), put(database, 'b'), get(database)]);
    expect(opened).toHaveBeenCalledTimes(1);
  });

  it('[STO2] a newer build upgrades while an older one is open; the older learns that it is outdated', async () => {
    const indexedDB = new IDBFactory();
    const older = open(indexedDB, [V1]);
    await put(older, 'kept');
    const newer = open(indexedDB, [V1, V2]);
    expect(await get(newer, 'two')).toBe('kept moved');
    expect(await get(newer, 'one')).toBe('kept');
    await expect(get(older)).rejects.toMatchObject({
      code: 'storage/unavailable',
      details: { reason: 'newer-version' },
    });
  });

  it('[STO2] a failed upgrade leaves the old version and its records', async () => {
    const indexedDB = new IDBFactory();
    const older = open(indexedDB, [V1]);
    await put(older, 'kept');
    const broken: Migration<TestSchema> = (db) => {
      db.createObjectStore('two');
      throw new Error('a bug in a migration');
    };
    await expect(get(open(indexedDB, [V1, broken]))).rejects.toThrow('a bug in a migration');
    expect(await get(open(indexedDB, [V1]))).toBe('kept');
  });

  it('[STO2] a tab that will not give way makes the open fail in time, and the next try succeeds once it is gone', async () => {
    const indexedDB = new IDBFactory();
    const stubborn = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('test', 1);
      request.onupgradeneeded = () => request.result.createObjectStore('one');
      request.onsuccess = () => resolve(request.result);
    });
    const newer = open(indexedDB, [V1, V2], 30);
    await expect(get(newer)).rejects.toMatchObject({ code: 'storage/unavailable', details: { reason: 'blocked' } });
    stubborn.close();
    expect(await get(newer, 'two')).toBe(' moved');
  });

  it('[STO2] reopens after the browser ended the connection', async () => {
    const indexedDB = new IDBFactory();
    const connections: IDBDatabase[] = [];
    const realOpen = indexedDB.open.bind(indexedDB);
    vi.spyOn(indexedDB, 'open').mockImplementation((...args) => {
      const request = realOpen(...args);
      request.addEventListener('success', () => connections.push(request.result));
      return request;
    });
    const database = open(indexedDB, [V1]);
    await put(database, 'a');
    if (connections[0]) forceClose(connections[0]);
    expect(await get(database)).toBe('a');
    // Without the event: the connection just stops working.
    connections[1]?.close();
    expect(await get(database)).toBe('a');
    expect(connections).toHaveLength(3);
  });

  it('[STO3] tries again when the backing store does not open, then says storage/unavailable', async () => {
    const indexedDB = new IDBFactory();
    const realOpen = indexedDB.open.bind(indexedDB);
    const refuse = () => {
      throw new DOMException('Internal error opening backing store', 'UnknownError');
    };
    const opened = vi.spyOn(indexedDB, 'open').mockImplementationOnce(refuse).mockImplementation(realOpen);
    const database = open(indexedDB, [V1]);
    await put(database, 'a');
    expect(opened).toHaveBeenCalledTimes(2);
    opened.mockImplementation(refuse);
    await expect(get(open(indexedDB, [V1]))).rejects.toMatchObject({ code: 'storage/unavailable' });
    expect(opened).toHaveBeenCalledTimes(5);
  });

  it('[STO3] private modes that forbid databases, and realms without any, are storage/unavailable', async () => {
    const indexedDB = new IDBFactory();
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    await expect(createStorage({ indexedDB }).settings.get()).rejects.toMatchObject({ code: 'storage/unavailable' });
    vi.stubGlobal('indexedDB', undefined);
    await expect(createStorage().settings.get()).rejects.toMatchObject({
      code: 'storage/unavailable',
      details: { reason: 'missing' },
    });
    vi.unstubAllGlobals();
  });

  it('[STO3] a full disk is storage/quota, also when only the transaction knows why it ended', async () => {
    const database = open(new IDBFactory(), [V1]);
    await put(database, 'kept');
    const full = new DOMException('full', 'QuotaExceededError');
    const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(() => {
      throw full;
    });
    await expect(put(database, 'lost')).rejects.toMatchObject({ code: 'storage/quota' });
    spy.mockRestore();
    const ended = database.transact(['one'], 'readwrite', async (tx) => {
      Object.defineProperty(unwrap(tx), 'error', { value: full });
      tx.abort();
      await tx.done;
    });
    await expect(ended).rejects.toMatchObject({ code: 'storage/quota' });
    expect(await get(database)).toBe('kept');
  });

  it('[STO3] a transaction that the browser gave up is storage/unavailable, never request/aborted', async () => {
    const database = open(new IDBFactory(), [V1]);
    const ended = database.transact(['one'], 'readwrite', async (tx) => {
      tx.abort();
      await tx.done;
    });
    await expect(ended).rejects.toMatchObject({ code: 'storage/unavailable', details: { reason: 'AbortError' } });
  });

  it('[STO3] what the caller throws inside a transaction rolls it back and comes out unchanged', async () => {
    const database = open(new IDBFactory(), [V1]);
    const ended = database.transact(['one'], 'readwrite', async (tx) => {
      await tx.objectStore('one').put('half', 'k');
      throw new Error('changed my mind');
    });
    await expect(ended).rejects.toThrow('changed my mind');
    expect(await get(database)).toBeUndefined();
  });
});
