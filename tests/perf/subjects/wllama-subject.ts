import type { BenchSubject, Generation } from './bench-subject.ts';

/** `@wllama/wllama` in a page, with its own cache of the GGUF. */
const END_OF_TEXT_TOKENS = { '2': -1000, '0': -1000 };
/** What llama.cpp's server tells of a request. */
interface Timings {
  readonly prompt_n?: number;
  readonly cache_n?: number;
}

/** The part of the package that is used here; its own types are sources that do not pass our compiler options. */
interface WllamaLibrary {
  readonly Wllama: new (paths: { default: string }, config: object) => Wllama;
  readonly LoggerWithoutDebug: object;
}
interface Wllama {
  readonly cacheManager: { list(): Promise<readonly object[]> };
  loadModelFromUrl(url: string, parameters: object): Promise<void>;
  isMultithread(): boolean;
  getNumThreads(): number;
  createCompletion(request: object): Promise<AsyncIterable<CompletionChunk>>;
  exit(): Promise<void>;
}
interface CompletionChunk {
  readonly choices: readonly { readonly text?: string; readonly finish_reason?: string | null }[];
  readonly timings?: Timings;
}
let engine: Wllama | undefined;

async function open(): Promise<{ loadMs: number; details: object }> {
  const library = (await import(`${location.origin}/wllama/index.js`)) as WllamaLibrary;
  const start = performance.now();
  engine = new library.Wllama(
    { default: `${location.origin}/wllama/wasm/wllama.wasm` },
    { logger: library.LoggerWithoutDebug, suppressNativeLog: true },
  );
  await engine.loadModelFromUrl(`${location.origin}/models/smollm2/model.gguf`, {
    n_gpu_layers: 0,
    n_threads: benchOptions.threads,
    n_ctx: 2048,
  });
  const loadMs = performance.now() - start;
  const cached = await engine.cacheManager.list();
  return {
    loadMs,
    details: { multithread: engine.isMultithread(), threads: engine.getNumThreads(), cachedFiles: cached.length },
  };
}

async function complete(prompt: string, newTokens: number, mayEnd: boolean): Promise<Generation & { text: string }> {
  if (engine === undefined) throw new Error('wllama is not loaded');
  const stamps: number[] = [];
  let text = '';
  let timings: Timings = {};
  const start = performance.now();
  const chunks = await engine.createCompletion({
    prompt,
    max_tokens: newTokens,
    temperature: 0,
    top_k: 1,
    stream: true,
    cache_prompt: false,
    timings_per_token: true,
    ...(mayEnd ? {} : { logit_bias: END_OF_TEXT_TOKENS }),
  });
  for await (const chunk of chunks) {
    const choice = chunk.choices[0];
    if (typeof choice?.finish_reason !== 'string') stamps.push(performance.now());
    text += choice?.text ?? '';
    timings = chunk.timings ?? timings;
  }
  return {
    ...speeds(start, stamps),
    text,
    tokens: stamps.length,
    inputTokens: (timings.prompt_n ?? 0) + (timings.cache_n ?? 0),
    cachedTokens: timings.cache_n ?? 0,
    details: { timings },
  };
}

function speeds(start: number, stamps: readonly number[]): { firstTokenMs: number; tokensPerSecond: number } {
  const first = stamps[0] ?? NaN;
  const last = stamps.at(-1) ?? NaN;
  return {
    firstTokenMs: first - start,
    tokensPerSecond: stamps.length < 2 ? 0 : (1000 * (stamps.length - 1)) / (last - first),
  };
}

const subject: BenchSubject = {
  async prepare() {
    await open();
    await complete('Hello', 4, false);
    await engine?.exit();
  },
  async load() {
    const outcome = await open();
    await complete('Hello', 4, false);
    return outcome;
  },
  generate: (prompt, newTokens) => complete(prompt.rendered, newTokens, false),
  answer: async (question) => (await complete(question.rendered, 24, true)).text,
};
globalThis.benchSubject = subject;
