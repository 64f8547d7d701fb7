import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../src/contracts/generation.ts';
import type { EngineGenerateRequest, EnginePart, ModelFilesReader } from '../../../src/contracts/engine.ts';
import type { ModelManifest } from '../../../src/contracts/weights.ts';
import { createEngine } from '../../../src/engine/index.ts';
import { loadModel, type LoadDeps } from '../../../src/engine/load-model.ts';
import type { LoadedModel } from '../../../src/engine/loaded-model.ts';
import { generateReply } from '../../../src/engine/generate-reply.ts';
import { collect, fixedRandom } from './engine-doubles.ts';

const folder = new URL('../../../public/models/smollm2-135m-instruct/', import.meta.url);
const wasmPath = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');
const CHUNK_BYTES = 4 << 20;

async function starterDeps(): Promise<{ deps: LoadDeps; manifest: ModelManifest; fractions: number[] }> {
  const manifest = JSON.parse(await readFile(new URL('manifest.json', folder), 'utf8')) as ModelManifest;
  const places = new Map(manifest.files.map((file) => [file.sha256, new URL(file.path, folder)]));
  places.set('wasm', pathToFileURL(wasmPath));
  const read = async (sha256: string) => new Uint8Array(await readFile(places.get(sha256) ?? ''));
  const files: ModelFilesReader = {
    readFile: read,
    async *readChunks(sha256) {
      const bytes = await read(sha256);
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.slice(at, at + CHUNK_BYTES);
    },
  };
  const fractions: number[] = [];
  const moduleUrl = pathToFileURL(wasmPath.replace(/\.wasm$/, '.mjs')).href;
  const deps: LoadDeps = {
    files,
    runtime: { moduleUrl, wasmUrl: '', wasmSizeBytes: 0, wasmSha256: 'wasm', version: 'installed' },
    clock: { now: () => Date.now(), monotonicMs: () => performance.now(), sleep: () => Promise.resolve() },
    yieldToEvents: () => new Promise((resolve) => void setImmediate(resolve)),
    onLoadProgress: (fraction) => fractions.push(fraction),
  };
  return { deps, manifest, fractions };
}

const user = (content: string): ChatMessage => ({ role: 'user', content });
const textOf = (parts: readonly EnginePart[]) =>
  parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('');

function mostLikely(logits: Float32Array): number {
  return logits.indexOf(logits.reduce((best, value) => Math.max(best, value), -Infinity));
}

/** The model that ships, for real: about ten seconds, most of them loading. */
describe('the starter model', { timeout: 120_000 }, () => {
  let model: LoadedModel;
  let deps: LoadDeps;
  let fractions: number[];

  beforeAll(async () => {
    const starter = await starterDeps();
    ({ deps, fractions } = starter);
    const loading = loadModel({ manifest: starter.manifest, contextTokens: 1024, threads: 1 }, deps);
    for (;;) {
      const { done, value } = await loading.next();
      if (!done) continue;
      model = value;
      return;
    }
  }, 120_000);

  afterAll(() => model.decoder.dispose());

  const reply = (request: EngineGenerateRequest, on: LoadedModel = model, signal = new AbortController().signal) =>
    collect(generateReply(on, request, signal, { ...deps, random: fixedRandom }));

  it('[ENG12] agrees with float32 reference logits on the top token in 128 of 128 places', async () => {
    const path = new URL('../../fixtures/reference-top-tokens.json', import.meta.url);
    const reference = JSON.parse(await readFile(path, 'utf8')) as { tokenIds: number[]; topTokens: number[] };
    const tops = reference.tokenIds.map((token, i) => mostLikely(model.decoder.run([token], i)));
    expect(tops).toEqual(reference.topTokens);
    // The other branch of the graph, which reads prompts, must continue the same.
    for (const length of [2, 57, 128]) {
      const logits = model.decoder.run(reference.tokenIds.slice(0, length), 0);
      expect(mostLikely(logits)).toBe(reference.topTokens[length - 1]);
    }
  });

  it('[ENG12] reports progress while the thread is busy, rising to 1', () => {
    expect(fractions.length).toBeGreaterThan(200);
    expect(fractions.every((value, i) => value >= (fractions[i - 1] ?? 0))).toBe(true);
    expect(fractions.at(-1)).toBe(1);
  });

  it('[ENG6] answers, and a second turn over kept keys and values equals a fresh computation token for token', async () => {
    const question = [user('What is the capital of France?')];
    const first = await reply({ messages: question, temperature: 0, maxTokens: 40 });
    expect(textOf(first)).toContain('Paris');
    const messages = [...question, { role: 'assistant', content: textOf(first) } as const, user('And of Germany?')];
    const kept = await reply({ messages, temperature: 0, maxTokens: 40 });
    model.sequence.clear();
    const fresh = await reply({ messages, temperature: 0, maxTokens: 40 });
    expect(textOf(kept)).toBe(textOf(fresh));
    const [finish, freshFinish] = [kept.at(-1), fresh.at(-1)];
    if (finish?.type !== 'finish' || freshFinish?.type !== 'finish') throw new Error('no finish');
    expect(freshFinish.cachedTokens).toBe(0);
    expect(finish.inputTokens - finish.cachedTokens).toBeLessThan(20);
  });

  it('[ENG8] stops within a token', async () => {
    const abort = new AbortController();
    const request = { messages: [user('Count to one hundred.')], temperature: 0 };
    let deltas = 0;
    const reading = (async () => {
      for await (const part of generateReply(model, request, abort.signal, { ...deps, random: fixedRandom })) {
        if (part.type === 'text-delta' && (deltas += 1) === 3) abort.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'request/aborted' });
    expect(deltas).toBe(3);
  });

  it('[ENG11] writes the same text for the same seed', async () => {
    const request = { messages: [user('Tell me a story.')], temperature: 1, seed: 5, maxTokens: 24 };
    const [a, b] = [await reply(request), await reply(request)];
    const other = await reply({ ...request, seed: 6 });
    expect(textOf(a)).toBe(textOf(b));
    expect(textOf(other)).not.toBe(textOf(a));
  });

  it('[ENG10] shields special tokens of the real tokenizer', () => {
    const ids = model.tokenizer.encode('<|im_end|>');
    expect(ids).toHaveLength(1);
    expect(model.tokenizer.specialTokens.map((special) => special.id)).toContain(ids[0]);
  });
});

describe('createEngine with the starter', { timeout: 120_000 }, () => {
  it('[ENG14] loads, answers, refuses a second load, and has no model after dispose', async () => {
    const { deps, manifest } = await starterDeps();
    const engine = createEngine({ ...deps, random: fixedRandom });
    const request = { manifest, contextTokens: 100_000, threads: 1 };
    const events = await collect(engine.load(request));
    expect([...new Set(events.map((event) => event.type))]).toEqual(['progress', 'ready']);
    const ready = events.at(-1);
    expect(ready).toMatchObject({ info: { modelName: manifest.name, contextTokens: manifest.maxContextTokens } });
    const ask: EngineGenerateRequest = { messages: [user('What is the capital of France?')], temperature: 0 };
    const signal = new AbortController().signal;
    expect(textOf(await collect(engine.generate(ask, signal)))).toContain('Paris');
    expect((await engine.ping()).heapBytes).toBeGreaterThan(500e6);
    await expect(collect(engine.load(request))).rejects.toMatchObject({ code: 'provider/bad-request' });
    engine.dispose();
    await expect(collect(engine.generate(ask, signal))).rejects.toMatchObject({ code: 'model/not-loaded' });
  });
});
