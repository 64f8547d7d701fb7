import { AppError } from '../../errors/index.ts';
import { baseUrlOf } from '../base-url.ts';
import { classifyFailure } from '../chat-completions/classify-failure.ts';
import { lastReply } from '../chat-completions/create-chat-completions-adapter.ts';
import { readReply } from '../chat-completions/read-reply.ts';
import { embedInBatches, readRows } from '../native/batches.ts';
import { postJson, readBody, type FailureReader } from '../native/post-json.ts';
import { refineErrors } from '../native/refine-errors.ts';
import type { CreateAdapter, ProviderAdapter, ProviderPart, ProviderRequest } from '../provider.ts';
import { fieldsOf, listOf, numberOf, type Fields } from '../wire/fields.ts';
import { wordsOf } from '../wire/provider-words.ts';
import { createWenxinAccess } from './wenxin-access.ts';
import { wenxinChatUrl, wenxinEmbeddingsUrl } from './wenxin-endpoints.ts';
import { classifyWenxin } from './wenxin-errors.ts';
import { createWenxinReply, wenxinWords } from './wenxin-reply.ts';
import { wenxinRequest } from './wenxin-request.ts';

/** Baidu's legacy wenxinworkshop API, which private gateways still speak (reference §4). */
export const createWenxinAdapter: CreateAdapter = (config, keyName, deps) => {
  const base = baseUrlOf(config);
  const access = createWenxinAccess(config, keyName, deps);
  const shown = { ...deps, redact: access.redact };

  const post = (url: string, token: string, body: Fields, signal: AbortSignal): Promise<Response> =>
    postJson({ url: `${url}?access_token=${encodeURIComponent(token)}`, headers: {}, body, signal }, FAILURES, shown);

  const run = (request: ProviderRequest, stream: boolean, signal: AbortSignal): AsyncGenerator<ProviderPart> => {
    const { body, notes } = wenxinRequest(request, stream);
    return access.stream(signal, async function* (token) {
      const response = await post(wenxinChatUrl(base, request.model), token, body, signal);
      const { words, classify } = FAILURES;
      const context = { signal, redact: access.redact, clock: deps.clock, words, classify, notes };
      yield* readReply(response, createWenxinReply(), context);
    });
  };
  const adapter: ProviderAdapter = {
    generateText: async (request, signal) => lastReply(run(request, false, signal), config.label),
    async *generateStream(request, signal) {
      yield* run(request, true, signal);
    },
    async embed(request, signal) {
      if (request.dimensions !== undefined) throw noDimensions();
      const url = wenxinEmbeddingsUrl(base, request.model);
      return embedInBatches(request, batchOf(request.model), (input) =>
        access.call(signal, async (token) => {
          const body = await readBody(await post(url, token, { input }, signal), signal, FAILURES, shown);
          const inputTokens = numberOf(fieldsOf(body['usage'])?.['prompt_tokens']);
          return { vectors: readRows(listOf(body['data']), 'index', input.length), inputTokens };
        }),
      );
    },
    listModels: null,
    chatUrl: (model) => wenxinChatUrl(base, model),
  };
  return refineErrors(adapter, config.label, (error) => Promise.resolve(access.withoutToken(error)));
};

const FAILURES: FailureReader = {
  words: (json, text) => wenxinWords(json) ?? wordsOf(json, text),
  // Only a gateway answers with another status, in words of its own.
  classify: (failure) => (wenxinWords(failure.json) ? classifyWenxin(failure.words) : classifyFailure(failure)),
  tellsFailure: (body) => wenxinWords(body) !== undefined,
};

/** Texts per request; tao-8k takes one. */
function batchOf(model: string): number {
  return /^tao[-_]8k$/iu.test(model.trim()) ? 1 : 16;
}

function noDimensions(): AppError {
  return new AppError('provider/bad-request', 'This API does not let choose the length of the vectors.', {
    details: { reason: 'not-supported', parameter: 'dimensions' },
  });
}
