import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DownloadProgress } from '../../../src/contracts/weights.ts';
import { MIB, startFileServer, status, whole } from './file-server.ts';
import { createWeightsDevice, damageChunk, recordsOf, sha256Of } from './weights-device.ts';

const SIZE = 10 * MIB + 17;
const CHUNK = 4 * MIB;

afterEach(() => {
  vi.restoreAllMocks();
});

async function storedFile() {
  const server = await startFileServer();
  const file = server.add('f', SIZE);
  const device = createWeightsDevice();
  await device.open().weights.ensure([file]);
  return { server, file, device };
}

describe('weights reading and repair', () => {
  it('[STO30] chunks come in order, checked, and join to the file', async () => {
    const { file, device } = await storedFile();
    const sizes: number[] = [];
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for await (const chunk of device.open().modelFiles.readChunks(file.sha256)) {
      sizes.push(chunk.byteLength);
      parts.push(chunk);
    }
    expect(sizes).toEqual([CHUNK, CHUNK, SIZE - 2 * CHUNK]);
    expect(await sha256Of(new Uint8Array(Buffer.concat(parts)))).toBe(file.sha256);
  });

  it('[STO30] a damaged chunk is never handed over: storage/corrupt after the good ones', async () => {
    const { file, device } = await storedFile();
    await damageChunk(device.indexedDB, file, 1);
    const read: number[] = [];
    const reading = (async () => {
      for await (const chunk of device.open().modelFiles.readChunks(file.sha256)) read.push(chunk.byteLength);
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'storage/corrupt',
      details: { sha256: file.sha256, url: file.url, path: 'f', chunk: 1 },
    });
    expect(read).toEqual([CHUNK]);
    await expect(device.open().modelFiles.readFile(file.sha256)).rejects.toMatchObject({ code: 'storage/corrupt' });
  });

  it('[STO30] a chunk the browser can not read any more is storage/corrupt too', async () => {
    const { file, device } = await storedFile();
    const storage = device.open();
    await storage.weights.storedBytes([file]);
    const realGet = IDBObjectStore.prototype.get;
    vi.spyOn(IDBObjectStore.prototype, 'get').mockImplementation(function (this: IDBObjectStore, key) {
      if (this.name !== 'chunks') return realGet.call(this, key);
      throw new DOMException('Failed to read large IndexedDB value', 'NotReadableError');
    });
    await expect(storage.modelFiles.readFile(file.sha256)).rejects.toMatchObject({ code: 'storage/corrupt' });
  });

  it('[STO30] a reader who leaves early leaves no unhandled failure behind', async () => {
    const { file, device } = await storedFile();
    await damageChunk(device.indexedDB, file, 1);
    for await (const chunk of device.open().modelFiles.readChunks(file.sha256)) {
      expect(chunk.byteLength).toBe(CHUNK);
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  });

  it('[STO31] verify finds a damaged chunk, fetches from there on, and says that it repaired', async () => {
    const { server, file, device } = await storedFile();
    await damageChunk(device.indexedDB, file, 1);
    await device.open().weights.ensure([file]);
    expect(server.ranges.get('f')).toEqual(['-']);
    const progress: DownloadProgress[] = [];
    await device.open().weights.ensure([file], { verify: true, onProgress: (event) => progress.push(event) });
    expect(server.ranges.get('f')).toEqual(['-', `bytes=${CHUNK}-`]);
    expect(progress.at(-1)).toMatchObject({ phase: 'done', receivedBytes: SIZE, repairedFiles: 1 });
    expect(await sha256Of(await device.open().modelFiles.readFile(file.sha256))).toBe(file.sha256);
  });

  it('[STO31] verify of a sound file needs no network and repairs nothing', async () => {
    const { server, file, device } = await storedFile();
    await server.stop();
    const progress: DownloadProgress[] = [];
    await device.open().weights.ensure([file], { verify: true, onProgress: (event) => progress.push(event) });
    expect(progress.at(-1)).toMatchObject({ phase: 'done', receivedBytes: SIZE, repairedFiles: 0 });
  });

  it('[STO31] a damaged file that can not be repaired now is no longer complete, and is repaired later', async () => {
    const { server, file, device } = await storedFile();
    await damageChunk(device.indexedDB, file, 2);
    server.answer('f', status(404));
    const { weights } = device.open();
    await expect(weights.ensure([file], { verify: true })).rejects.toMatchObject({ code: 'network/unreachable' });
    expect(await weights.storedBytes([file])).toBe(0);
    server.answer('f', whole);
    await weights.ensure([file]);
    expect(server.ranges.get('f')?.at(-1)).toBe(`bytes=${2 * CHUNK}-`);
    expect(await sha256Of(await device.open().modelFiles.readFile(file.sha256))).toBe(file.sha256);
  });

  it('[STO31] a lost chunk is noticed without verify', async () => {
    const { server, file, device } = await storedFile();
    await damageChunk(device.indexedDB, file, 0, 'remove');
    expect(await device.open().weights.storedBytes([file])).toBe(0);
    await device.open().weights.ensure([file]);
    expect(server.ranges.get('f')).toEqual(['-', '-']);
    expect(await sha256Of(await device.open().modelFiles.readFile(file.sha256))).toBe(file.sha256);
  });

  it('[STO32] removed files are gone, others stay', async () => {
    const server = await startFileServer();
    const [gone, kept] = [server.add('gone', SIZE), server.add('kept', 10)];
    const device = createWeightsDevice();
    const { weights, modelFiles } = device.open();
    await weights.ensure([gone, kept]);
    await weights.remove([gone.sha256]);
    expect(await weights.storedBytes([gone, kept])).toBe(10);
    expect(await recordsOf(device.indexedDB, 'chunks')).toHaveLength(1);
    await expect(modelFiles.readFile(gone.sha256)).rejects.toMatchObject({ code: 'model/not-loaded' });
  });
});

describe('weights and a full disk', () => {
  it('[STO33] is told before anything is fetched when the browser knows', async () => {
    const server = await startFileServer();
    const file = server.add('f', SIZE);
    const estimate = () => Promise.resolve({ quota: 5 * MIB, usage: MIB });
    await expect(createWeightsDevice().open({ estimate }).weights.ensure([file])).rejects.toMatchObject({
      code: 'storage/quota',
      details: { neededBytes: SIZE, availableBytes: 4 * MIB },
    });
    expect(server.ranges.size).toBe(0);
  });

  it('[STO33] an estimate that fails is no obstacle', async () => {
    const server = await startFileServer();
    const file = server.add('f', 10);
    const estimate = () => Promise.reject(new Error('no estimate'));
    const { weights } = createWeightsDevice().open({ estimate });
    await weights.ensure([file]);
    expect(await weights.storedBytes([file])).toBe(10);
  });

  it.each([
    ['in the middle', 1],
    ['at the last chunk', 2],
  ])(
    '[STO33] %s of a file: storage/quota, nothing half kept, and it works once there is space',
    async (_when, index) => {
      const server = await startFileServer();
      const file = server.add('f', SIZE);
      const device = createWeightsDevice();
      const realPut = IDBObjectStore.prototype.put;
      const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
        this: IDBObjectStore,
        ...args
      ) {
        if (Array.isArray(args[1]) && args[1][1] === index) throw new DOMException('full', 'QuotaExceededError');
        return realPut.apply(this, args);
      });
      const { weights } = device.open();
      await expect(weights.ensure([file])).rejects.toMatchObject({
        code: 'storage/quota',
        details: { neededBytes: SIZE },
      });
      expect(await recordsOf(device.indexedDB, 'files')).toEqual([]);
      expect(await recordsOf(device.indexedDB, 'chunks')).toHaveLength(0);
      put.mockRestore();
      await weights.ensure([file]);
      expect(await weights.storedBytes([file])).toBe(SIZE);
    },
  );
});
