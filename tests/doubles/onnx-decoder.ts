import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import type { TensorMap } from '../../src/contracts/weights.ts';
import { lookUp, virtualDataFile } from './reference-weights.ts';

/** A decoder graph in onnxruntime-web's public API, with its cache copied in and out of every run: slow and simple. */
export interface OnnxDecoder {
  /** Runs `tokens` after those that ran before; gives the last `logitRows` rows of logits. */
  run(tokens: readonly number[], logitRows: number): Promise<readonly Float32Array[]>;
  /** Forgets what ran before. The cache is filled with NaN, so that whatever reads beyond what was written shows. */
  reset(): void;
  /** Rows that each layer's `present` had after the last run. */
  readonly presentRows: number;
  /** Names of the external tensors in the order the runtime asked for them. */
  readonly asked: readonly string[];
  release(): Promise<void>;
}

/** Loads `graph` with the weights of `checkpoint`; the cache holds `capacity` tokens. */
export async function openOnnxDecoder(
  graph: Uint8Array,
  map: TensorMap,
  checkpoint: Uint8Array,
  capacity: number,
): Promise<OnnxDecoder> {
  env.wasm.numThreads = 1;
  const asked: string[] = [];
  const session = await InferenceSession.create(graph, {
    executionProviders: ['wasm'],
    externalData: [{ path: map.location, data: virtualDataFile(checkpoint, map, asked) }],
  });
  const { layers, keyValueHeads, headSize, hiddenSize, vocabularySize, sharedBufferRows } = map.shape;
  const names = Array.from({ length: layers }, (_, i) => [`${i}.key`, `${i}.value`]).flat();
  const emptyCache = (): Map<string, Float32Array> =>
    new Map(names.map((name) => [name, new Float32Array(keyValueHeads * capacity * headSize).fill(NaN)]));
  let cache = emptyCache();
  let past = 0;
  let presentRows = 0;

  const feed = (tokens: readonly number[], logitRows: number): Record<string, Tensor> => ({
    x: new Tensor('float32', lookUp(checkpoint, map, tokens), [1, tokens.length, hiddenSize]),
    attention_mask: int64(
      Array.from({ length: past + tokens.length }, () => 1),
      [1, past + tokens.length],
    ),
    past_len: int64([past], [1]),
    num_logits: int64([logitRows], [1]),
    ...Object.fromEntries(
      [...cache].map(([name, data]) => [
        `past_key_values.${name}`,
        new Tensor('float32', data, [1, keyValueHeads, capacity, headSize]),
      ]),
    ),
  });

  return {
    async run(tokens, logitRows) {
      const results = await session.run(feed(tokens, logitRows));
      for (const [name, buffer] of cache) {
        const present = floats(results[`present.${name}`]);
        presentRows = present.length / keyValueHeads / headSize;
        if (tokens.length <= sharedBufferRows) cache.set(name, present);
        else storeRows(buffer, present, { heads: keyValueHeads, capacity, from: past, rows: tokens.length, headSize });
      }
      past += tokens.length;
      const logits = floats(results['logits']);
      return Array.from({ length: logitRows }, (_, row) =>
        logits.subarray(row * vocabularySize, (row + 1) * vocabularySize),
      );
    },
    reset() {
      cache = emptyCache();
      past = 0;
    },
    get presentRows() {
      return presentRows;
    },
    asked,
    release: () => session.release(),
  };
}

/** The index of the largest number. */
export function topToken(logits: Float32Array): number {
  return logits.reduce((best, value, i) => (value > (logits[best] ?? -Infinity) ? i : best), 0);
}

interface StoredRows {
  readonly heads: number;
  readonly capacity: number;
  readonly from: number;
  readonly rows: number;
  readonly headSize: number;
}

function storeRows(
  buffer: Float32Array,
  present: Float32Array,
  { heads, capacity, from, rows, headSize }: StoredRows,
): void {
  for (let head = 0; head < heads; head += 1) {
    const fresh = present.subarray(head * rows * headSize, (head + 1) * rows * headSize);
    buffer.set(fresh, (head * capacity + from) * headSize);
  }
}

function floats(tensor: { readonly data: unknown } | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) throw new TypeError('The graph gave no float32 tensor');
  return Float32Array.from(tensor.data);
}

function int64(values: readonly number[], dimensions: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), dimensions);
}
