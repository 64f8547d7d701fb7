import { beforeAll, describe, expect, it } from 'vitest';
import { loadCatalogue, type Catalogue } from '../../../../src/providers/catalogue/index.ts';
import { taskByName } from '../../../../src/providers/catalogue/model-use.ts';

let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await loadCatalogue();
});

const OLLAMA = 'http://127.0.0.1:11434/v1';

describe("a provider's list joined with the catalogue", () => {
  it('[CAT8] says of each model who knows it, listed ones first and those that ended last', () => {
    const merged = catalogue.merge('openai', '', [
      { name: 'gpt-3.5-turbo' },
      { name: 'gpt-9-preview' },
      { name: 'gpt-6-luna' },
      { name: 'gpt-6.1-sol' },
    ]);
    expect(merged.slice(0, 3).map(({ name, source }) => [name, source])).toEqual([
      ['gpt-6.1-sol', 'both'],
      ['gpt-6-luna', 'both'],
      ['gpt-9-preview', 'provider'],
    ]);
    expect(merged.find(({ name }) => name === 'gpt-6-astra')?.source).toBe('catalogue');
    const names = merged.map(({ name }) => name);
    expect(names.indexOf('gpt-3.5-turbo')).toBeGreaterThan(names.indexOf('gpt-4o'));
    expect(merged.find(({ name }) => name === 'gpt-3.5-turbo')).toMatchObject({
      source: 'both',
      price: { input: 0.5 },
    });
  });

  it('[CAT8] the provider is right about limits and dates, unless what it says is none', () => {
    const [model] = catalogue.merge('openai', '', [
      { name: 'gpt-6-luna', contextTokens: 500_000, shutdownDate: '2027-06-01' },
    ]);
    expect(model).toMatchObject({ contextTokens: 500_000, shutdownDate: '2027-06-01', price: { input: 0.1 } });
    const [odd] = catalogue.merge('openai', '', [{ name: 'gpt-5', contextTokens: 0, shutdownDate: 'later' }]);
    expect(odd).toMatchObject({ contextTokens: 400_000, shutdownDate: '2026-12-11' });
  });

  it('[CAT8] a model is there once, however often it is listed, and its spelling is the provider’s', () => {
    const merged = catalogue.merge('baidu', '', [{ name: 'ERNIE-5.1' }, { name: 'ERNIE-5.1' }]);
    expect(merged.filter(({ name }) => name.toLowerCase() === 'ernie-5.1')).toMatchObject([
      { name: 'ERNIE-5.1', source: 'both', price: { currency: 'CNY' } },
    ]);
  });

  it('[CAT8] of a server nobody knows, the list is all there is', () => {
    expect(
      catalogue.merge('openai-compatible', OLLAMA, [
        { name: 'qwen3:8b', contextTokens: 40_960 },
        { name: 'nomic-embed-text:latest' },
        { name: '' },
      ]),
    ).toEqual([
      { name: 'nomic-embed-text:latest', task: 'embedding', source: 'provider' },
      { name: 'qwen3:8b', task: 'text_generation', contextTokens: 40_960, source: 'provider' },
    ]);
  });

  it('[CAT8] without a list it is the catalogue', () => {
    expect(catalogue.merge('alibaba', '', [])).toEqual(catalogue.models('alibaba', ''));
    expect(catalogue.merge('openai-compatible', OLLAMA, [])).toEqual([]);
  });
});

describe('what a name says of its use', () => {
  it.each([
    'text-embedding-3-small',
    'text-embedding-ada-002',
    'text-embedding-v4',
    'embedding-v1',
    'tao-8k',
    'bge-large-zh',
    'BAAI/bge-m3',
    'Qwen3-Embedding-8B',
    'qwen3-embedding-4b',
    'nomic-embed-text:latest',
    'text-embedding-nomic-embed-text-v1.5',
    'mxbai-embed-large',
    'snowflake-arctic-embed2',
    'all-minilm',
    'mistral-embed',
    'codestral-embed-2505',
    'jina-embeddings-v3',
    'gemini-embedding-001',
    'intfloat/multilingual-e5-large-instruct',
    'togethercomputer/m2-bert-80M-32k-retrieval',
    'voyage-3.5',
  ])('[CAT9] %s embeds', (name) => {
    expect(taskByName(name)).toBe('embedding');
  });

  it.each([
    'whisper-1',
    'whisper-large-v3-turbo',
    'tts-1-hd',
    'gpt-4o-mini-tts',
    'gpt-4o-transcribe-diarize',
    'dall-e-3',
    'gpt-image-2',
    'chatgpt-image-latest',
    'omni-moderation-latest',
    'text-moderation-stable',
    'gpt-realtime-mini',
    'gpt-4o-realtime-preview',
    'gpt-audio',
    'sora-2-pro',
    'o3-deep-research',
    'gpt-3.5-turbo-instruct-0914',
    'babbage-002',
    'davinci-002',
    'qwen-image-edit',
    'wan2.5-t2v-preview',
    'wanx2.1-t2i-turbo',
    'qwen3-asr-flash',
    'qwen3-tts-flash-realtime',
    'cosyvoice-v3',
    'paraformer-v2',
    'gte-rerank-v2',
    'bge-reranker-large',
    'qwen3-reranker-8b',
    'multimodal-embedding-v1',
    'irag-1.0',
    'black-forest-labs/FLUX.1-schnell',
    'stable-diffusion-xl',
    'playai-tts',
    'meta-llama/llama-guard-4-12b',
    'grok-2-image-1212',
  ])('[CAT9] %s does neither', (name) => {
    expect(taskByName(name)).toBeUndefined();
  });

  it.each([
    'gpt-6-luna',
    'gpt-4o-search-preview',
    'gpt-5-codex',
    'o4-mini',
    'ernie-4.5-turbo-vl',
    'ernie-char-fiction-8k',
    'qwen-vl-max',
    'qwen3.8-max',
    'deepseek-chat',
    'llama-3.3-70b-versatile',
    'gemma3:4b',
    'kimi-k2.6',
    'mistral-large-latest',
    'grok-4',
    'openai/gpt-oss-120b',
    'SmolLM2-135M-Instruct',
    'phi-4',
    'wandering-albatross',
    'liveness',
  ])('[CAT9] %s chats', (name) => {
    expect(taskByName(name)).toBe('text_generation');
  });
});
