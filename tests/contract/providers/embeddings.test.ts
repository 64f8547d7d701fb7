import { describe, expect, it } from 'vitest';
import { vectorOf } from '../../servers/fake-providers/embeddings.ts';
import { failureOf, useBench } from './bench.ts';
import { SUBJECTS } from './subjects.ts';

const texts = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `text ${index} 文字 🐉`);

describe.each(SUBJECTS)('provider contract, embeddings and lists: $name', (subject) => {
  const bench = useBench();
  const signal = new AbortController().signal;
  const embed = (input: readonly string[], dimensions?: number) =>
    bench
      .adapter(subject)
      .embed({ model: subject.embeddingModel, input, ...(dimensions === undefined ? {} : { dimensions }) }, signal);

  it('[ADP60] every text has its vector, in the order of the input', async () => {
    const { vectors, inputTokens } = await embed(texts(7));
    expect(vectors).toEqual(texts(7).map((text) => vectorOf(text)));
    expect(inputTokens).toBeGreaterThan(7);
  });

  it('[ADP61] the index tells which vector is whose, not the place', async () => {
    bench.play(subject, 'shuffled-embeddings');
    expect((await embed(texts(7))).vectors).toEqual(texts(7).map((text) => vectorOf(text)));
  });

  it.skipIf(subject.embeddingBatch === Infinity)(
    '[ADP62] rows above the limit are split and joined in order',
    async () => {
      const count = subject.embeddingBatch * 2 + 3;
      bench.play(subject, 'shuffled-embeddings');
      const { vectors, inputTokens } = await embed(texts(count));
      expect(vectors).toEqual(texts(count).map((text) => vectorOf(text)));
      expect(bench.arrived(subject)).toHaveLength(3);
      const tokens = texts(count).reduce((sum, text) => sum + Math.ceil(text.length / 4), 0);
      expect(inputTokens).toBe(tokens);
    },
  );

  it.skipIf(subject.config.kind === 'baidu')('[ADP63] the length of vectors can be chosen', async () => {
    const { vectors } = await embed(texts(2), 64);
    expect(vectors).toEqual(texts(2).map((text) => vectorOf(text, 64)));
  });

  it('[ADP64] a refusal of embeddings has its class', async () => {
    bench.play(subject, 'unauthorized-embedding');
    // OpenAI says the same of a model that is not there.
    const expected = subject.fake === 'openai' ? 'provider/model-not-found' : 'provider/permission';
    expect((await failureOf(embed(texts(2)))).code).toBe(expected);
    bench.fakes().control.clearScenarios();
    bench.play(subject, '500');
    expect((await failureOf(embed(texts(2)))).code).toBe('provider/unavailable');
  });

  it('[ADP65] models are listed where the provider has a list of what the account can use', async () => {
    const { listModels } = bench.adapter(subject);
    if (subject.lists === null) {
      expect(listModels).toBeNull();
      return;
    }
    const names = (await listModels?.(signal))?.map((model) => model.name);
    expect(names).toEqual(expect.arrayContaining([...subject.lists]));
  });

  it.skipIf(subject.lists === null)('[ADP66] a list that is refused, or no list, has its class', async () => {
    const { listModels } = bench.adapter(subject);
    if (!listModels) throw new Error('There is no list.');
    bench.play(subject, '401');
    expect((await failureOf(listModels(signal))).code).toBe('provider/auth');
    bench.fakes().control.clearScenarios();
    bench.play(subject, 'html-200');
    const error = await failureOf(listModels(signal));
    expect(error.code).toBe('stream/malformed');
    expect(error.details['reason']).toBe('not-an-api');
  });

  it('[ADP67] chatUrl is where a chat goes, without secrets', async () => {
    const url = bench.adapter(subject).chatUrl(subject.model);
    await bench.stream(subject);
    const sent = bench.arrived(subject).at(-1)?.path ?? '';
    const address = new URL(url);
    expect(address.origin).toBe(bench.fakes().url);
    expect(address.pathname).toBe(sent.split('?')[0]);
    for (const secret of Object.values(subject.secrets)) expect(url).not.toContain(secret);
  });
});
