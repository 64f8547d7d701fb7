import fc from 'fast-check';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ModelManifest } from '../../../src/contracts/weights.ts';
import { AppError } from '../../../src/errors/index.ts';
import { parseManifest } from '../../../src/storage/weights/parse-manifest.ts';
import { createWeightsDevice } from './weights-device.ts';

const SHA = 'a'.repeat(64);
const URL_OF = 'http://host/m/manifest.json';

function file(path: string, role: string, sizeBytes = 10) {
  return { path, role, sizeBytes, sha256: SHA };
}

function manifest(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    format: 1,
    name: 'tiny',
    displayName: 'Tiny 1M',
    revision: SHA,
    license: 'Apache-2.0',
    maxContextTokens: 2048,
    parameterCount: 1_000_000,
    weights: { format: 'gguf', sizeBytes: 30, sha256: SHA },
    files: [
      file('weights/part-00.gguf', 'weights', 20),
      file('weights/part-01.gguf', 'weights', 10),
      file('decoder.onnx', 'graph'),
      file('tensor-map.json', 'tensor-map'),
      file('tokenizer.json', 'tokenizer'),
      file('tokenizer_config.json', 'tokenizer-config'),
      file('config.json', 'config'),
      file('generation_config.json', 'generation-config'),
    ],
    ...change,
  };
}

function withFile(index: number, change: Record<string, unknown>): Record<string, unknown> {
  const files = (manifest()['files'] as object[]).map((one, at) => (at === index ? { ...one, ...change } : one));
  return manifest({ files });
}

function problemOf(value: unknown): unknown {
  try {
    parseManifest(value, URL_OF);
  } catch (error) {
    if (error instanceof AppError && error.code === 'storage/corrupt') return error.details['problem'];
    throw error;
  }
  return null;
}

describe('parse manifest', () => {
  it('[STO40] takes a right one and leaves unknown fields out', () => {
    const right = manifest();
    expect(parseManifest({ ...right, extra: 1 }, URL_OF)).toEqual(right);
  });

  it.each([
    '../secret',
    'a/../../b',
    '/etc/passwd',
    'https://evil/x',
    '//evil/x',
    'a\\b',
    'a//b',
    './a',
    'a/.',
    '%2e%2e/x',
    'a?x',
    'a#x',
    '',
    'a/',
  ])('[STO41] a path out of the folder is refused: %s', (path) => {
    expect(problemOf(withFile(2, { path }))).toBe('files[2].path is missing or wrong');
  });

  it.each([
    [{ ...manifest(), format: 2 }, 'format is not 1'],
    [manifest({ name: 'a b' }), 'name is missing or wrong'],
    [manifest({ revision: SHA.toUpperCase() }), 'revision is missing or wrong'],
    [manifest({ maxContextTokens: 1.5 }), 'maxContextTokens is not a whole number above 0'],
    [manifest({ parameterCount: '1' }), 'parameterCount is not a whole number above 0'],
    [manifest({ files: {} }), 'files is not a list'],
    [manifest({ weights: { format: 'gguf', sizeBytes: 31, sha256: SHA } }), 'do not add up'],
    [manifest({ weights: null }), 'weights is not an object'],
    [withFile(1, { path: 'weights/part-00.gguf' }), 'files has a path twice'],
    [withFile(2, { role: 'tokenizer' }), 'files has not exactly one graph'],
    [withFile(2, { role: 'virus' }), 'files[2].role is unknown'],
    [withFile(2, { sizeBytes: -1 }), 'files[2].sizeBytes is not a whole number above 0'],
    [withFile(2, { sha256: 'abc' }), 'files[2].sha256 is missing or wrong'],
    [Object.create(manifest()), 'name is missing or wrong'],
    [null, 'it is not an object'],
    [[], 'it is not an object'],
  ])('[STO40] a wrong one is refused with what is wrong (%#)', (value, problem) => {
    expect(problemOf(value)).toContain(problem);
  });

  it('[STO40] anything at all gives a manifest or storage/corrupt', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('files', 'weights', 'name', 'format'), (value, key) => {
        problemOf(value);
        problemOf(manifest({ [key]: value }));
      }),
    );
  });
});

/** A server whose answer to `manifest.json` can be changed. */
async function startManifestServer() {
  const state = { body: JSON.stringify(manifest()), delayMs: 0, requests: 0, status: 200 };
  const http = createServer((_request, response) => {
    state.requests++;
    setTimeout(() => response.writeHead(state.status).end(state.body), state.delayMs);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    http.close();
    http.closeAllConnections();
  };
  onTestFinished(stop);
  return { state, stop, baseUrl: `http://127.0.0.1:${(http.address() as AddressInfo).port}/m/` };
}

describe('manifest of a model', () => {
  it('[STO42] comes from the network first, so that a new one is seen at once', async () => {
    const { state, baseUrl } = await startManifestServer();
    const device = createWeightsDevice();
    expect((await device.open().weights.manifest(baseUrl)).displayName).toBe('Tiny 1M');
    state.body = JSON.stringify(manifest({ displayName: 'Tiny 2M' }));
    expect((await device.open().weights.manifest(baseUrl)).displayName).toBe('Tiny 2M');
  });

  it('[STO42] is the stored one without a network, on an error status, and for a page in its place', async () => {
    const { state, baseUrl, stop } = await startManifestServer();
    const { weights } = createWeightsDevice().open();
    const first = await weights.manifest(baseUrl);
    state.status = 500;
    expect(await weights.manifest(baseUrl)).toEqual(first);
    Object.assign(state, { status: 200, body: '<!doctype html>' });
    expect(await weights.manifest(baseUrl)).toEqual(first);
    stop();
    expect(await weights.manifest(baseUrl)).toEqual(first);
  });

  it('[STO42] a slow network is waited for two seconds when there is a stored one', async () => {
    const { state, baseUrl } = await startManifestServer();
    const { weights } = createWeightsDevice().open();
    state.delayMs = 2_300;
    const first: ModelManifest = await weights.manifest(baseUrl);
    state.delayMs = 60_000;
    const startedAt = performance.now();
    expect(await weights.manifest(baseUrl)).toEqual(first);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  it('[STO42] without a stored one the failure is told', async () => {
    const { state, baseUrl, stop } = await startManifestServer();
    const { weights } = createWeightsDevice().open();
    state.body = '<!doctype html>';
    await expect(weights.manifest(baseUrl)).rejects.toMatchObject({ code: 'storage/corrupt' });
    state.status = 404;
    await expect(weights.manifest(baseUrl)).rejects.toMatchObject({
      code: 'network/unreachable',
      details: { url: `${baseUrl}manifest.json`, status: 404 },
    });
    stop();
    await expect(weights.manifest(baseUrl)).rejects.toMatchObject({ code: 'network/unreachable' });
  });

  it('[STO42] can be stopped', async () => {
    const { state, baseUrl } = await startManifestServer();
    state.delayMs = 60_000;
    const { weights } = createWeightsDevice().open();
    await expect(weights.manifest(baseUrl, AbortSignal.timeout(30))).rejects.toMatchObject({ code: 'request/aborted' });
  });
});
