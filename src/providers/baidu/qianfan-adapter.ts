import type { ProviderConfig } from '../../contracts/provider.ts';
import { baseUrlOf } from '../base-url.ts';
import { classifyFailure } from '../chat-completions/classify-failure.ts';
import { createChatCompletionsAdapter } from '../chat-completions/create-chat-completions-adapter.ts';
import { bearer, CLASSIC_PARAMETERS, type ChatDialect, type ParameterTable } from '../chat-completions/dialect.ts';
import { refineErrors, withReason } from '../native/refine-errors.ts';
import type { CreateAdapter } from '../provider.ts';
import { numberOf } from '../wire/fields.ts';
import { baiduEndpoints } from './baidu-endpoints.ts';
import { classifyQianfan } from './qianfan-errors.ts';

/** Baidu's Qianfan v2 (reference §5). */
export const createQianfanAdapter: CreateAdapter = (config, keyName, deps) =>
  refineErrors(
    createChatCompletionsAdapter(config, keyName, deps, qianfanDialect(config)),
    config.label,
    async (error) => {
      if (error.details['providerCode'] !== 'invalid_iam_token' || keyName === null) return error;
      return isQianfanKey(await deps.secret(keyName)) ? error : withReason(error, 'key-kind');
    },
  );

/** What the legacy API calls keys is refused here, and so are its tokens. */
function isQianfanKey(key: string): boolean {
  return key.trim().startsWith('bce-v3/');
}

/** Reference §5.2 and §10: only what every model takes. */
const PARAMETERS: ParameterTable = {
  ...CLASSIC_PARAMETERS,
  temperature: { name: 'temperature', min: 0.01, max: 1 },
  repetitionPenalty: { name: 'penalty_score', min: 1, max: 2 },
  seed: null,
  frequencyPenalty: null,
  presencePenalty: null,
};

export function qianfanDialect(config: ProviderConfig): ChatDialect {
  const base = baseUrlOf(config);
  return {
    chatUrl: baiduEndpoints(config).chatUrl,
    embeddingsUrl: () => `${base}/embeddings`,
    modelsUrl: `${base}/models`,
    authHeaders: bearer,
    parameters: () => PARAMETERS,
    classify: (failure) => classifyQianfan(failure.status, failure.words) ?? classifyFailure(failure),
    // The limit is not documented for v2; this is the lowest among its kind.
    embeddingBatch: (model) => (/^tao[-_]8k$/iu.test(model.trim()) ? 1 : 10),
    // 0 is safe; the others are kinds of what is not (reference §5.3).
    finishOf: (choice) => ((numberOf(choice['flag']) ?? 0) === 0 ? undefined : 'content-filter'),
    // What an encoding would do here is not documented.
    embeddingBody: (model, input, dimensions) => ({
      model,
      input,
      ...(dimensions === undefined ? {} : { dimensions }),
    }),
  };
}
