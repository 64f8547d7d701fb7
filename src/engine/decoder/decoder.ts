import type { DecoderShape } from '../../contracts/weights.ts';
import { AppError } from '../../errors/index.ts';
import type { OrtRuntime } from '../runtime/ort-runtime.ts';
import type { OrtSession } from '../runtime/ort-session.ts';
import type { Embedding } from '../weights/embedding.ts';
import { createKeyValueBuffers } from './key-value-buffers.ts';
import { createRunTensors } from './run-tensors.ts';

/** Longest run: longer prompts are read in chunks of this many tokens. */
export const CHUNK_TOKENS = 128;

/** The graph with its key-value buffers: one sequence of at most `contextTokens` tokens. */
export interface Decoder {
  readonly contextTokens: number;
  readonly vocabularySize: number;
  /**
   * Puts `tokens` (1 to CHUNK_TOKENS) at position `pastTokens`, over whatever stood there, and gives the logits
   * that follow the last one: a copy that the caller may change, valid until the next run. Blocks.
   */
  run(tokens: readonly number[], pastTokens: number): Float32Array;
  dispose(): void;
}

export function createDecoder(
  runtime: OrtRuntime,
  session: OrtSession,
  shape: DecoderShape,
  embedding: Embedding,
  contextTokens: number,
): Decoder {
  const { vocabularySize, sharedBufferRows } = shape;
  const tensors = createRunTensors(runtime, shape, contextTokens, CHUNK_TOKENS);
  const buffers = createKeyValueBuffers(runtime, shape, contextTokens);
  const logits = new Float32Array(vocabularySize);

  /** Short runs write into the buffers themselves; of long ones the graph gives the new rows only, in tensors of its own. */
  function runGraph(inputs: ReadonlyMap<string, number>, count: number, pastTokens: number): void {
    const isLong = count > sharedBufferRows;
    const given = session.outputNames.map((name) =>
      name === 'logits' ? tensors.logitsTensor : isLong ? 0 : buffers.tensorOf(name),
    );
    const outputs = session.run(
      session.inputNames.map((name) => inputs.get(name) ?? buffers.tensorOf(name)),
      given,
    );
    session.outputNames.forEach((name, i) => {
      const tensor = outputs[i];
      if (given[i] !== 0 || tensor === undefined) return;
      buffers.copyRows(name, tensor, pastTokens, count);
      runtime.releaseTensor(tensor);
    });
  }

  return {
    contextTokens,
    vocabularySize,
    run: (tokens, pastTokens) => {
      const count = tokens.length;
      if (count < 1 || count > CHUNK_TOKENS || pastTokens < 0 || pastTokens + count > contextTokens) {
        const message = `${count} tokens at ${pastTokens} do not fit a context of ${contextTokens}.`;
        throw new AppError('app/internal', message);
      }
      embedding.lookUp(tokens, tensors.rows(count));
      tensors.withInputs(count, pastTokens, (inputs) => runGraph(inputs, count, pastTokens));
      tensors.copyLogits(logits);
      return logits;
    },
    dispose: () => {
      tensors.dispose();
      buffers.dispose();
      session.dispose();
    },
  };
}
