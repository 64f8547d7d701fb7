import { numberOf, textOf, type Fields } from './exchange.ts';
import type { ScenarioName } from './scenarios.ts';

/** Length of a vector when nobody asks for another. */
const DIMENSIONS = 16;

/** The vector of a text: its own for every text, of length 1, and 32-bit floats exactly. */
export function vectorOf(text: string, dimensions = DIMENSIONS): readonly number[] {
  let state = 2166136261;
  for (const byte of Buffer.from(text)) state = Math.imul(state ^ byte, 16777619) >>> 0;
  const raw = Array.from({ length: dimensions }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  const length = Math.hypot(...raw) || 1;
  return raw.map((value) => Math.fround(value / length));
}

export interface EmbeddingsAsked {
  readonly model: string;
  readonly texts: readonly string[];
  readonly dimensions: number | undefined;
  readonly base64: boolean;
}

/** What a body of OpenAI's embeddings shape asks. */
export function embeddingsAsked(json: Fields, model = textOf(json['model'])): EmbeddingsAsked {
  const { input } = json;
  return {
    model,
    texts: textsOf(input),
    dimensions: numberOf(json['dimensions']),
    base64: json['encoding_format'] === 'base64',
  };
}

export function textsOf(input: unknown): readonly string[] {
  return (Array.isArray(input) ? input : [input]).filter((text): text is string => typeof text === 'string');
}

export function embeddedTokens(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Math.max(1, Math.ceil(text.length / 4)), 0);
}

/** In the order of the input, or another where the scenario says so. */
export function inOrder<T>(rows: readonly T[], scenario: ScenarioName): readonly T[] {
  return scenario === 'shuffled-embeddings' ? [...rows].reverse() : rows;
}

/** Body of an answer in OpenAI's shape. */
export function openAiEmbeddings(asked: EmbeddingsAsked, scenario: ScenarioName): Record<string, unknown> {
  const rows = asked.texts.map((text, index) => {
    const vector = vectorOf(text, asked.dimensions);
    return { object: 'embedding', index, embedding: asked.base64 ? base64Of(vector) : vector };
  });
  const tokens = embeddedTokens(asked.texts);
  return {
    object: 'list',
    data: inOrder(rows, scenario),
    model: asked.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  return bytes.toString('base64');
}
