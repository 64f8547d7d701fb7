import { describe, expect, it } from 'vitest';
import { createOpenaiAdapter } from '../../../../src/providers/openai/create-openai-adapter.ts';
import { createCompatibleAdapter } from '../../../../src/providers/openai-compatible/create-compatible-adapter.ts';
import { configOf, createFakeEndpoint, errorAnswer, jsonAnswer, type SeenRequest } from './fake-endpoint.ts';

const { signal } = new AbortController();
const OPENAI = configOf({ kind: 'openai' });

/** Answers each text "n" with the vector [n], in reverse order. */
function answer(request: SeenRequest): Response {
  const input = request.body['input'] as string[];
  const data = input.map((text, index) => ({ object: 'embedding', index, embedding: [Number(text)] })).reverse();
  return new Response(
    JSON.stringify({ object: 'list', data, usage: { prompt_tokens: input.length, total_tokens: input.length } }),
  );
}

describe('embeddings', () => {
  it('[PRV16] asks for floats and gives vectors in the order of the input', async () => {
    const { deps, requests } = createFakeEndpoint(answer);
    const adapter = createOpenaiAdapter(OPENAI, 'KEY', deps);
    expect(await adapter.embed({ model: 'e', input: ['3', '1', '2'], dimensions: 256 }, signal)).toEqual({
      vectors: [[3], [1], [2]],
      inputTokens: 3,
    });
    expect(requests[0]?.url).toBe('https://api.openai.com/v1/embeddings');
    expect(requests[0]?.body).toEqual({
      model: 'e',
      input: ['3', '1', '2'],
      encoding_format: 'float',
      dimensions: 256,
    });
  });

  it('[PRV16] splits by the limit of the endpoint and joins in order', async () => {
    const { deps, requests } = createFakeEndpoint(answer);
    const input = Array.from({ length: 5000 }, (_, index) => String(index));
    const { vectors, inputTokens } = await createOpenaiAdapter(OPENAI, 'KEY', deps).embed(
      { model: 'e', input },
      signal,
    );
    expect(requests.map(({ body }) => (body['input'] as string[]).length)).toEqual([2048, 2048, 904]);
    expect(vectors).toEqual(input.map((text) => [Number(text)]));
    expect(inputTokens).toBe(5000);
  });

  it('[PRV16] reads base64 of little-endian floats', async () => {
    const bytes = new Uint8Array(new Float32Array([0.5, -2, 1e-3]).buffer);
    const body = { data: [{ index: 0, embedding: btoa(String.fromCharCode(...bytes)) }] };
    const { deps } = createFakeEndpoint(jsonAnswer(body));
    const { vectors, inputTokens } = await createOpenaiAdapter(OPENAI, 'KEY', deps).embed(
      { model: 'e', input: ['x'] },
      signal,
    );
    expect(vectors[0]).toEqual([0.5, -2, Math.fround(1e-3)]);
    expect(inputTokens).toBeUndefined();
  });

  it.each([
    ['too few rows', { data: [] }, 'stream/malformed'],
    ['a vector that is none', { data: [{ embedding: ['a'] }] }, 'stream/malformed'],
    ['base64 that is none', { data: [{ embedding: '%%%' }] }, 'stream/malformed'],
    ['other JSON', { hello: 1 }, 'stream/malformed'],
    ['an error of status 200', { error: { message: 'Slow', code: 'rate_limit_exceeded' } }, 'provider/rate-limited'],
  ])('[PRV16] %s is an error', async (_, body, code) => {
    const { deps } = createFakeEndpoint(jsonAnswer(body));
    await expect(
      createOpenaiAdapter(OPENAI, 'KEY', deps).embed({ model: 'e', input: ['x'] }, signal),
    ).rejects.toMatchObject({ code });
  });

  it('[PRV16] a server that refuses encoding_format is asked without', async () => {
    const { deps, requests } = createFakeEndpoint(errorAnswer(400, { message: 'encoding_format: bad' }), answer);
    const config = configOf({ kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' });
    expect(await createCompatibleAdapter(config, null, deps).embed({ model: 'e', input: ['4'] }, signal)).toMatchObject(
      { vectors: [[4]] },
    );
    expect(requests[1]?.body).toEqual({ model: 'e', input: ['4'] });
  });
});

describe('the list of models', () => {
  it('[PRV17] tells ids, contexts and shutdown dates, whatever wraps the rows', async () => {
    const rows = [
      { id: 'a', shutdown_date: '2027-01-14' },
      { id: 'b', max_model_len: 32768, shutdown_date: null },
      { id: 'c', context_length: 8192, shutdown_date: 'soon' },
      { id: 7 },
      null,
    ];
    const expected = [
      { name: 'a', shutdownDate: '2027-01-14' },
      { name: 'b', contextTokens: 32768 },
      { name: 'c', contextTokens: 8192 },
    ];
    for (const body of [{ object: 'list', data: rows }, rows, { models: rows }]) {
      const { deps, requests } = createFakeEndpoint(jsonAnswer(body));
      expect(await createOpenaiAdapter(OPENAI, 'KEY', deps).listModels?.(signal)).toEqual(expected);
      expect(requests[0]).toMatchObject({ url: 'https://api.openai.com/v1/models', method: 'GET' });
    }
  });

  it('[PRV17] a refusal is classified, and what is no list is an error', async () => {
    const refused = createFakeEndpoint(errorAnswer(401, { message: 'No.' }));
    await expect(createOpenaiAdapter(OPENAI, 'KEY', refused.deps).listModels?.(signal)).rejects.toMatchObject({
      code: 'provider/auth',
    });
    const other = createFakeEndpoint(jsonAnswer({ data: 'x' }));
    await expect(createOpenaiAdapter(OPENAI, 'KEY', other.deps).listModels?.(signal)).rejects.toMatchObject({
      details: { reason: 'not-an-api' },
    });
  });
});
