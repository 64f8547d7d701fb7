import type { ProviderConfig } from '../../contracts/provider.ts';
import { baseUrlOf } from '../base-url.ts';
import { classifyFailure, type FailureRule } from '../chat-completions/classify-failure.ts';
import { bearer, CLASSIC_PARAMETERS, type ChatDialect } from '../chat-completions/dialect.ts';
import { compatibleEndpoints } from './compatible-endpoints.ts';

/** Texts in one embedding request: what the smaller servers take. */
const EMBEDDING_BATCH = 256;

const RULES: readonly FailureRule[] = [
  // llama.cpp, while it reads its model.
  { statuses: [503], message: /loading model/iu, gives: { code: 'provider/unavailable', reason: 'model-loading' } },
  // Ollama refuses a page's origin without a word.
  { statuses: [403], message: /^$/u, gives: { code: 'provider/permission', reason: 'origin' } },
];

export function compatibleDialect(config: ProviderConfig): ChatDialect {
  const base = baseUrlOf(config);
  return {
    chatUrl: compatibleEndpoints(config).chatUrl,
    embeddingsUrl: () => `${base}/embeddings`,
    modelsUrl: `${base}/models`,
    authHeaders: bearer,
    parameters: () => CLASSIC_PARAMETERS,
    classify: (failure) => classifyFailure(failure, RULES),
    embeddingBatch: () => EMBEDDING_BATCH,
  };
}
