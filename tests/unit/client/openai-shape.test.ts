import { describe, expect, it } from 'vitest';
import { createOpenAiShape } from '../../../src/client/openai-shape.ts';
import type { GeneratePart, GenerateResult, WireGenerateRequest } from '../../../src/contracts/generation.ts';
import type { HubApi } from '../../../src/contracts/hub.ts';
import type { EmbedRequest } from '../../../src/contracts/provider.ts';
import { AppError } from '../../../src/errors/index.ts';

const RESULT: GenerateResult = {
  text: 'Hello there',
  reasoning: 'Hm.',
  model: 'openai_gpt-6-luna',
  provider: 'openai',
  finishReason: 'length',
  usage: { inputTokens: 7, outputTokens: 5, cachedTokens: 2, reasoningTokens: 1, source: 'provider' },
  cost: { amount: 0.1, currency: 'USD', source: 'estimated' },
  timing: { queuedMs: 0, firstTokenMs: 1, totalMs: 2, tokensPerSecond: 3 },
  route: [],
};

const PARTS: readonly GeneratePart[] = [
  { type: 'reasoning-delta', text: 'Hm.' },
  { type: 'text-delta', text: 'Hello ' },
  { type: 'text-delta', text: 'there' },
  { type: 'finish', result: RESULT },
];

function createShape(failure?: AppError) {
  const asked: WireGenerateRequest[] = [];
  const embedded: EmbedRequest[] = [];
  const hub = {
    async *generateStream(request: WireGenerateRequest) {
      asked.push(request);
      if (failure) throw failure;
      yield* PARTS;
    },
    embed: async (request: EmbedRequest) => {
      embedded.push(request);
      const { usage, cost, timing } = RESULT;
      return { vectors: [[1], [2]], usage, cost, timing, model: request.model, provider: 'openai', route: [] };
    },
    listModels: async () => [{ id: 'openai_e', task: 'embedding' }],
  } as unknown as HubApi;
  return { openai: createOpenAiShape(hub), asked, embedded };
}

const MESSAGES = [
  { role: 'developer', content: 'Be short.' },
  { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
];

describe('OpenAI’s shapes', () => {
  it('[OAI1] a whole completion has OpenAI’s fields, and the request is ours', async () => {
    const { openai, asked } = createShape();
    const completion = await openai.chat.completions.create({
      model: 'openai_gpt-6-luna',
      messages: MESSAGES,
      max_completion_tokens: 9,
      top_p: 0.5,
      stop: 'END',
      temperature: null,
    });
    expect(asked).toEqual([
      {
        model: 'openai_gpt-6-luna',
        messages: [
          { role: 'system', content: 'Be short.' },
          { role: 'user', content: 'Hi' },
        ],
        maxTokens: 9,
        topP: 0.5,
        stop: ['END'],
        stream: false,
      },
    ]);
    expect(completion).toMatchObject({
      object: 'chat.completion',
      model: 'openai_gpt-6-luna',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hello there', reasoning_content: 'Hm.' },
          finish_reason: 'length',
        },
      ],
      usage: {
        prompt_tokens: 7,
        completion_tokens: 5,
        total_tokens: 12,
        prompt_tokens_details: { cached_tokens: 2 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
    });
    expect(completion.id).toMatch(/^chatcmpl-/u);
  });

  it('[OAI2] a stream has role, pieces, one finish reason, and usage only when asked for', async () => {
    const { openai } = createShape();
    for (const wanted of [true, false]) {
      const stream = await openai.chat.completions.create({
        messages: [{ role: 'user', content: 'Hi' }],
        stream: true,
        ...(wanted ? { stream_options: { include_usage: true } } : {}),
      });
      const chunks = [];
      for await (const chunk of stream) chunks.push(chunk);
      expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
      expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' });
      expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Hello there');
      expect(chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? [])).toEqual(['length']);
      expect(chunks.filter(({ usage }) => usage).length).toBe(wanted ? 1 : 0);
      if (wanted) expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 12 } });
    }
  });

  it('[OAI3] what can’t be done is refused by name', async () => {
    const { openai, asked } = createShape();
    const messages = [{ role: 'user', content: 'Hi' }];
    for (const [body, path] of [
      [{ messages, tools: [] }, 'tools'],
      [{ messages, n: 2 }, 'n'],
      [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].role'],
      [{ messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, 'messages[0].content'],
      [{}, 'messages'],
    ] as const) {
      const refused = openai.chat.completions.create(body as Parameters<typeof openai.chat.completions.create>[0]);
      await expect(refused).rejects.toMatchObject({ code: 'provider/bad-request', details: { problems: [{ path }] } });
    }
    expect(asked).toEqual([]);
  });

  it('[OAI4] errors are the app’s own', async () => {
    const { openai } = createShape(new AppError('provider/auth', 'no'));
    await expect(openai.chat.completions.create({ messages: [{ role: 'user', content: 'Hi' }] })).rejects.toMatchObject(
      { code: 'provider/auth', retryable: false },
    );
  });

  it('[OAI5] embeddings come as a list in order; the first embedding model is taken when none is named', async () => {
    const { openai, embedded } = createShape();
    expect(await openai.embeddings.create({ input: ['a', 'b'], dimensions: 8 })).toEqual({
      object: 'list',
      model: 'openai_e',
      data: [
        { object: 'embedding', index: 0, embedding: [1] },
        { object: 'embedding', index: 1, embedding: [2] },
      ],
      usage: { prompt_tokens: 7, total_tokens: 7 },
    });
    expect(embedded).toEqual([{ model: 'openai_e', input: ['a', 'b'], dimensions: 8 }]);
  });
});
