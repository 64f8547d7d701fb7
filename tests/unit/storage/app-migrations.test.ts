import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { expect, it } from 'vitest';
import { STARTER_MODEL, localModelId } from '../../../src/contracts/model.ts';
import { DEFAULT_SETTINGS } from '../../../src/contracts/settings.ts';
import { noFigures } from '../../../src/hub/monitor/model-figures.ts';
import { createDatabase } from '../../../src/storage/database.ts';
import { createStorage } from '../../../src/storage/index.ts';
import { APP_MIGRATIONS } from '../../../src/storage/migrations/app-migrations.ts';
import type { AppSchema } from '../../../src/storage/schema.ts';
import { systemClock } from '../../../src/storage/system-clock.ts';
import { conversation, message } from '../../contract/storage/storage-device.ts';

it('[STO48] a database of the first release keeps all its records and gains the new tables', async () => {
  const indexedDB = new IDBFactory();
  const first = createDatabase<AppSchema>({
    name: 'switchyard',
    migrations: APP_MIGRATIONS.slice(0, 1),
    indexedDB,
    clock: systemClock,
  });
  const { speed_count: _count, ...figures } = noFigures('m');
  await first.transact(
    ['conversations', 'messages', 'settings', 'models', 'drafts', 'metrics'],
    'readwrite',
    async (tx) => {
      await tx.objectStore('metrics').put(figures);
      await tx.objectStore('conversations').put(conversation('c1'));
      await tx.objectStore('messages').put(message('m1', 'c1'));
      await tx.objectStore('settings').put({ theme: 'dark', locale: null, defaultModel: null }, 'settings');
      await tx.objectStore('models').put({ id: localModelId('x', 'text_generation'), descriptor: STARTER_MODEL });
      await tx.objectStore('drafts').put({ conversationId: 'c1', text: 'unsent' });
    },
  );
  first.close();

  const storage = createStorage({ indexedDB });
  expect(await storage.conversations.listConversations()).toEqual([conversation('c1')]);
  expect(await storage.conversations.listMessages('c1')).toEqual([message('m1', 'c1')]);
  expect(await storage.settings.get()).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark' });
  expect(await storage.models.list()).toEqual([STARTER_MODEL]);
  expect(await storage.drafts.get('c1')).toBe('unsent');
  expect(await storage.providers.list()).toEqual([]);
  expect(await storage.vault.key()).toBeUndefined();
  expect(await storage.sentRequests.get('m1')).toEqual([]);
  expect(await storage.spend.list('')).toEqual([]);
  expect(await storage.metrics.list()).toEqual([figures]);
  expect(await storage.metrics.rows('day', 0, Number.MAX_SAFE_INTEGER)).toEqual([]);
});
