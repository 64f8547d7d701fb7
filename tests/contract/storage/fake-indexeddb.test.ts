import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { createStorage } from '../../../src/storage/index.ts';
import { registerStorageContractTests } from './storage-contract.ts';

registerStorageContractTests('fake-indexeddb', () => {
  const indexedDB = new IDBFactory();
  return { open: () => createStorage({ indexedDB }) };
});
