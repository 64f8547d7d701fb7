import type { BenchSubject, Generation } from './bench-subject.ts';
import type { TransformersCall } from './transformers-worker.ts';

/** Transformers.js behind a worker of its own; see transformers-worker.ts. */
let worker: Worker | undefined;

function call<Value>(request: TransformersCall): Promise<Value> {
  const target = (worker ??= new Worker('/transformers-worker.js', { type: 'module' }));
  return new Promise((resolve, reject) => {
    target.onmessage = ({ data }: MessageEvent<{ value: Value; error?: string }>) => {
      if (data.error === undefined) resolve(data.value);
      else reject(new Error(data.error));
    };
    target.onerror = (event) => reject(new Error(`worker: ${event.message}`));
    target.postMessage(request);
  });
}

const load = (): Promise<{ loadMs: number; details: object }> => call({ call: 'load', options: benchOptions });
const subject: BenchSubject = {
  async prepare() {
    await load();
  },
  load,
  generate: (prompt, newTokens) => call<Generation>({ call: 'generate', prompt: prompt.rendered, newTokens }),
  answer: (question) => call<string>({ call: 'answer', prompt: question }),
};
globalThis.benchSubject = subject;
