import { readFileSync } from 'node:fs';
import { PreTrainedTokenizer } from '@huggingface/transformers';
import { describe, expect, it } from 'vitest';
import { convertGguf, readGgufHeader } from '../../../src/convert/index.ts';
import { makeTokenizerFiles } from '../../../src/convert/tokenizer/tokenizer-files.ts';
import { byteSource } from '../../doubles/byte-source.ts';
import { writeGguf, type WrittenMetadata } from '../../doubles/gguf-writer.ts';
import { TINY_TOKENS, tinyCheckpoint, tinyMetadata } from '../../doubles/tiny-checkpoint.ts';
import { starterFile } from './starter-files.ts';

const TEXTS = [
  'The quick brown fox jumps over the lazy dog.',
  "don't we'll I'm 3.14159 and 1,234,567",
  '你好，世界！今天天气怎么样？',
  'Привет, мир! Ёжик в тумане',
  'こんにちは世界、カタカナと漢字',
  'مرحبا بالعالم',
  'हिन्दी में नमस्ते',
  'naïve café Ångström ﬁ e\u0301',
  '🙂 👨‍👩‍👧‍👦 🇫🇷',
  '  leading, two  inner and trailing  ',
  'tabs\tand\nlines\r\n\n\nend\n',
  'zero\u200bwidth, \ufeffmark, nul\u0000, \u{10ffff}',
  'a <|im_end|> inside',
];

async function tinyTokenizer(): Promise<PreTrainedTokenizer> {
  const { tokenizer, tokenizerConfig } = await convertGguf(byteSource(tinyCheckpoint()));
  return new PreTrainedTokenizer(tokenizer, tokenizerConfig);
}

function starterTokenizer(): PreTrainedTokenizer {
  const parse = (name: string): Record<string, unknown> =>
    JSON.parse(starterFile(name).toString()) as Record<string, unknown>;
  return new PreTrainedTokenizer(parse('tokenizer.json'), parse('tokenizer_config.json'));
}

const encode = (tokenizer: PreTrainedTokenizer, text: string): number[] =>
  tokenizer.encode(text, { add_special_tokens: false });

describe('the tokenizer made from a checkpoint', () => {
  it('[CNV30] splits, merges and decodes in Transformers.js as the checkpoint says', async () => {
    const tokenizer = await tinyTokenizer();
    const tokens = encode(tokenizer, 'hello w42<|im_end|>').map((id) => TINY_TOKENS[id]);
    expect(tokens).toEqual(['hello', 'Ġw', '4', '2', '<|im_end|>']);
  });

  it('[CNV31] gives every text back as it was, whatever its language', async () => {
    for (const tokenizer of [await tinyTokenizer(), starterTokenizer()]) {
      for (const text of TEXTS) {
        const decoded = tokenizer.decode(encode(tokenizer, text), { skip_special_tokens: false });
        expect(decoded).toBe(text);
      }
    }
  });

  it('[CNV32] brings its special tokens and its chat template along', async () => {
    const tokenizer = await tinyTokenizer();
    expect(tokenizer.eos_token).toBe('<|im_end|>');
    const chat = tokenizer.apply_chat_template([{ role: 'user', content: 'hello' }], {
      tokenize: false,
      add_generation_prompt: true,
    });
    expect(chat).toBe('<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n');
    expect(tokenizer.decode([1, ...encode(tokenizer, 'hello'), 2], { skip_special_tokens: true })).toBe('hello');
  });

  it('[CNV32] the starter model gets its own system prompt where the chat has none', () => {
    const tokenizer = starterTokenizer();
    const render = (messages: { role: string; content: string }[]): unknown =>
      tokenizer.apply_chat_template(messages, { tokenize: false, add_generation_prompt: true });
    expect(render([{ role: 'user', content: 'Hi' }])).toBe(
      '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n' +
        '<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n',
    );
    expect(render([{ role: 'system', content: 'Be brief' }])).toBe(
      '<|im_start|>system\nBe brief<|im_end|>\n<|im_start|>assistant\n',
    );
  });

  it('[CNV33] the starter tokenizer gives the tokens of the reference', () => {
    const fixture = new URL('../../fixtures/reference-top-tokens.json', import.meta.url);
    const { text, tokenIds } = JSON.parse(readFileSync(fixture, 'utf8')) as { text: string; tokenIds: number[] };
    expect(encode(starterTokenizer(), text)).toEqual(tokenIds);
  });

  it.each<readonly [string, WrittenMetadata, string]>([
    ['of another kind', { key: 'tokenizer.ggml.model', type: 'string', value: 'llama' }, 'convert/unsupported'],
    [
      'that splits another way',
      { key: 'tokenizer.ggml.pre', type: 'string', value: 'toString' },
      'convert/unsupported',
    ],
    ['that adds a start token', { key: 'tokenizer.ggml.add_bos_token', type: 'bool', value: 1 }, 'convert/unsupported'],
    [
      'whose end is no token',
      { key: 'tokenizer.ggml.eos_token_id', type: 'uint32', value: 9999 },
      'convert/invalid-checkpoint',
    ],
    [
      'with too few types',
      { key: 'tokenizer.ggml.token_type', arrayOf: 'int32', values: [1] },
      'convert/invalid-checkpoint',
    ],
  ])('[CNV34] refuses a tokenizer %s', (_, change, code) => {
    const metadata = [...tinyMetadata().filter(({ key }) => key !== change.key), change];
    const header = readGgufHeader(writeGguf({ metadata }));
    expect(() => makeTokenizerFiles(header)).toThrow(expect.objectContaining({ code }) as Error);
  });
});
