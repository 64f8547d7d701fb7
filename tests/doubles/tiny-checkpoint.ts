import { writeGguf, type WrittenMetadata, type WrittenTensor } from './gguf-writer.ts';

/** Shape of a made-up decoder. Sizes that a quantised row runs along must be multiples of 32. */
export interface TinyShape {
  readonly layers: number;
  readonly hiddenSize: number;
  readonly feedForwardSize: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly maxContextTokens: number;
  readonly tiedHead: boolean;
}

export const TINY: TinyShape = {
  layers: 2,
  hiddenSize: 64,
  feedForwardSize: 96,
  heads: 4,
  keyValueHeads: 2,
  headSize: 16,
  maxContextTokens: 64,
  tiedHead: true,
};

const Q4_1 = 3;
const Q8_0 = 8;

/** Bytes that play the letters of a byte-level vocabulary, as GPT-2 writes them: printable ones stand for themselves. */
const LETTERS = [...byteLetters()];
const SPECIAL = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'];
const MERGES = ['h e', 'l l', 'he ll', 'hell o', 'Ġ w'];
export const TINY_TOKENS: readonly string[] = [
  ...SPECIAL,
  ...LETTERS,
  ...MERGES.map((merge) => merge.replace(' ', '')),
];

export const TINY_TEMPLATE =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

/** Metadata of a decoder of `shape` with a byte-level tokenizer, like that of the starter model. */
export function tinyMetadata(shape: TinyShape = TINY): readonly WrittenMetadata[] {
  const count = (key: string, value: number): WrittenMetadata => ({ key, type: 'uint32', value });
  return [
    { key: 'general.architecture', type: 'string', value: 'llama' },
    count('llama.block_count', shape.layers),
    count('llama.context_length', shape.maxContextTokens),
    count('llama.embedding_length', shape.hiddenSize),
    count('llama.feed_forward_length', shape.feedForwardSize),
    count('llama.attention.head_count', shape.heads),
    count('llama.attention.head_count_kv', shape.keyValueHeads),
    count('llama.attention.key_length', shape.headSize),
    count('llama.attention.value_length', shape.headSize),
    count('llama.rope.dimension_count', shape.headSize),
    { key: 'llama.rope.freq_base', type: 'float32', value: 10_000 },
    { key: 'llama.attention.layer_norm_rms_epsilon', type: 'float32', value: 1e-5 },
    { key: 'tokenizer.ggml.model', type: 'string', value: 'gpt2' },
    { key: 'tokenizer.ggml.pre', type: 'string', value: 'smollm' },
    { key: 'tokenizer.ggml.tokens', arrayOf: 'string', values: TINY_TOKENS },
    {
      key: 'tokenizer.ggml.token_type',
      arrayOf: 'int32',
      values: TINY_TOKENS.map((token) => (SPECIAL.includes(token) ? 3 : 1)),
    },
    { key: 'tokenizer.ggml.merges', arrayOf: 'string', values: MERGES },
    count('tokenizer.ggml.bos_token_id', 1),
    count('tokenizer.ggml.eos_token_id', 2),
    { key: 'tokenizer.chat_template', type: 'string', value: TINY_TEMPLATE },
  ];
}

/** Tensors of a decoder of `shape` with weights that are the same in every run. */
export function tinyTensors(shape: TinyShape = TINY): readonly WrittenTensor[] {
  const random = createRandom(7);
  const { hiddenSize, feedForwardSize } = shape;
  const queryRows = shape.heads * shape.headSize;
  const keyRows = shape.keyValueHeads * shape.headSize;
  const matrix = (name: string, columns: number, rows: number, type: number): WrittenTensor => ({
    name,
    dimensions: [columns, rows],
    type,
    bytes: randomBlocks(random, (columns * rows) / 32, type),
  });
  const norm = (name: string): WrittenTensor => ({
    name,
    dimensions: [hiddenSize],
    type: 0,
    bytes: randomNorm(random, hiddenSize),
  });
  const layer = (i: number): readonly WrittenTensor[] => [
    norm(`blk.${i}.attn_norm.weight`),
    matrix(`blk.${i}.ffn_down.weight`, feedForwardSize, hiddenSize, Q4_1),
    matrix(`blk.${i}.ffn_gate.weight`, hiddenSize, feedForwardSize, Q4_1),
    matrix(`blk.${i}.ffn_up.weight`, hiddenSize, feedForwardSize, Q8_0),
    norm(`blk.${i}.ffn_norm.weight`),
    matrix(`blk.${i}.attn_k.weight`, hiddenSize, keyRows, Q4_1),
    matrix(`blk.${i}.attn_output.weight`, queryRows, hiddenSize, Q4_1),
    matrix(`blk.${i}.attn_q.weight`, hiddenSize, queryRows, Q4_1),
    matrix(`blk.${i}.attn_v.weight`, hiddenSize, keyRows, Q4_1),
  ];
  return [
    matrix('token_embd.weight', hiddenSize, TINY_TOKENS.length, Q8_0),
    ...Array.from({ length: shape.layers }, (_, i) => layer(i))
      .reverse()
      .flat(),
    norm('output_norm.weight'),
    ...(shape.tiedHead ? [] : [matrix('output.weight', hiddenSize, TINY_TOKENS.length, Q4_1)]),
  ];
}

/** A whole checkpoint. */
export function tinyCheckpoint(shape: TinyShape = TINY): Uint8Array {
  return writeGguf({ metadata: tinyMetadata(shape), tensors: tinyTensors(shape) });
}

type Random = () => number;

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function createRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Blocks of weights around 0, between about -0.3 and 0.3. */
function randomBlocks(random: Random, blocks: number, type: number): Uint8Array {
  const blockBytes = type === Q4_1 ? 20 : 34;
  const bytes = new Uint8Array(blocks * blockBytes);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += blockBytes) {
    for (let i = 2; i < blockBytes; i += 1) bytes[at + i] = Math.floor(random() * 256);
    // Half floats of the form 1.m × 2^e: exponents 9 and 5 are 2^-6 and 2^-10.
    const mantissa = Math.floor(random() * 1024);
    view.setUint16(at, ((type === Q4_1 ? 9 : 5) << 10) | mantissa, true);
    // The minimum of a Q4_1 block: -(1.m × 2^-3), half the span below zero.
    if (type === Q4_1) view.setUint16(at + 2, 0x8000 | (12 << 10) | Math.floor(random() * 1024), true);
  }
  return bytes;
}

function randomNorm(random: Random, length: number): Uint8Array {
  return new Uint8Array(Float32Array.from({ length }, () => 0.5 + random()).buffer);
}

/** GPT-2's letters for the 256 bytes: printable ones stand for themselves, the others are moved up from U+0100. */
function byteLetters(): readonly string[] {
  const isPrintable = (byte: number): boolean => (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
  let moved = 0;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : 256 + moved++));
}
