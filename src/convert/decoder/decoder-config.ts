import { invalidCheckpoint, unsupportedModel } from '../convert-error.ts';
import type { GgufHeader } from '../gguf/gguf-types.ts';
import { metadataValues } from '../gguf/metadata-values.ts';

/** What a Llama-architecture checkpoint says about its shape. */
export interface DecoderConfig {
  readonly layers: number;
  readonly hiddenSize: number;
  readonly feedForwardSize: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  /** Rows of the embedding table. */
  readonly vocabularySize: number;
  readonly maxContextTokens: number;
  readonly rmsEpsilon: number;
  readonly ropeTheta: number;
  /** The head reuses the embedding table. */
  readonly tiedHead: boolean;
}

/** Metadata keys that change the arithmetic in ways the graph does not have. */
const UNSUPPORTED_KEYS = [
  'rope.scaling.type',
  'attention.sliding_window',
  'expert_count',
  'attention.scale',
  'logit_scale',
];

/**
 * Reads the shape of the decoder in `header`.
 * Throws `convert/unsupported` for another architecture or a feature the graph lacks, `convert/invalid-checkpoint` for figures that
 * contradict each other.
 */
export function readDecoderConfig(header: GgufHeader): DecoderConfig {
  const values = metadataValues(header);
  const architecture = values.text('general.architecture');
  if (architecture !== 'llama') {
    throw unsupportedModel(`Models of architecture "${architecture}" are not converted; "llama" is`, {
      architecture,
    });
  }
  for (const key of UNSUPPORTED_KEYS.map((name) => `${architecture}.${name}`)) {
    const off = ['none', 0].some((value) => header.metadata.get(key) === value);
    if (values.has(key) && !off) {
      throw unsupportedModel(`The model uses "${key}", which is not converted`, { key });
    }
  }
  const hiddenSize = values.integer('llama.embedding_length');
  const heads = values.integer('llama.attention.head_count');
  const headSize = values.integer('llama.attention.key_length', hiddenSize / heads);
  const config: DecoderConfig = {
    layers: values.integer('llama.block_count'),
    hiddenSize,
    feedForwardSize: values.integer('llama.feed_forward_length'),
    heads,
    keyValueHeads: values.integer('llama.attention.head_count_kv', heads),
    headSize,
    vocabularySize: header.tensors.get('token_embd.weight')?.dimensions[1] ?? 0,
    maxContextTokens: values.integer('llama.context_length'),
    rmsEpsilon: values.float('llama.attention.layer_norm_rms_epsilon'),
    ropeTheta: values.float('llama.rope.freq_base', 10_000),
    tiedHead: !header.tensors.has('output.weight'),
  };
  checkConfig(
    config,
    values.integer('llama.rope.dimension_count', headSize),
    values.integer('llama.attention.value_length', headSize),
  );
  return config;
}

function checkConfig(config: DecoderConfig, rotarySize: number, valueSize: number): void {
  for (const [name, value] of Object.entries(config)) {
    if (typeof value === 'number' && !(value > 0)) {
      throw invalidCheckpoint(`The checkpoint gives ${value} for ${name}`, { name, value });
    }
  }
  if (config.heads % config.keyValueHeads !== 0) {
    throw invalidCheckpoint(`${config.heads} heads cannot share ${config.keyValueHeads} key-value heads`, {
      heads: config.heads,
      keyValueHeads: config.keyValueHeads,
    });
  }
  if (rotarySize !== config.headSize || valueSize !== config.headSize || config.headSize % 2 !== 0) {
    throw unsupportedModel('Only heads whose every value is rotated, with keys as long as values, are converted', {
      headSize: config.headSize,
      rotarySize,
      valueSize,
    });
  }
}
