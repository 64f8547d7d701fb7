import type { TensorMap } from '../../contracts/weights.ts';
import { openGguf, type ByteSource } from '../gguf/open-gguf.ts';
import type { GgufHeader, GgufTensor } from '../gguf/gguf-types.ts';
import { makeTokenizerFiles, type JsonObject, type TokenizerFiles } from '../tokenizer/tokenizer-files.ts';
import { findCheckpointTensors, type CheckpointTensors } from './checkpoint-tensors.ts';
import { readDecoderConfig, type DecoderConfig } from './decoder-config.ts';
import { encodeDecoderGraph, type DecoderNorms } from './decoder-graph.ts';
import { placeExternalTensors } from './external-tensors.ts';

/** Everything beside the weights that a device needs to run a checkpoint. */
export interface ConvertedDecoder {
  /** Bytes of the ONNX file: the graph without its weights. */
  readonly graph: Uint8Array;
  readonly tensorMap: TensorMap;
  readonly tokenizer: JsonObject;
  readonly tokenizerConfig: JsonObject;
  readonly config: JsonObject;
  readonly generationConfig: JsonObject;
  /** Weights in the checkpoint, the tied head counted once. */
  readonly parameterCount: number;
}

/** Name of the virtual data file that the graph asks its weights from. */
const LOCATION = 'w';
/** Longest run of the shared-buffer branch: with two rows the plain branch is already faster on WASM. */
const SHARED_BUFFER_ROWS = 1;

/**
 * Converts the GGUF checkpoint of a Llama-architecture decoder in `source`. The weights stay where they are: the tensor map says
 * how the graph's tensors are made from them. Reads the head of the file and its norm weights, a few megabytes in all.
 * Rejects with `convert/invalid-checkpoint` or `convert/unsupported`. The same bytes give the same result.
 */
export async function convertGguf(source: ByteSource): Promise<ConvertedDecoder> {
  const header = await openGguf(source);
  const config = readDecoderConfig(header);
  const tensors = findCheckpointTensors(header, config);
  const tokenizerFiles = makeTokenizerFiles(header);
  const external = placeExternalTensors(config, tensors);
  const norms = await readNorms(source, tensors);
  return {
    graph: encodeDecoderGraph({ config, norms, external, location: LOCATION, sharedBufferRows: SHARED_BUFFER_ROWS }),
    tensorMap: {
      format: 1,
      location: LOCATION,
      sizeBytes: external.reduce((total, tensor) => total + tensor.sizeBytes, 0),
      shape: decoderShape(config),
      embedding: {
        kind: 'q8_0',
        offset: tensors.embedding.offset,
        sizeBytes: tensors.embedding.sizeBytes,
        rows: config.vocabularySize,
        columns: config.hiddenSize,
      },
      tensors: external.map(({ name, offset, sizeBytes, source: made }) => ({ name, offset, sizeBytes, source: made })),
    },
    tokenizer: tokenizerFiles.tokenizer,
    tokenizerConfig: tokenizerFiles.tokenizerConfig,
    config: modelConfig(config, tokenizerFiles),
    generationConfig: generationConfig(tokenizerFiles),
    parameterCount: countParameters(header),
  };
}

async function readNorms(source: ByteSource, tensors: CheckpointTensors): Promise<DecoderNorms> {
  const read = (tensor: GgufTensor): Promise<Uint8Array> => source.read(tensor.offset, tensor.sizeBytes);
  const layers: DecoderNorms['layers'][number][] = [];
  for (const layer of tensors.layers) {
    layers.push({ attention: await read(layer.attentionNorm), feedForward: await read(layer.feedForwardNorm) });
  }
  return { layers, output: await read(tensors.outputNorm) };
}

function decoderShape(config: DecoderConfig): TensorMap['shape'] {
  const { layers, hiddenSize, heads, keyValueHeads, headSize, vocabularySize, maxContextTokens } = config;
  return {
    layers,
    hiddenSize,
    heads,
    keyValueHeads,
    headSize,
    vocabularySize,
    maxContextTokens,
    sharedBufferRows: SHARED_BUFFER_ROWS,
  };
}

function modelConfig(config: DecoderConfig, tokenizer: TokenizerFiles): JsonObject {
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    hidden_size: config.hiddenSize,
    intermediate_size: config.feedForwardSize,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.keyValueHeads,
    head_dim: config.headSize,
    hidden_act: 'silu',
    max_position_embeddings: config.maxContextTokens,
    rms_norm_eps: shortestFloat32(config.rmsEpsilon),
    rope_theta: shortestFloat32(config.ropeTheta),
    vocab_size: config.vocabularySize,
    tie_word_embeddings: config.tiedHead,
    bos_token_id: tokenizer.startTokenId,
    eos_token_id: tokenizer.endTokenIds[0],
  };
}

function generationConfig(tokenizer: TokenizerFiles): JsonObject {
  return {
    bos_token_id: tokenizer.startTokenId,
    eos_token_id: tokenizer.endTokenIds,
    pad_token_id: tokenizer.padTokenId,
  };
}

function countParameters(header: GgufHeader): number {
  let total = 0;
  for (const { dimensions } of header.tensors.values())
    total += dimensions.reduce((product, length) => product * length, 1);
  return total;
}

/** The shortest decimal that is `value` as a 32-bit float: 0.00001 rather than 0.000009999999747378752. */
function shortestFloat32(value: number): number {
  for (let digits = 1; digits < 9; digits += 1) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === Math.fround(value)) return rounded;
  }
  return value;
}
