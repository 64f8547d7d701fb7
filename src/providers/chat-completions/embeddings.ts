import { AppError } from '../../errors/index.ts';
import type { ProviderDeps, ProviderEmbedRequest, ProviderEmbeddings } from '../provider.ts';
import { fieldsOf, listOf, numberOf, type Fields } from '../wire/fields.ts';
import { providerError } from '../wire/provider-error.ts';
import { tellsFailure, wordsOf } from '../wire/provider-words.ts';
import { parseJson, readText } from '../wire/send.ts';
import type { ChatDialect } from './dialect.ts';
import { postAccepted } from './post-accepted.ts';
import type { Transport } from './sdk-transport.ts';

/** Characters of one answer: 2048 vectors of 3072 numbers are less. */
const MOST_CHARACTERS = 200_000_000;

/** Embeds any number of texts, batch after batch, so that a rate limit is met as late as possible. */
export async function embedInBatches(
  dialect: ChatDialect,
  transport: Transport,
  deps: ProviderDeps,
  request: ProviderEmbedRequest,
  signal: AbortSignal,
): Promise<ProviderEmbeddings> {
  const url = dialect.embeddingsUrl?.(request.model);
  if (url === undefined) {
    throw new AppError('provider/bad-request', 'This provider has no embeddings.', {
      details: { reason: 'not-supported' },
    });
  }
  const size = Math.max(1, dialect.embeddingBatch(request.model));
  const vectors: (readonly number[])[] = [];
  let inputTokens: number | undefined = 0;
  for (let start = 0; start < request.input.length; start += size) {
    const input = request.input.slice(start, start + size);
    const body = (dialect.embeddingBody ?? embeddingBody)(request.model, input, request.dimensions);
    const { response } = await postAccepted(transport, url, { fields: body, parameterOf: new Map() }, signal);
    const answer = await readEmbeddings(response, input.length, dialect, deps, signal);
    vectors.push(...answer.vectors);
    inputTokens =
      inputTokens === undefined || answer.inputTokens === undefined ? undefined : inputTokens + answer.inputTokens;
  }
  return { vectors, ...(inputTokens === undefined ? {} : { inputTokens }) };
}

function embeddingBody(model: string, input: readonly string[], dimensions: number | undefined): Fields {
  return { model, input, encoding_format: 'float', ...(dimensions === undefined ? {} : { dimensions }) };
}

async function readEmbeddings(
  response: Response,
  count: number,
  dialect: ChatDialect,
  { redact, clock }: ProviderDeps,
  signal: AbortSignal,
): Promise<ProviderEmbeddings> {
  const text = await readText(response, signal, MOST_CHARACTERS);
  const body = fieldsOf(parseJson(text));
  if (body && tellsFailure(body)) {
    const words = (dialect.words ?? wordsOf)(body, text);
    throw providerError(response, words, dialect.classify({ status: null, words, json: body }), {
      redact,
      now: clock.now(),
    });
  }
  const rows = listOf(body?.['data']);
  if (!body || !rows) {
    throw new AppError('stream/malformed', 'The address answers, but not as a model API does.', {
      details: { status: response.status, reason: 'not-an-api' },
    });
  }
  const inputTokens =
    numberOf(fieldsOf(body['usage'])?.['prompt_tokens']) ?? numberOf(fieldsOf(body['usage'])?.['total_tokens']);
  return { vectors: inOrder(rows, count), ...(inputTokens === undefined ? {} : { inputTokens }) };
}

/** The vectors by their index; rows without one are in the order of the input. */
function inOrder(rows: readonly unknown[], count: number): readonly (readonly number[])[] {
  const vectors = new Map<number, readonly number[]>();
  rows.forEach((row, place) => {
    const index = numberOf(fieldsOf(row)?.['index']) ?? place;
    const vector = vectorOf(fieldsOf(row)?.['embedding']);
    if (vector) vectors.set(index, vector);
  });
  return Array.from({ length: count }, (_, index) => {
    const vector = vectors.get(index);
    if (!vector || rows.length !== count) {
      throw new AppError(
        'stream/malformed',
        `The provider gave no vector for every text: ${rows.length} for ${count}.`,
      );
    }
    return vector;
  });
}

/** Numbers, or base64 of little-endian 32-bit floats, which some send whatever they are asked for. */
function vectorOf(value: unknown): readonly number[] | undefined {
  if (typeof value === 'string') return fromBase64(value);
  const numbers = listOf(value);
  return numbers?.every((number) => typeof number === 'number') ? numbers : undefined;
}

function fromBase64(text: string): readonly number[] | undefined {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
  if (bytes.length === 0 || bytes.length % 4 !== 0) return undefined;
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / 4 }, (_, index) => view.getFloat32(index * 4, true));
}
