import type { EngineLoadEvent, EngineLoadRequest, ModelFilesReader } from '../contracts/engine.ts';
import type { Clock } from '../contracts/ports.ts';
import type { RuntimeFiles } from '../contracts/engine.ts';
import type { ModelFileRole, TensorMap } from '../contracts/weights.ts';
import { AppError } from '../errors/index.ts';
import { createDecoder, type Decoder } from './decoder/decoder.ts';
import { createSequence } from './decoder/sequence.ts';
import type { LoadedModel } from './loaded-model.ts';
import { readModelFile, readWeightChunks } from './read-model-files.ts';
import type { OrtRuntime } from './runtime/ort-runtime.ts';
import { startRuntime, type ImportRuntime } from './runtime/start-runtime.ts';
import { createChatTokenizer } from './text/chat-tokenizer.ts';
import { readGenerationConfig } from './text/generation-config.ts';
import { createReplyMemory } from './text/reply-memory.ts';
import { createCheckpointBytes, type CheckpointBytes } from './weights/checkpoint-bytes.ts';
import { createEmbedding } from './weights/embedding.ts';
import { createExternalWeights } from './weights/external-weights.ts';
import { parseJson, parseTensorMap } from './weights/parse-tensor-map.ts';
import { isBlockSource } from './weights/unfold-tensor.ts';

export interface LoadDeps {
  readonly files: ModelFilesReader;
  readonly runtime: RuntimeFiles;
  readonly clock: Clock;
  readonly yieldToEvents: () => Promise<void>;
  readonly importRuntime?: ImportRuntime;
  readonly onLoadProgress?: (fraction: number) => void;
}

/** The share of the progress bar that reading takes; unfolding takes the rest. */
const READ_SHARE = 0.5;

/**
 * Puts a model into memory. Unfolding the weights blocks the thread: only `onLoadProgress`, which is called meanwhile, hears of it.
 * Gives the model as the return value of the iteration.
 */
export async function* loadModel(
  request: EngineLoadRequest,
  deps: LoadDeps,
): AsyncGenerator<EngineLoadEvent, LoadedModel> {
  const startedMs = deps.clock.monotonicMs();
  const report = (fraction: number): EngineLoadEvent => {
    deps.onLoadProgress?.(fraction);
    return { type: 'progress', fraction };
  };
  yield report(0);
  const json = async (role: Exclude<ModelFileRole, 'weights'>): Promise<unknown> =>
    parseJson(await readModelFile(deps.files, request, role));
  const map = parseTensorMap(await readModelFile(deps.files, request, 'tensor-map'));
  const graph = await readModelFile(deps.files, request, 'graph');
  // Compiling the runtime and building the tokenizer go on while the weights, mostly on other threads, are read and checked.
  const starting = inBackground(async () =>
    startRuntime(deps.runtime, await readRuntime(deps), request.threads, deps.importRuntime),
  );
  const tokenizing = inBackground(async () =>
    createChatTokenizer(await json('tokenizer'), await json('tokenizer-config')),
  );
  const config = readGenerationConfig(await json('generation-config'));

  const weights = prepareWeights(request, map);
  for await (const fraction of readWeightChunks(deps.files, request, weights.checkpoint))
    yield report(fraction * READ_SHARE);
  const runtime = await starting;
  const tokenizer = await tokenizing;
  const contextTokens = Math.min(request.contextTokens, request.manifest.maxContextTokens, map.shape.maxContextTokens);
  const decoder = buildDecoder(runtime, graph, { map, ...weights }, contextTokens, (fraction) => {
    deps.onLoadProgress?.(READ_SHARE + fraction * (1 - READ_SHARE));
  });
  yield report(1);

  const info = {
    modelName: request.manifest.name,
    device: 'wasm',
    threads: request.threads,
    contextTokens,
    loadMs: deps.clock.monotonicMs() - startedMs,
    heapBytes: runtime.bytes().byteLength,
  } as const;
  const replies = createReplyMemory(2 * contextTokens);
  return { info, runtime, decoder, sequence: createSequence(decoder), tokenizer, replies, config };
}

/** Starts at once; a failure waits for whoever awaits it, also when nobody gets to. */
function inBackground<T>(run: () => Promise<T>): Promise<T> {
  const result = run();
  result.catch(() => undefined);
  return result;
}

async function readRuntime(deps: LoadDeps): Promise<Uint8Array<ArrayBuffer>> {
  return deps.files.readFile(deps.runtime.wasmSha256);
}

interface Weights {
  readonly checkpoint: CheckpointBytes;
  readonly embedding: Uint8Array<ArrayBuffer>;
}

function prepareWeights(request: EngineLoadRequest, map: TensorMap): Weights {
  const embedding = new Uint8Array(map.embedding.sizeBytes);
  const ranges = map.tensors.map((tensor) => tensor.source).filter(isBlockSource);
  const kept = { offset: map.embedding.offset, bytes: embedding };
  return { checkpoint: createCheckpointBytes(request.manifest.weights.sizeBytes, ranges, kept), embedding };
}

function buildDecoder(
  runtime: OrtRuntime,
  graph: Uint8Array,
  weights: Weights & { readonly map: TensorMap },
  contextTokens: number,
  onProgress: (fraction: number) => void,
): Decoder {
  const { map, checkpoint } = weights;
  const external = createExternalWeights(map, (range) => checkpoint.take(range), onProgress);
  try {
    const session = runtime.createSession(graph, map.location, external.data);
    const embedding = createEmbedding(map.embedding, weights.embedding);
    return createDecoder(runtime, session, map.shape, embedding, contextTokens);
  } catch (error) {
    throw AppError.from(external.failure() ?? error);
  }
}
