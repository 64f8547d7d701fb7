import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { EngineLoadRequest, ModelFilesReader } from '../../../src/contracts/engine.ts';
import type { ModelFileRole } from '../../../src/contracts/weights.ts';
import { createEngine } from '../../../src/engine/index.ts';
import { createOrtRuntime } from '../../../src/engine/runtime/ort-runtime.ts';
import { fromRuntimeThrow } from '../../../src/engine/runtime/runtime-error.ts';
import type { RuntimeModule } from '../../../src/engine/runtime/runtime-module.ts';
import { startRuntime } from '../../../src/engine/runtime/start-runtime.ts';
import { AppError } from '../../../src/errors/index.ts';
import { collect, fixedRandom, stepClock } from './engine-doubles.ts';
import { fakeRuntime } from './fake-runtime.ts';

const runtimeFiles = { moduleUrl: 'm', wasmUrl: 'w', wasmSizeBytes: 0, wasmSha256: 'wasm', version: '1.2.3' };
const starter = new URL('../../../public/models/smollm2-135m-instruct/', import.meta.url);
const external = { byteLength: 0, subarray: () => new Uint8Array() };

describe('startRuntime', () => {
  const importing = (module: unknown) => () => Promise.resolve({ default: () => Promise.resolve(module) });

  it('[ENG14] says which exports another version lacks', async () => {
    const others = { ...fakeRuntime().module, _malloc: undefined, _OrtRun: undefined };
    const start = startRuntime(runtimeFiles, new Uint8Array(), 1, importing(others));
    await expect(start).rejects.toMatchObject({ code: 'app/internal', details: { missing: ['_malloc', '_OrtRun'] } });
  });

  it('[ENG14] refuses a module without a default export', async () => {
    const start = startRuntime(runtimeFiles, new Uint8Array(), 1, () => Promise.resolve({}));
    await expect(start).rejects.toMatchObject({ code: 'app/internal' });
  });

  it('[ENG14] fails when the WASM bytes are damaged, instead of waiting for ever', async () => {
    const factory = ({ instantiateWasm }: { instantiateWasm: (imports: object, receive: () => void) => void }) =>
      new Promise(() => instantiateWasm({}, () => undefined));
    const start = startRuntime(runtimeFiles, new Uint8Array([1, 2, 3]), 1, () => Promise.resolve({ default: factory }));
    await expect(start).rejects.toMatchObject({ code: 'engine/lost' });
  });
});

describe('a failure of the runtime', () => {
  const cases: [string, unknown, string][] = [
    ['a trap', new WebAssembly.RuntimeError('memory access out of bounds'), 'engine/lost'],
    ['an abort', new WebAssembly.RuntimeError('Aborted(). Build with -sASSERTIONS'), 'engine/lost'],
    ['an abort for memory', new WebAssembly.RuntimeError('Aborted(OOM)'), 'engine/out-of-memory'],
    ['a refused buffer', new RangeError('Array buffer allocation failed'), 'engine/out-of-memory'],
    ['a refused memory', new RangeError('could not create memory'), 'engine/out-of-memory'],
    ['endless recursion', new RangeError('Maximum call stack size exceeded'), 'engine/lost'],
    ['a C++ exception', 123456, 'engine/lost'],
  ];
  it.each(cases)('[ENG15] thrown as %s has its code', (_name, thrown, code) => {
    expect(fromRuntimeThrow(thrown).code).toBe(code);
  });

  it('[ENG15] told as std::bad_alloc is engine/out-of-memory, anything else in a run engine/lost', () => {
    const fake = fakeRuntime({ _OrtRun: () => 1 });
    const session = createOrtRuntime(fake.module, 1).createSession(new Uint8Array(8), 'w', external);
    fake.error = 'std::bad_alloc';
    expect(() => session.run([], [])).toThrow(expect.objectContaining({ code: 'engine/out-of-memory' }));
    fake.error = 'Non-zero status code returned while running MatMul';
    expect(() => session.run([], [])).toThrow(expect.objectContaining({ code: 'engine/lost' }));
  });

  it('[ENG15] refused memory is engine/out-of-memory', () => {
    const runtime = createOrtRuntime(fakeRuntime().module, 1);
    expect(() => runtime.allocate(1 << 20)).toThrow(expect.objectContaining({ code: 'engine/out-of-memory' }));
  });

  it('[ENG15] a refused graph is a bug of ours, not a lost engine', () => {
    const fake = fakeRuntime({ _OrtCreateSession: () => 0 });
    fake.error = 'Load model failed: no such operator';
    const create = () => createOrtRuntime(fake.module, 1).createSession(new Uint8Array(8), 'w', external);
    expect(create).toThrow(expect.objectContaining({ code: 'app/internal' }));
    expect(fake.allocated.size).toBe(0);
  });

  it('[ENG16] frees all it allocated', () => {
    const fake = fakeRuntime();
    const runtime = createOrtRuntime(fake.module, 1);
    const session = runtime.createSession(new Uint8Array(8), 'w', external);
    session.run([], []);
    session.dispose();
    expect(fake.allocated.size).toBe(0);
    const tensor = runtime.createTensor('float32', 8, 4, [1]);
    runtime.releaseTensor(tensor);
    expect(fake.tensors.size).toBe(0);
  });
});

