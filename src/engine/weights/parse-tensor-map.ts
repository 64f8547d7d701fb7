import type { TensorMap } from '../../contracts/weights.ts';
import { AppError } from '../../errors/index.ts';
import { BLOCK_BYTES, isBlockSource } from './unfold-tensor.ts';

const BLOCK_WEIGHTS = 32;

/** The tensor map from its file. Throws `app/internal` when it is of another format or contradicts itself. */
export function parseTensorMap(bytes: Uint8Array): TensorMap {
  const map = parseJson(bytes) as TensorMap;
  // As read, it may be of any format.
  const format: number = map.format;
  if (format !== 1) throw bad(`format ${format} is unknown`);
  for (const { name, sizeBytes, source } of map.tensors) {
    if (isBlockSource(source)) {
      const { kind, rows, columns } = source;
      const blockBytes = (rows * columns * BLOCK_BYTES[kind]) / BLOCK_WEIGHTS;
      if (columns % BLOCK_WEIGHTS !== 0 || source.sizeBytes !== blockBytes) throw bad(`${name} has no whole blocks`);
      if (sizeBytes !== rows * columns * 4) throw bad(`${name} has not the size of its shape`);
    } else if (sizeBytes !== source.positions * source.headSize * 2) {
      throw bad(`${name} has not the size of its shape`);
    }
  }
  const { rows, columns, sizeBytes } = map.embedding;
  if (sizeBytes !== (rows * columns * BLOCK_BYTES.q8_0) / BLOCK_WEIGHTS) throw bad('the embedding has no whole blocks');
  if (columns !== map.shape.hiddenSize || rows !== map.shape.vocabularySize)
    throw bad('the embedding has another shape');
  return map;
}

/** Throws `app/internal`: the digest of the file was right, so it was made wrong. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new AppError('app/internal', 'A file of the model is not JSON.', { cause: error });
  }
}

function bad(reason: string): AppError {
  return new AppError('app/internal', `The tensor map is wrong: ${reason}.`);
}
