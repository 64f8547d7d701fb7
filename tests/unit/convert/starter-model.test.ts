import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PreTrainedTokenizer } from '@huggingface/transformers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TensorMap } from '../../../src/contracts/weights.ts';
import { convertGguf } from '../../../src/convert/index.ts';
import { byteSource } from '../../doubles/byte-source.ts';
import { openOnnxDecoder, topToken, type OnnxDecoder } from '../../doubles/onnx-decoder.ts';
import { starterCheckpoint, starterFile, starterManifest } from './starter-files.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const parse = (path: string): Record<string, unknown> =>
  JSON.parse(starterFile(path).toString()) as Record<string, unknown>;

describe('the starter model as it is shipped', () => {
  it('[CNV40] has exactly the files its manifest lists, with their lengths and digests, small ones first', () => {
    const manifest = starterManifest();
    for (const { path, sizeBytes, sha256: digest } of manifest.files) {
      const bytes = starterFile(path);
      expect([path, bytes.byteLength, sha256(bytes)]).toEqual([path, sizeBytes, digest]);
      expect(sizeBytes).toBeLessThanOrEqual(24 * 1024 * 1024);
    }
    const roles = manifest.files.map(({ role }) => role);
    expect(roles.filter((role) => role !== 'weights').toSorted()).toEqual([
      'config',
      'generation-config',
      'graph',
      'tensor-map',
      'tokenizer',
      'tokenizer-config',
    ]);
    expect(roles.lastIndexOf('tokenizer')).toBeLessThan(roles.indexOf('weights'));
  });

  it('[CNV41] its parts join to the checkpoint that the manifest names', () => {
    const { revision, weights } = starterManifest();
    const checkpoint = starterCheckpoint();
    expect(checkpoint.byteLength).toBe(weights.sizeBytes);
    expect(sha256(checkpoint)).toBe(weights.sha256);
    expect(revision).toBe(weights.sha256);
  });

  it('[CNV42] its other files are what the converter makes of its own weights', async () => {
    const converted = await convertGguf(byteSource(starterCheckpoint()));
    expect(sha256(converted.graph)).toBe(sha256(starterFile('decoder.onnx')));
    expect(parse('decoder.tensors.json')).toEqual(converted.tensorMap);
    expect(parse('tokenizer.json')).toEqual(converted.tokenizer);
    expect(parse('tokenizer_config.json')).toEqual(converted.tokenizerConfig);
    expect(parse('config.json')).toEqual(converted.config);
    expect(parse('generation_config.json')).toEqual(converted.generationConfig);
    expect(starterManifest().parameterCount).toBe(converted.parameterCount);
  });
});

describe('the starter model, run', () => {
  const fixture = new URL('../../fixtures/reference-top-tokens.json', import.meta.url);
  const { tokenIds, topTokens } = JSON.parse(readFileSync(fixture, 'utf8')) as Record<
    'tokenIds' | 'topTokens',
    number[]
  >;
  let decoder: OnnxDecoder;

  beforeAll(async () => {
    const map = parse('decoder.tensors.json') as unknown as TensorMap;
    decoder = await openOnnxDecoder(starterFile('decoder.onnx'), map, starterCheckpoint(), 160);
  }, 120_000);
  afterAll(() => decoder.release());

  it('[CNV43] has the top token of the double-precision reference at 128 of 128 places, in one run', async () => {
    decoder.reset();
    const logits = await decoder.run(tokenIds, tokenIds.length);
    expect(logits.map(topToken)).toEqual(topTokens);
  }, 60_000);

  it('[CNV43] has it too by single steps', async () => {
    decoder.reset();
    for (const [i, token] of tokenIds.entries()) {
      const [logits] = await decoder.run([token], 1);
      expect([i, logits === undefined ? null : topToken(logits)]).toEqual([i, topTokens[i]]);
    }
  }, 120_000);

  it('[CNV44] knows the capital of France', async () => {
    const tokenizer = new PreTrainedTokenizer(parse('tokenizer.json'), parse('tokenizer_config.json'));
    const chat = tokenizer.apply_chat_template([{ role: 'user', content: 'What is the capital of France?' }], {
      tokenize: false,
      add_generation_prompt: true,
    });
    const reply: number[] = [];
    decoder.reset();
    let [logits] = await decoder.run(tokenizer.encode(chat, { add_special_tokens: false }), 1);
    while (logits !== undefined && topToken(logits) !== 2 && reply.length < 20) {
      reply.push(topToken(logits));
      [logits] = await decoder.run(reply.slice(-1), 1);
    }
    expect(tokenizer.decode(reply)).toBe('The capital of France is Paris.');
  }, 60_000);
});
