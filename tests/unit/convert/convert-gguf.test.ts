import { describe, expect, it } from 'vitest';
import { convertGguf, readGgufHeader, type ConvertedDecoder } from '../../../src/convert/index.ts';
import { byteSource } from '../../doubles/byte-source.ts';
import { writeGguf, type WrittenMetadata, type WrittenTensor } from '../../doubles/gguf-writer.ts';
import { TINY, TINY_TOKENS, tinyCheckpoint, tinyMetadata, tinyTensors } from '../../doubles/tiny-checkpoint.ts';

const convert = (bytes: Uint8Array): Promise<ConvertedDecoder> => convertGguf(byteSource(bytes));

/** The tiny checkpoint with some of its metadata replaced or added. */
function withMetadata(...changes: readonly WrittenMetadata[]): Uint8Array {
  const keys = new Set(changes.map(({ key }) => key));
  const metadata = [...tinyMetadata().filter(({ key }) => !keys.has(key)), ...changes];
  return writeGguf({ metadata, tensors: tinyTensors() });
}

/** The tiny checkpoint with its tensors changed. */
function withTensors(change: (tensors: readonly WrittenTensor[]) => readonly WrittenTensor[]): Uint8Array {
  return writeGguf({ metadata: tinyMetadata(), tensors: change(tinyTensors()) });
}

const text = (key: string, value: string): WrittenMetadata => ({ key, type: 'string', value });
const count = (key: string, value: number): WrittenMetadata => ({ key, type: 'uint32', value });

