import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { createStorage } from '../../../src/storage/index.ts';
import { registerStorageContractTests } from './storage-contract.ts';
import { deviceOver } from './storage-device.ts';

registerStorageContractTests('fake-indexeddb', () => {
  const indexedDB = new IDBFactory();
  return deviceOver(indexedDB, () => createStorage({ indexedDB }));
});
