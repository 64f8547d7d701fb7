import type { DecoderShape } from '../../contracts/weights.ts';
import type { OrtRuntime } from '../runtime/ort-runtime.ts';

const FLOAT_BYTES = 4;
const LONG_BYTES = 8;

/** The graph's inputs and its logits, apart from keys and values, in memory that is used again for every run. */
export interface RunTensors {
  /** Where the embedded rows of a run are written. */
  rows(count: number): Float32Array;
  /** The input tensors of a run of `count` rows behind `pastTokens`, by name; they are released once `run` is through. */
  withInputs(count: number, pastTokens: number, run: (inputs: ReadonlyMap<string, number>) => void): void;
  /** The output tensor [1, 1, vocabulary]. */
  readonly logitsTensor: number;
  copyLogits(out: Float32Array): void;
  dispose(): void;
}

export function createRunTensors(
  runtime: OrtRuntime,
  { hiddenSize, vocabularySize }: DecoderShape,
  contextTokens: number,
  longestRun: number,
): RunTensors {
  const memory = {
    rows: runtime.allocate(FLOAT_BYTES * longestRun * hiddenSize),
    mask: runtime.allocate(LONG_BYTES * contextTokens),
    logits: runtime.allocate(FLOAT_BYTES * vocabularySize),
    pastLength: runtime.allocate(LONG_BYTES),
    logitsRows: runtime.allocate(LONG_BYTES),
  };
  runtime.longs(memory.mask, contextTokens).fill(1n);
  runtime.longs(memory.logitsRows, 1)[0] = 1n;
  const pastLength = runtime.createTensor('int64', memory.pastLength, LONG_BYTES, [1]);
  const logitsRows = runtime.createTensor('int64', memory.logitsRows, LONG_BYTES, [1]);
  const logitsBytes = FLOAT_BYTES * vocabularySize;
  const logitsTensor = runtime.createTensor('float32', memory.logits, logitsBytes, [1, 1, vocabularySize]);

  return {
    rows: (count) => runtime.floats(memory.rows, count * hiddenSize),
    withInputs: (count, pastTokens, run) => {
      runtime.longs(memory.pastLength, 1)[0] = BigInt(pastTokens);
      const total = pastTokens + count;
      const rowBytes = FLOAT_BYTES * count * hiddenSize;
      const x = runtime.createTensor('float32', memory.rows, rowBytes, [1, count, hiddenSize]);
      const mask = runtime.createTensor('int64', memory.mask, LONG_BYTES * total, [1, total]);
      const inputs = { x, attention_mask: mask, past_len: pastLength, num_logits: logitsRows };
      run(new Map(Object.entries(inputs)));
      runtime.releaseTensor(x);
      runtime.releaseTensor(mask);
    },
    logitsTensor,
    copyLogits: (out) => out.set(runtime.floats(memory.logits, vocabularySize)),
    dispose: () => {
      for (const tensor of [pastLength, logitsRows, logitsTensor]) runtime.releaseTensor(tensor);
      for (const pointer of Object.values(memory)) runtime.free(pointer);
    },
  };
}
