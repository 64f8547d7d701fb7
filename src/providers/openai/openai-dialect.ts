import type { ProviderConfig } from '../../contracts/provider.ts';
import { baseUrlOf } from '../base-url.ts';
import { classifyFailure } from '../chat-completions/classify-failure.ts';
import { bearer, type ChatDialect } from '../chat-completions/dialect.ts';
import { openaiEndpoints } from './openai-endpoints.ts';
import { openaiParameters } from './reasoning-models.ts';

/** Texts that OpenAI embeds in one request. */
const EMBEDDING_BATCH = 2048;

export function openaiDialect(config: ProviderConfig): ChatDialect {
  const base = baseUrlOf(config);
  return {
    chatUrl: openaiEndpoints(config).chatUrl,
    embeddingsUrl: () => `${base}/embeddings`,
    modelsUrl: `${base}/models`,
    authHeaders: bearer,
    parameters: openaiParameters,
    classify: (failure) => classifyFailure(failure),
    embeddingBatch: () => EMBEDDING_BATCH,
  };
}
