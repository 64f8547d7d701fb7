import { AppError } from '../../errors/index.ts';
import type { ProviderEmbeddings, ProviderEmbedRequest } from '../provider.ts';
import { fieldsOf, listOf, numberOf } from '../wire/fields.ts';

/** What one request gave. */
export interface EmbeddedBatch {
  readonly vectors: readonly (readonly number[])[];
  readonly inputTokens: number | undefined;
}

/** Embeds any number of texts, `most` at a time, one request after the other. */
export async function embedInBatches(
  { input }: Pick<ProviderEmbedRequest, 'input'>,
  most: number,
  embed: (texts: readonly string[]) => Promise<EmbeddedBatch>,
): Promise<ProviderEmbeddings> {
  const vectors: (readonly number[])[] = [];
  let inputTokens: number | undefined = 0;
  for (let start = 0; start < input.length; start += most) {
    const batch = await embed(input.slice(start, start + most));
    vectors.push(...batch.vectors);
    inputTokens =
      inputTokens === undefined || batch.inputTokens === undefined ? undefined : inputTokens + batch.inputTokens;
  }
  return { vectors, ...(inputTokens === undefined ? {} : { inputTokens }) };
}

/**
 * The vectors in the order of their texts, by the field `indexName` of each row, or by their place where it is missing.
 * Throws `stream/malformed` unless there is one for each of `count` texts.
 */
export function readRows(
  rows: readonly unknown[] | undefined,
  indexName: string,
  count: number,
): readonly (readonly number[])[] {
  const vectors = new Map<number, readonly number[]>();
  for (const [place, row] of (rows ?? []).entries()) {
    const fields = fieldsOf(row);
    const vector = listOf(fields?.['embedding']);
    if (vector?.every((value) => typeof value === 'number'))
      vectors.set(numberOf(fields?.[indexName]) ?? place, vector);
  }
  return Array.from({ length: count }, (_, index) => {
    const vector = vectors.get(index);
    if (!vector || rows?.length !== count) {
      throw new AppError(
        'stream/malformed',
        `The provider gave no vector for every text: ${rows?.length ?? 0} for ${count}.`,
      );
    }
    return vector;
  });
}