describe('createEngine', () => {
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

  /** The starter with an empty checkpoint: everything is real but the runtime and the weights. */
  async function emptyStarter() {
    const paths: [ModelFileRole, string][] = [
      ['tokenizer', 'tokenizer.json'],
      ['tokenizer-config', 'tokenizer_config.json'],
      ['generation-config', 'generation_config.json'],
    ];
    const map = {
      format: 1,
      location: 'w',
      sizeBytes: 0,
      shape: { layers: 0, hiddenSize: 0, heads: 0, keyValueHeads: 0, headSize: 0, vocabularySize: 0 },
      embedding: { kind: 'q8_0', offset: 0, sizeBytes: 0, rows: 0, columns: 0 },
      tensors: [],
    };
    const stored = new Map<string, Uint8Array<ArrayBuffer>>([['wasm', new Uint8Array()]]);
    const keep = (role: ModelFileRole, path: string, bytes: Uint8Array<ArrayBuffer>) => {
      stored.set(sha256(bytes), bytes);
      return { role, path, sizeBytes: bytes.length, sha256: sha256(bytes) };
    };
    const files = [
      keep('graph', 'decoder.onnx', new Uint8Array(8)),
      keep('tensor-map', 'decoder.tensors.json', new TextEncoder().encode(JSON.stringify(map))),
    ];
    for (const [role, path] of paths)
      files.push(keep(role, path, new Uint8Array(await readFile(new URL(path, starter)))));
    const request: EngineLoadRequest = {
      contextTokens: 64,
      threads: 1,
      manifest: {
        format: 1,
        name: 'empty',
        displayName: 'Empty',
        revision: '',
        license: '',
        maxContextTokens: 64,
        parameterCount: 0,
        weights: { format: 'gguf', sizeBytes: 0, sha256: '' },
        files,
      },
    };
    return { stored, request };
  }

  function engineOver(stored: ReadonlyMap<string, Uint8Array<ArrayBuffer>>, module: RuntimeModule) {
    const files: ModelFilesReader = {
      readFile: (hash) => {
        const bytes = stored.get(hash);
        return bytes ? Promise.resolve(bytes) : Promise.reject(new AppError('storage/corrupt', 'digest'));
      },
      readChunks: () => (async function* () {})(),
    };
    return createEngine({
      files,
      runtime: runtimeFiles,
      clock: stepClock(),
      random: fixedRandom,
      yieldToEvents: () => Promise.resolve(),
      importRuntime: () => Promise.resolve({ default: () => Promise.resolve(module) }),
    });
  }

  const ask = { messages: [{ role: 'user', content: 'hi' } as const] };
  const signal = new AbortController().signal;

  it('[ENG9] answers model/not-loaded before load', async () => {
    const engine = engineOver(new Map(), fakeRuntime().module);
    await expect(collect(engine.generate(ask, signal))).rejects.toMatchObject({ code: 'model/not-loaded' });
    expect(await engine.ping()).toEqual({ busy: false, heapBytes: 0 });
  });

  it('[ENG9] refuses a second call while one runs', async () => {
    const { stored, request } = await emptyStarter();
    const engine = engineOver(stored, fakeRuntime().module);
    const first = engine.load(request)[Symbol.asyncIterator]();
    await first.next();
    expect((await engine.ping()).busy).toBe(true);
    await expect(collect(engine.generate(ask, signal))).rejects.toMatchObject({ code: 'provider/bad-request' });
    await first.return?.();
    expect((await engine.ping()).busy).toBe(false);
  });

  it('[ENG15] is of no more use after it ran out of memory, and says so each time', async () => {
    const { stored, request } = await emptyStarter();
    const fake = fakeRuntime({ _OrtCreateSession: () => 0 });
    fake.error = 'std::bad_alloc';
    const engine = engineOver(stored, fake.module);
    await expect(collect(engine.load(request))).rejects.toMatchObject({ code: 'engine/out-of-memory' });
    await expect(collect(engine.load(request))).rejects.toMatchObject({ code: 'engine/out-of-memory' });
    await expect(collect(engine.generate(ask, signal))).rejects.toMatchObject({ code: 'engine/out-of-memory' });
  });

  it('[ENG17] names the file that failed its digest, and can load once it is repaired', async () => {
    const { stored, request } = await emptyStarter();
    const damaged = new Map(stored);
    const graph = request.manifest.files.find((file) => file.role === 'graph')?.sha256 ?? '';
    damaged.delete(graph);
    const engine = engineOver(damaged, fakeRuntime({ _OrtCreateSession: () => 0 }).module);
    await expect(collect(engine.load(request))).rejects.toMatchObject({
      code: 'storage/corrupt',
      details: { path: 'decoder.onnx' },
    });
    damaged.set(graph, new Uint8Array(8));
    await expect(collect(engine.load(request))).rejects.toMatchObject({ code: 'app/internal' });
  });
});
