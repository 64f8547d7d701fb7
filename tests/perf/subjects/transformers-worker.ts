import type * as Transformers from '@huggingface/transformers';
import type { BenchPrompt } from '../prompts.ts';
import type { Generation, SubjectOptions } from './bench-subject.ts';

/** Transformers.js in a worker, as its examples have it: model and tokenizer by `from_pretrained`, text by `generate`. */
export type TransformersCall =
  | { readonly call: 'load'; readonly options: SubjectOptions }
  | { readonly call: 'generate'; readonly prompt: string; readonly newTokens: number }
  | { readonly call: 'answer'; readonly prompt: BenchPrompt };

const MODEL = 'smollm2';

interface Opened {
  readonly library: typeof Transformers;
  readonly model: Transformers.PreTrainedModel;
  readonly tokenizer: Transformers.PreTrainedTokenizer;
}
let opened: Opened | undefined;

async function load(options: SubjectOptions): Promise<{ loadMs: number; details: object }> {
  const library = (await import(`${location.origin}/transformers/transformers.min.js`)) as typeof Transformers;
  const { env } = library;
  env.remoteHost = `${location.origin}/`;
  env.remotePathTemplate = 'models/{model}/';
  const build = options.runtime === 'plain' ? '' : `.${options.runtime}`;
  const runtime = `${location.origin}/onnxruntime/ort-wasm-simd-threaded${build}`;
  const wasm = env.backends.onnx.wasm;
  if (wasm === undefined) throw new Error('Transformers.js has no WASM backend');
  wasm.wasmPaths = { mjs: `${runtime}.mjs`, wasm: `${runtime}.wasm` };
  wasm.numThreads = options.threads;
  const start = performance.now();
  const tokenizer = await library.AutoTokenizer.from_pretrained(MODEL);
  const model = await library.AutoModelForCausalLM.from_pretrained(MODEL, {
    device: 'wasm',
    dtype: options.dtype as 'q4',
    session_options: { logSeverityLevel: 3 },
  });
  const loadMs = performance.now() - start;
  opened = { library, model, tokenizer };
  await generate('Hello there, how are you today?', 4);
  return { loadMs, details: { dtype: options.dtype, runtime: options.runtime, isolated: crossOriginIsolated } };
}

async function generate(prompt: string, newTokens: number): Promise<Generation> {
  if (opened === undefined) throw new Error('The model is not loaded');
  const { library, model, tokenizer } = opened;
  const inputs = tokenizer(prompt, { add_special_tokens: false }) as { input_ids: { dims: number[] } };
  const stamps: number[] = [];
  const streamer = new library.TextStreamer(tokenizer, {
    skip_prompt: true,
    callback_function: () => undefined,
    token_callback_function: () => void stamps.push(performance.now()),
  });
  const start = performance.now();
  await model.generate({
    ...inputs,
    max_new_tokens: newTokens,
    min_new_tokens: newTokens,
    do_sample: false,
    streamer,
  });
  const first = stamps[0] ?? NaN;
  const last = stamps.at(-1) ?? NaN;
  return {
    firstTokenMs: first - start,
    tokensPerSecond: stamps.length < 2 ? 0 : (1000 * (stamps.length - 1)) / (last - first),
    tokens: stamps.length,
    inputTokens: inputs.input_ids.dims[1] ?? 0,
    cachedTokens: 0,
    details: {},
  };
}

async function answer(prompt: BenchPrompt): Promise<string> {
  if (opened === undefined) throw new Error('The model is not loaded');
  const { model, tokenizer } = opened;
  const inputs = tokenizer(prompt.rendered, { add_special_tokens: false }) as { input_ids: { dims: number[] } };
  const output = (await model.generate({ ...inputs, max_new_tokens: 16, do_sample: false })) as {
    data: Iterable<bigint>;
  };
  const fresh = Array.from(output.data).slice(inputs.input_ids.dims[1]);
  return tokenizer.decode(fresh, { skip_special_tokens: true });
}

addEventListener('message', ({ data }: MessageEvent<TransformersCall>) => {
  const work =
    data.call === 'load'
      ? load(data.options)
      : data.call === 'generate'
        ? generate(data.prompt, data.newTokens)
        : answer(data.prompt);
  work.then(
    (value) => postMessage({ value }),
    (error: unknown) => postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
