import type { DecoderShape } from '../../contracts/weights.ts';
import { AppError } from '../../errors/index.ts';
import type { OrtRuntime } from '../runtime/ort-runtime.ts';

const FLOAT_BYTES = 4;

/**
 * The keys and values of all layers, each [1, heads, contextTokens, headSize] in the runtime's memory. They are not
 * cleared: pages that no token reached cost nothing.
 */
export interface KeyValueBuffers {
  /** The buffer of a graph input `past_key_values.N.key|value` or output `present.N.key|value`. */
  tensorOf(name: string): number;
  /** Copies `count` fresh rows [1, heads, count, headSize] to position `past` of an output's buffer. */
  copyRows(name: string, tensor: number, past: number, count: number): void;
  dispose(): void;
}

interface Buffer {
  readonly pointer: number;
  readonly tensor: number;
}

export function createKeyValueBuffers(
  runtime: OrtRuntime,
  shape: DecoderShape,
  contextTokens: number,
): KeyValueBuffers {
  const { layers, keyValueHeads, headSize } = shape;
  const rowBytes = headSize * FLOAT_BYTES;
  const sizeBytes = keyValueHeads * contextTokens * rowBytes;
  const buffers: Buffer[] = [];
  const byName = new Map<string, Buffer>();
  for (let layer = 0; layer < layers; layer += 1) {
    for (const part of ['key', 'value']) {
      const pointer = runtime.allocate(sizeBytes);
      const dimensions = [1, keyValueHeads, contextTokens, headSize];
      const buffer = { pointer, tensor: runtime.createTensor('float32', pointer, sizeBytes, dimensions) };
      buffers.push(buffer);
      byName.set(`past_key_values.${layer}.${part}`, buffer).set(`present.${layer}.${part}`, buffer);
    }
  }

  function bufferOf(name: string): Buffer {
    const buffer = byName.get(name);
    if (buffer === undefined) throw new AppError('app/internal', `The graph has an input or output ${name} too many.`);
    return buffer;
  }

  return {
    tensorOf: (name) => bufferOf(name).tensor,
    copyRows: (name, tensor, past, count) => {
      const { pointer, dimensions } = runtime.viewTensor(tensor);
      if (dimensions[1] !== keyValueHeads || dimensions[2] !== count || dimensions[3] !== headSize) {
        throw new AppError('app/internal', `The graph gave ${name} the shape ${dimensions.join(' × ')}.`);
      }
      const bytes = runtime.bytes();
      for (let head = 0; head < keyValueHeads; head += 1) {
        const from = pointer + head * count * rowBytes;
        bytes.copyWithin(
          bufferOf(name).pointer + (head * contextTokens + past) * rowBytes,
          from,
          from + count * rowBytes,
        );
      }
    },
    dispose: () => {
      for (const { pointer, tensor } of buffers) {
        runtime.releaseTensor(tensor);
        runtime.free(pointer);
      }
    },
  };
}
