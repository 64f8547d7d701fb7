import type { ExternalTensor, TensorMap } from '../../contracts/weights.ts';
import { AppError } from '../../errors/index.ts';
import type { ExternalData } from '../runtime/runtime-module.ts';
import type { ByteRange } from './checkpoint-bytes.ts';
import { computeRotaryTable, isBlockSource, unfoldBlocks } from './unfold-tensor.ts';

export interface ExternalWeights {
  /** What the runtime is given as the graph's data file. */
  readonly data: ExternalData;
  /** What failed inside `data`, which the runtime only reports as a number. */
  failure(): unknown;
}

/**
 * The graph's virtual data file: each tensor is made at the moment the runtime asks for it. One buffer serves all, because
 * the runtime copies the bytes before it asks again. `onServed` hears the share of bytes served, 0 to 1, while the thread
 * is busy with it.
 */
export function createExternalWeights(
  map: TensorMap,
  takeBlocks: (range: ByteRange) => Uint8Array,
  onServed: (fraction: number) => void,
): ExternalWeights {
  const byOffset = new Map(map.tensors.map((tensor) => [tensor.offset, tensor]));
  const totalBytes = map.tensors.reduce((sum, tensor) => sum + tensor.sizeBytes, 0);
  const longest = map.tensors.reduce((most, tensor) => Math.max(most, tensor.sizeBytes), 0);
  const scratch = new Float32Array(longest / Float32Array.BYTES_PER_ELEMENT);
  let servedBytes = 0;
  let failure: unknown;

  function serve(begin: number, end: number): Uint8Array {
    const tensor = byOffset.get(begin);
    if (tensor?.sizeBytes !== end - begin) {
      throw new AppError(
        'app/internal',
        `The graph asks for bytes ${begin} to ${end}, which are no tensor of its map.`,
      );
    }
    const bytes = makeTensor(tensor, takeBlocks, scratch);
    servedBytes += tensor.sizeBytes;
    onServed(Math.min(1, servedBytes / totalBytes));
    return bytes;
  }

  return {
    data: {
      byteLength: map.sizeBytes,
      subarray: (begin, end) => {
        try {
          return serve(begin, end);
        } catch (error) {
          failure ??= error;
          throw error;
        }
      },
    },
    failure: () => failure,
  };
}

function makeTensor(
  tensor: ExternalTensor,
  takeBlocks: (range: ByteRange) => Uint8Array,
  scratch: Float32Array<ArrayBuffer>,
): Uint8Array {
  const { source, sizeBytes } = tensor;
  const out = scratch.subarray(0, sizeBytes / Float32Array.BYTES_PER_ELEMENT);
  if (isBlockSource(source)) unfoldBlocks(takeBlocks(source), source, out);
  else computeRotaryTable(source, out);
  return new Uint8Array(scratch.buffer, 0, sizeBytes);
}
