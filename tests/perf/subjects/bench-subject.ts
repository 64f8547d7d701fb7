import type { ChatMessage } from '../../../src/contracts/generation.ts';
import type { BenchPrompt } from '../prompts.ts';

/** What an engine shows the bench, inside its page. Every time is taken in the page, from the call on. */
export interface BenchSubject {
  /** Fetches the model into the browser's storage and runs it once. */
  prepare(): Promise<void>;
  /** From the browser's storage into memory, ready to answer. */
  load(): Promise<{ readonly loadMs: number; readonly details: object }>;
  /** Reads the prompt and writes `newTokens` tokens, greedily, nothing known from earlier prompts. */
  generate(prompt: BenchPrompt, newTokens: number): Promise<Generation>;
  answer(question: BenchPrompt): Promise<string>;
  /** A turn of a conversation; what was read before may be known. Only the app has it. */
  chat?(messages: readonly ChatMessage[], newTokens: number): Promise<ChatTurn>;
}

export interface Generation {
  readonly firstTokenMs: number;
  /** Tokens after the first, per second; 0 for fewer than two. */
  readonly tokensPerSecond: number;
  /** Tokens written. */
  readonly tokens: number;
  /** Tokens of the prompt. */
  readonly inputTokens: number;
  /** Of these, tokens that were not computed again. */
  readonly cachedTokens: number;
  readonly details: object;
}

export interface ChatTurn extends Generation {
  readonly text: string;
}

/** What a subject must know; set before its script runs. */
export interface SubjectOptions {
  readonly modelId: string;
  /** Of the peers that take a number of threads. */
  readonly threads: number;
  /** dtype of Transformers.js. */
  readonly dtype: string;
  /** Build of ONNX Runtime: `asyncify` is what Transformers.js takes by itself, `plain` the smallest. */
  readonly runtime: string;
}

declare global {
  var benchSubject: BenchSubject | undefined;
  var benchOptions: SubjectOptions;
}
