import type { ProviderConfig } from '../../contracts/provider.ts';
import { baseUrlOf } from '../base-url.ts';
import { classifyFailure } from '../chat-completions/classify-failure.ts';
import { bearer, CLASSIC_PARAMETERS, type ChatDialect, type ParameterTable } from '../chat-completions/dialect.ts';
import { alibabaEndpoints } from './alibaba-endpoints.ts';
import { classifyDashScope } from './dashscope-errors.ts';
import { TOP_K_OFF } from './dashscope-request.ts';

/** Reference §6.2, §6.3 and §10. */
const PARAMETERS: ParameterTable = {
  ...CLASSIC_PARAMETERS,
  temperature: { name: 'temperature', min: 0, max: 1.99 },
  topP: { name: 'top_p', min: 0.01, max: 1 },
  topK: { name: 'top_k', min: 0, integer: true },
  seed: { name: 'seed', min: 0, max: 2 ** 31 - 1, integer: true },
  frequencyPenalty: null,
  stop: { name: 'stop' },
};

/** DashScope's compatible mode (reference §6.3). */
export function compatibleDialect(config: ProviderConfig): ChatDialect {
  const base = baseUrlOf(config);
  return {
    chatUrl: alibabaEndpoints(config).chatUrl,
    embeddingsUrl: () => `${base}/embeddings`,
    modelsUrl: `${base}/models`,
    authHeaders: bearer,
    parameters: () => PARAMETERS,
    extraFields: ({ topK }) => (topK === 0 ? { top_k: TOP_K_OFF } : {}),
    classify: (failure) => classifyDashScope(failure.words) ?? classifyFailure(failure),
    embeddingBatch: embeddingBatchOf,
  };
}

/** Texts per embedding request: 25 for the two oldest models, 10 for the others (reference §6.6). */
export function embeddingBatchOf(model: string): number {
  return /^text-embedding-v[12]$/iu.test(model.trim()) ? 25 : 10;
}