describe('convertGguf', () => {
  it('[CNV10] gives the same bytes for the same checkpoint', async () => {
    const [first, second] = [await convert(tinyCheckpoint()), await convert(tinyCheckpoint())];
    expect(second.graph).toEqual(first.graph);
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  });

  it('[CNV11] places the tensors without gaps, in the order of the checkpoint, rotary tables first', async () => {
    for (const shape of [TINY, { ...TINY, tiedHead: false }]) {
      const { tensorMap } = await convert(tinyCheckpoint(shape));
      let end = 0;
      let source = -1;
      for (const tensor of tensorMap.tensors) {
        expect(tensor.offset).toBe(end);
        end += tensor.sizeBytes;
        if ('positions' in tensor.source) {
          expect(source).toBe(-1);
          continue;
        }
        expect(tensor.sizeBytes).toBe(tensor.source.rows * tensor.source.columns * 4);
        expect(tensor.source.offset).toBeGreaterThan(source);
        source = tensor.source.offset;
      }
      expect(tensorMap.sizeBytes).toBe(end);
    }
  });

  it('[CNV12] cuts the head into whole rows that join to the whole table', async () => {
    const bytes = tinyCheckpoint();
    const { tensorMap } = await convert(bytes);
    const table = readGgufHeader(bytes).tensors.get('token_embd.weight');
    let end = table?.offset ?? NaN;
    let rows = 0;
    for (const { source } of tensorMap.tensors.filter(({ name }) => name.startsWith('head.'))) {
      if (!('rows' in source)) throw new TypeError('The head is no weight');
      expect(source.offset).toBe(end);
      end += source.sizeBytes;
      rows += source.rows;
    }
    expect(rows).toBe(TINY_TOKENS.length);
    expect(end).toBe((table?.offset ?? NaN) + (table?.sizeBytes ?? NaN));
    expect(tensorMap.embedding).toEqual({
      kind: 'q8_0',
      offset: table?.offset,
      sizeBytes: table?.sizeBytes,
      rows: TINY_TOKENS.length,
      columns: TINY.hiddenSize,
    });
  });

  it('[CNV13] marks query and key weights, and no others, as interleaved per head', async () => {
    const { tensorMap } = await convert(tinyCheckpoint());
    const marked = tensorMap.tensors.flatMap(({ name, source }) =>
      'rotaryHeads' in source ? [[name.split('.').at(-1), source.rotaryHeads]] : [],
    );
    expect(marked.toSorted()).toEqual([
      ['key', TINY.keyValueHeads],
      ['key', TINY.keyValueHeads],
      ['query', TINY.heads],
      ['query', TINY.heads],
    ]);
  });

  it('[CNV14] states the shape of the model in the map and in config.json', async () => {
    const { tensorMap, config, generationConfig, parameterCount } = await convert(tinyCheckpoint());
    expect(tensorMap.shape).toEqual({
      layers: 2,
      hiddenSize: 64,
      heads: 4,
      keyValueHeads: 2,
      headSize: 16,
      vocabularySize: TINY_TOKENS.length,
      maxContextTokens: 64,
      sharedBufferRows: 1,
    });
    expect(config).toMatchObject({
      model_type: 'llama',
      num_key_value_heads: 2,
      rms_norm_eps: 1e-5,
      rope_theta: 10_000,
    });
    expect(generationConfig).toEqual({ bos_token_id: 1, eos_token_id: [2, 0], pad_token_id: 2 });
    const layer = 64 * (64 + 32 + 32 + 64) + 3 * 64 * 96 + 2 * 64;
    expect(parameterCount).toBe(TINY_TOKENS.length * 64 + 2 * layer + 64);
  });

  it.each<readonly [string, Uint8Array, string, RegExp]>([
    ['another architecture', withMetadata(text('general.architecture', 'gemma3')), 'convert/unsupported', /gemma3/],
    [
      'stretched rotary positions',
      withMetadata(text('llama.rope.scaling.type', 'yarn')),
      'convert/unsupported',
      /scaling/,
    ],
    ['experts', withMetadata(count('llama.expert_count', 8)), 'convert/unsupported', /expert_count/],
    ['partly rotated heads', withMetadata(count('llama.rope.dimension_count', 8)), 'convert/unsupported', /rotated/],
    [
      'heads that share unevenly',
      withMetadata(count('llama.attention.head_count_kv', 3)),
      'convert/invalid-checkpoint',
      /share/,
    ],
    ['no layers', withMetadata(count('llama.block_count', 0)), 'convert/invalid-checkpoint', /layers/],
    ['layers that are missing', withMetadata(count('llama.block_count', 3)), 'convert/invalid-checkpoint', /blk\.2/],
    ['layers left over', withMetadata(count('llama.block_count', 1)), 'convert/unsupported', /blk\.1/],
    [
      'a figure of the wrong type',
      withMetadata(text('llama.block_count', '2')),
      'convert/invalid-checkpoint',
      /not an integer/,
    ],
    [
      'a bias',
      withTensors((all) => [
        ...all,
        { name: 'blk.0.attn_q.bias', dimensions: [64], type: 0, bytes: new Uint8Array(256) },
      ]),
      'convert/unsupported',
      /attn_q\.bias/,
    ],
    [
      'weights of a type that the engine cannot unfold',
      withTensors((all) =>
        all.map((tensor) =>
          tensor.name === 'blk.1.attn_v.weight' ? { ...tensor, type: 1, bytes: new Uint8Array(64 * 32 * 2) } : tensor,
        ),
      ),
      'convert/unsupported',
      /"blk\.1\.attn_v\.weight" is f16/,
    ],
    [
      'a matrix of the wrong shape',
      withTensors((all) =>
        all.map((tensor) => (tensor.name === 'blk.0.attn_k.weight' ? { ...tensor, dimensions: [32, 64] } : tensor)),
      ),
      'convert/invalid-checkpoint',
      /\[32, 64\], not \[64, 32\]/,
    ],
    [
      'no embedding',
      withTensors((all) => all.filter(({ name }) => name !== 'token_embd.weight')),
      'convert/invalid-checkpoint',
      /vocabularySize/,
    ],
  ])('[CNV15] refuses a checkpoint with %s', async (_, bytes, code, message) => {
    await expect(convert(bytes)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });
});
