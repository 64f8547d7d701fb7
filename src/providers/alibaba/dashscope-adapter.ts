import { AppError } from '../../errors/index.ts';
import { baseUrlOf } from '../base-url.ts';
import { classifyFailure } from '../chat-completions/classify-failure.ts';
import { lastReply } from '../chat-completions/create-chat-completions-adapter.ts';
import { bearer } from '../chat-completions/dialect.ts';
import { readReply } from '../chat-completions/read-reply.ts';
import { embedInBatches, readRows } from '../native/batches.ts';
import { notAnApi, postJson, readBody, type FailureReader } from '../native/post-json.ts';
import type { CreateAdapter, ProviderPart, ProviderRequest } from '../provider.ts';
import { fieldsOf, listOf, numberOf, type Fields } from '../wire/fields.ts';
import { wordsOf } from '../wire/provider-words.ts';
import { parseJson } from '../wire/send.ts';
import { untilAborted } from '../wire/until-aborted.ts';
import { dashScopeChatUrl } from './alibaba-endpoints.ts';
import { embeddingBatchOf } from './compatible-dialect.ts';
import { classifyDashScope } from './dashscope-errors.ts';
import { createDashScopeReply, tellsDashScopeFailure } from './dashscope-reply.ts';
import { dashScopeRequest } from './dashscope-request.ts';
import { watchStatus } from './watch-status.ts';

/** DashScope's own API (reference §6.2, §6.6). */
export const createDashScopeAdapter: CreateAdapter = (config, keyName, deps) => {
  const base = baseUrlOf(config);

  const post = async (url: string, body: Fields, stream: boolean, signal: AbortSignal): Promise<Response> => {
    const secret = keyName === null ? null : await untilAborted(deps.secret(keyName), signal);
    const headers = { ...bearer(secret), ...(stream ? { 'x-dashscope-sse': 'enable' } : {}) };
    return postJson({ url, headers, body, signal }, FAILURES, deps);
  };
  async function* run(request: ProviderRequest, stream: boolean, signal: AbortSignal): AsyncGenerator<ProviderPart> {
    const { body, notes } = dashScopeRequest(request, stream);
    const answer = watchStatus(await post(dashScopeChatUrl(base, request.model), body, stream, signal));
    const context = {
      signal,
      redact: deps.redact,
      clock: deps.clock,
      notes,
      words: FAILURES.words,
      classify: (failure: Parameters<FailureReader['classify']>[0]) =>
        FAILURES.classify({ ...failure, status: failure.status ?? failedStatus(answer.status()) ?? null }),
    };
    const protocol = createDashScopeReply();
    try {
      yield* readReply(answer.response, protocol, context);
    } catch (error) {
      const rest = signal.aborted ? '' : protocol.rest();
      if (rest !== '') yield { type: 'text-delta', text: rest };
      throw completed(error, rest, failedStatus(answer.status()));
    }
  }

  return {
    generateText: async (request, signal) => lastReply(run(request, false, signal), config.label),
    generateStream: (request, signal) => run(request, true, signal),
    embed: (request, signal) =>
      embedInBatches(request, embeddingBatchOf(request.model), async (texts) => {
        const { dimensions } = request;
        const parameters = dimensions === undefined ? {} : { dimension: dimensions };
        const url = `${base}/services/embeddings/text-embedding/text-embedding`;
        const response = await post(url, { model: request.model, input: { texts }, parameters }, false, signal);
        const body = await readBody(response, signal, FAILURES, deps);
        const output = fieldsOf(body['output']);
        if (!output) throw notAnApi(response.status);
        const vectors = readRows(listOf(output['embeddings']), 'text_index', texts.length);
        return { vectors, inputTokens: numberOf(fieldsOf(body['usage'])?.['total_tokens']) };
      }),
    listModels: null,
    chatUrl: (model) => dashScopeChatUrl(base, model),
  };
};

const FAILURES: FailureReader = {
  words: (json, text) => wordsOf(json ?? eventData(text), text),
  classify: (failure) => classifyDashScope(failure.words) ?? classifyFailure(failure),
  tellsFailure: tellsDashScopeFailure,
};

/** A failed request for a stream may be answered with one event (reference §6.2). */
function eventData(text: string): unknown {
  const data = /^data:(.*)$/mu.exec(text)?.[1];
  return data === undefined ? undefined : parseJson(data);
}

function failedStatus(status: number | undefined): number | undefined {
  return status !== undefined && status >= 400 ? status : undefined;
}

/** The error with the text that was held back, and the status that its event told of. */
function completed(error: unknown, rest: string, status: number | undefined): unknown {
  if (!(error instanceof AppError)) return error;
  const { details } = error;
  const ofEvent = status !== undefined && 'providerMessage' in details ? { status } : {};
  const text = rest !== '' && typeof details['text'] === 'string' ? { text: details['text'] + rest } : {};
  const added = { ...ofEvent, ...text };
  if (Object.keys(added).length === 0) return error;
  return new AppError(error.code, error.message, { details: { ...details, ...added }, cause: error.cause });
}
