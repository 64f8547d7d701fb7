import { createStorage } from '../../src/storage/index.ts';
import { registerStorageContractTests } from '../contract/storage/storage-contract.ts';
import { deviceOver } from '../contract/storage/storage-device.ts';

/** The browser's own IndexedDB, with database names of its own for every device. */
function prefixed(prefix: string): IDBFactory {
  return {
    open: (name, version) => indexedDB.open(prefix + name, version),
    deleteDatabase: (name) => indexedDB.deleteDatabase(prefix + name),
    databases: () => indexedDB.databases(),
    cmp: (first, second) => indexedDB.cmp(first, second),
  };
}

let devices = 0;

registerStorageContractTests('the IndexedDB of a browser', () => {
  devices += 1;
  const factory = prefixed(`device-${devices}-`);
  return deviceOver(factory, () => createStorage({ indexedDB: factory }));
});
