import type { EmbedResult } from '../contracts/generation.ts';
import type { HubApi } from '../contracts/hub.ts';
import { AppError } from '../errors/index.ts';
import { callError } from './call-error.ts';
import type { EmbedCall } from './switchyard-client.ts';

/** Throws `provider/bad-request` for what is no text; the first embedding model is taken when none is named. */
export async function embed(hub: HubApi, { model, input, dimensions, signal }: EmbedCall): Promise<EmbedResult> {
  const texts = typeof input === 'string' ? [input] : [...input];
  try {
    const chosen = model ?? (await firstEmbeddingModel(hub));
    return await hub.embed(
      { model: chosen, input: texts, ...(dimensions === undefined ? {} : { dimensions }) },
      signal,
    );
  } catch (error) {
    throw callError(error, null);
  }
}

async function firstEmbeddingModel(hub: HubApi): Promise<string> {
  const found = (await hub.listModels()).find((model) => model.task === 'embedding');
  if (found) return found.id;
  throw new AppError('model/not-found', 'There is no model that makes embeddings.', {
    details: { task: 'embedding', suggestions: [] },
  });
}
