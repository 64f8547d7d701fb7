import { describe, expect, it, vi } from 'vitest';
import type { DownloadProgress } from '../../../src/contracts/weights.ts';
import type { StoredFileRequest } from '../../../src/contracts/stores.ts';
import {
  cutAfter,
  flipped,
  html,
  MIB,
  noRange,
  resized,
  slowly,
  stallAfter,
  startFileServer,
  status,
  whole,
  type Answer,
} from './file-server.ts';
import { createWeightsDevice, recordsOf, sha256Of, type WeightsDevice } from './weights-device.ts';

/** Two full chunks and a short one. */
const SIZE = 10 * MIB + 17;
const CHUNK = 4 * MIB;

async function expectReadable(device: WeightsDevice, file: StoredFileRequest): Promise<void> {
  const bytes = await device.open().modelFiles.readFile(file.sha256);
  expect(await sha256Of(bytes)).toBe(file.sha256);
}

async function expectNothingKept(device: WeightsDevice): Promise<void> {
  expect(await recordsOf(device.indexedDB, 'files')).toEqual([]);
  expect((await recordsOf(device.indexedDB, 'chunks')).length).toBe(0);
}

describe('weights download', () => {
  it('[STO20] stores files whole, reads them back, and never asks the network again', async () => {
    const server = await startFileServer();
    const files = [
      server.add('big', SIZE),
      server.add('exact', 2 * CHUNK),
      server.add('small', 100),
      server.add('empty', 0),
    ];
    const device = createWeightsDevice();
    await device.open().weights.ensure(files);
    for (const file of files) await expectReadable(device, file);
    expect(await device.open().weights.storedBytes(files)).toBe(SIZE + 2 * CHUNK + 100);
    await server.stop();
    await device.open().weights.ensure(files);
    expect([...server.ranges.values()].every((requests) => requests.length === 1)).toBe(true);
  });

  it('[STO21] a download cut in the middle goes on from its last chunk', async () => {
    const server = await startFileServer();
    const file = server.add('f', SIZE, cutAfter(CHUNK + 1000), whole);
    const device = createWeightsDevice();
    await device.open().weights.ensure([file]);
    await expectReadable(device, file);
    expect(server.ranges.get('f')).toEqual(['-', `bytes=${CHUNK}-`]);
  });

  it('[STO21] a restart of the app goes on too, and the half file counts for nothing before', async () => {
    const server = await startFileServer();
    const file = server.add('f', SIZE, cutAfter(2 * CHUNK + 5), status(404));
    const device = createWeightsDevice();
    await expect(device.open().weights.ensure([file])).rejects.toMatchObject({
      code: 'network/unreachable',
      details: { url: file.url, status: 404 },
    });
    expect(await device.open().weights.storedBytes([file])).toBe(0);
    await expect(device.open().modelFiles.readFile(file.sha256)).rejects.toMatchObject({ code: 'model/not-loaded' });
    server.answer('f', whole);
    const progress: DownloadProgress[] = [];
    await device.open().weights.ensure([file], { onProgress: (event) => progress.push(event) });
    await expectReadable(device, file);
    expect(server.ranges.get('f')?.at(-1)).toBe(`bytes=${2 * CHUNK}-`);
    expect(progress.at(-1)).toMatchObject({ phase: 'done', receivedBytes: SIZE, totalBytes: SIZE, repairedFiles: 0 });
  });

  it('[STO21] a host without ranges makes it start anew', async () => {
    const server = await startFileServer();
    const file = server.add('f', SIZE, cutAfter(CHUNK + 1000), noRange);
    const device = createWeightsDevice();
    await device.open().weights.ensure([file]);
    await expectReadable(device, file);
    expect(server.ranges.get('f')).toEqual(['-', `bytes=${CHUNK}-`]);
  });

  it.each([
    ['another size', `bytes ${CHUNK}-${SIZE}/${SIZE + 1}`],
    ['another part', `bytes 0-${SIZE - 1}/${SIZE}`],
  ])('[STO21] a 206 of %s makes it start anew', async (_what, contentRange) => {
    const server = await startFileServer();
    const lying: Answer = (_request, response) => {
      response.writeHead(206, { 'content-range': contentRange });
      response.end('nonsense');
    };
    const file = server.add('f', SIZE, cutAfter(CHUNK + 1000), lying, whole);
    const device = createWeightsDevice();
    const progress: DownloadProgress[] = [];
    await device.open().weights.ensure([file], { onProgress: (event) => progress.push(event) });
    await expectReadable(device, file);
    expect(server.ranges.get('f')).toEqual(['-', `bytes=${CHUNK}-`, '-']);
    // Told from its header alone: nothing was damaged.
    expect(progress.at(-1)).toMatchObject({ phase: 'done', repairedFiles: 0 });
  });

  it.each([
    ['a flipped byte', flipped(CHUNK + 3)],
    ['a web page', html],
    ['fewer bytes than the file has', resized(SIZE - 1, false)],
    ['more bytes than the file has', resized(SIZE + 1, false)],
    ['another announced length', resized(1000, true)],
  ])('[STO22] %s once: fetched again past caches, and counted as repaired', async (_what, answer) => {
    const server = await startFileServer();
    const file = server.add('f', SIZE, answer, whole);
    const device = createWeightsDevice();
    const progress: DownloadProgress[] = [];
    const caches: (RequestCache | undefined)[] = [];
    const fetch = (input: string, init?: RequestInit) => {
      caches.push(init?.cache);
      return globalThis.fetch(input, init);
    };
    await device.open({ fetch }).weights.ensure([file], { onProgress: (event) => progress.push(event) });
    await expectReadable(device, file);
    expect(progress.at(-1)).toMatchObject({ phase: 'done', receivedBytes: SIZE, repairedFiles: 1 });
    expect(caches).toEqual(['no-store', 'reload']);
    expect(server.ranges.get('f')).toEqual(['-', '-']);
  });

  it.each([
    ['a flipped byte', 'digest', flipped(CHUNK + 3)],
    ['a web page', 'html', html],
    ['fewer bytes', 'length', resized(SIZE - 1, false)],
    ['more bytes', 'length', resized(SIZE + 1, false)],
  ])('[STO22] %s every time: storage/corrupt and nothing kept', async (_what, reason, answer) => {
    const server = await startFileServer();
    const file = server.add('f', SIZE, answer);
    const device = createWeightsDevice();
    await expect(device.open().weights.ensure([file])).rejects.toMatchObject({
      code: 'storage/corrupt',
      details: { url: file.url, sha256: file.sha256, reason },
    });
    expect(server.ranges.get('f')).toHaveLength(2);
    await expectNothingKept(device);
    await expect(device.open().modelFiles.readFile(file.sha256)).rejects.toMatchObject({ code: 'model/not-loaded' });
  });

  it('[STO23] Stop ends it at once, keeps full chunks, and the next call goes on from them', async () => {
    const server = await startFileServer();
    const file = server.add('f', SIZE, stallAfter(CHUNK + 1000));
    const device = createWeightsDevice();
    const stop = new AbortController();
    const ensuring = device.open().weights.ensure([file], { signal: stop.signal });
    await vi.waitFor(async () => expect(await recordsOf(device.indexedDB, 'chunks')).toHaveLength(1));
    const stoppedAt = performance.now();
    stop.abort();
    await expect(ensuring).rejects.toMatchObject({ code: 'request/aborted' });
    expect(performance.now() - stoppedAt).toBeLessThan(500);
    server.answer('f', whole);
    await device.open().weights.ensure([file]);
    expect(server.ranges.get('f')).toEqual(['-', `bytes=${CHUNK}-`]);
    await expectReadable(device, file);
  });

  it('[STO23] a signal that is aborted already asks for nothing', async () => {
    const server = await startFileServer();
    const file = server.add('f', 10);
    const ensuring = createWeightsDevice().open().weights.ensure([file], { signal: AbortSignal.abort() });
    await expect(ensuring).rejects.toMatchObject({ code: 'request/aborted' });
    expect(server.ranges.size).toBe(0);
  });

  it('[STO24] two tabs at once download once', async () => {
    const server = await startFileServer();
    const files = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => server.add(name, MIB));
    const device = createWeightsDevice();
    await Promise.all([device.open().weights.ensure(files), device.open().weights.ensure(files)]);
    expect([...server.ranges.values()].map((requests) => requests.length)).toEqual([1, 1, 1, 1, 1, 1]);
    for (const file of files) await expectReadable(device, file);
  });

  it('[STO24] a tab that waits for another one shows how far the other is, and can be stopped', async () => {
    const server = await startFileServer();
    const file = server.add('f', SIZE, stallAfter(CHUNK + 1000));
    const device = createWeightsDevice();
    const stopBoth = new AbortController();
    const first = device.open().weights.ensure([file], { signal: stopBoth.signal });
    await vi.waitFor(async () => expect(await recordsOf(device.indexedDB, 'chunks')).toHaveLength(1));
    const seen: number[] = [];
    const onProgress = (event: DownloadProgress) => seen.push(event.receivedBytes);
    const second = device.open().weights.ensure([file], { signal: stopBoth.signal, onProgress });
    await vi.waitFor(() => expect(seen).toContain(CHUNK), { timeout: 3_000 });
    stopBoth.abort();
    await expect(first).rejects.toMatchObject({ code: 'request/aborted' });
    await expect(second).rejects.toMatchObject({ code: 'request/aborted' });
    expect(server.ranges.get('f')).toEqual(['-']);
  });

  it('[STO25] at most four files are fetched at a time, in the order given', async () => {
    const server = await startFileServer();
    const files = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => server.add(name, 1000));
    const order: string[] = [];
    let now = 0;
    let most = 0;
    const fetch = async (input: string, init?: RequestInit) => {
      order.push(input.slice(-1));
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 20));
      now--;
      return globalThis.fetch(input, init);
    };
    await createWeightsDevice().open({ fetch }).weights.ensure(files);
    expect(most).toBe(4);
    expect(order.slice(0, 4)).toEqual(['a', 'b', 'c', 'd']);
    expect(order).toHaveLength(8);
  });

  it('[STO25] the first failure stops the other files, and what is thrown is that failure', async () => {
    const server = await startFileServer();
    const stalled = server.add('stalled', SIZE, stallAfter(1000));
    const missing = server.add('missing', 10, status(404));
    const ensuring = createWeightsDevice().open().weights.ensure([stalled, missing]);
    await expect(ensuring).rejects.toMatchObject({ code: 'network/unreachable', details: { url: missing.url } });
  });

  it('[STO26] a network that fails is asked three times, an answer that will not change once', async () => {
    const server = await startFileServer();
    const busy = server.add('busy', 10, status(503));
    const gone = server.add('gone', 10, status(404));
    const { weights } = createWeightsDevice().open();
    await expect(weights.ensure([busy])).rejects.toMatchObject({ code: 'network/unreachable', retryable: true });
    await expect(weights.ensure([gone])).rejects.toMatchObject({ code: 'network/unreachable' });
    expect(server.ranges.get('busy')).toHaveLength(3);
    expect(server.ranges.get('gone')).toHaveLength(1);
    await server.stop();
    await expect(weights.ensure([busy])).rejects.toMatchObject({
      code: 'network/unreachable',
      details: { url: busy.url },
    });
  });

  it('[STO26] a download that goes silent is taken for failed and goes on', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const server = await startFileServer();
      const file = server.add('f', SIZE, stallAfter(CHUNK + 1000), whole);
      const device = createWeightsDevice();
      let skippedMs = 0;
      const clock = {
        now: () => Date.now(),
        monotonicMs: () => performance.now() + skippedMs,
        sleep: () => Promise.resolve(),
      };
      const ensuring = device.open({ clock }).weights.ensure([file]);
      await vi.waitFor(async () => expect(await recordsOf(device.indexedDB, 'chunks')).toHaveLength(1));
      await new Promise((resolve) => setTimeout(resolve, 100));
      skippedMs = 31_000;
      vi.advanceTimersByTime(4_000);
      await ensuring;
      expect(server.ranges.get('f')).toEqual(['-', `bytes=${CHUNK}-`]);
      await expectReadable(device, file);
    } finally {
      vi.useRealTimers();
    }
  });

  it('[STO27] progress is sent at most ten times a second, grows to the total and ends with done', async () => {
    const server = await startFileServer();
    const files = [server.add('a', SIZE, slowly(40, 20)), server.add('b', SIZE, slowly(30, 20))];
    const seen: { atMs: number; event: DownloadProgress }[] = [];
    const onProgress = (event: DownloadProgress) => seen.push({ atMs: performance.now(), event });
    await createWeightsDevice().open().weights.ensure(files, { onProgress });
    const gaps = seen.slice(1, -1).map(({ atMs }, index) => atMs - (seen[index]?.atMs ?? 0));
    expect(gaps.length).toBeGreaterThan(4);
    expect(Math.min(...gaps)).toBeGreaterThan(95);
    expect(seen.some(({ event }) => (event.bytesPerSecond ?? 0) > MIB)).toBe(true);
    expect(seen[0]?.event).toEqual({
      phase: 'checking',
      receivedBytes: 0,
      totalBytes: 2 * SIZE,
      bytesPerSecond: null,
      repairedFiles: 0,
    });
    expect(seen.at(-1)?.event).toMatchObject({ phase: 'done', receivedBytes: 2 * SIZE, totalBytes: 2 * SIZE });
    const bytes = seen.map(({ event }) => event.receivedBytes);
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
  });
});
