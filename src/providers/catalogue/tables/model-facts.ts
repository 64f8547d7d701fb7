import type { CataloguePrice } from '../catalogue-price.ts';

/** What a shipped table says of one model; what it does not know is left out. */
export interface ModelFacts {
  readonly name: string;
  /** Other spellings of the same model. */
  readonly aliases?: readonly string[];
  /** `text_generation` unless said. */
  readonly task?: 'embedding';
  /** Prompt and reply together; with embeddings one text. */
  readonly contextTokens?: number;
  readonly maxOutputTokens?: number;
  readonly reasoning?: boolean;
  readonly price?: CataloguePrice;
  /** `YYYY-MM-DD`: the provider serves it until then. */
  readonly end?: string;
  /** Over, the day not known. */
  readonly hasEnded?: true;
  /** What to use in its place, also where nothing ends. */
  readonly successor?: string;
}
