import type {
  EngineGenerateRequest,
  EngineLoadEvent,
  EngineLoadRequest,
  EnginePart,
} from '../../src/contracts/engine.ts';
import type { WireError } from '../../src/contracts/error.ts';
import type { EngineConnection } from '../../src/contracts/hub.ts';
import type { AttachedTab } from '../../src/contracts/hub-runtime.ts';
import type { Clock } from '../../src/contracts/ports.ts';
import { AppError } from '../../src/errors/index.ts';

/** What engines do. Times in milliseconds. */
export interface EngineScript {
  readonly tokens: readonly string[];
  /** Every token carries the number of its generation and its own: `3.0 `, `3.1 `. */
  readonly numbered?: boolean;
  readonly startMs: number;
  readonly loadMs: number;
  readonly prefillMs: number;
  readonly tokenMs: number;
  /** Between the signal and the end of the stream. */
  readonly abortMs: number;
  readonly finishReason: 'stop' | 'length';
  /** Faults of the engines that are started from now on, one each, in order. */
  readonly faults: EngineFault[];
}

export type EngineFault =
  | { readonly kind: 'none' }
  | { readonly kind: 'start-fails' }
  | { readonly kind: 'start-hangs' }
  | { readonly kind: 'load-dies' }
  | { readonly kind: 'load-corrupt' }
  | { readonly kind: 'out-of-memory' }
  /** Dies, hangs, or ends its stream without a finish, at this token. */
  | { readonly kind: 'dies-at' | 'hangs-at' | 'truncates-at'; readonly token: number };

let generations = 0;

export const DEFAULT_SCRIPT: EngineScript = {
  tokens: ['The ', 'capital ', 'is ', 'Paris', '.'],
  startMs: 10,
  loadMs: 100,
  prefillMs: 50,
  tokenMs: 20,
  abortMs: 5,
  finishReason: 'stop',
  faults: [],
};

export interface FakeEngine {
  readonly engineId: string;
  readonly requests: EngineGenerateRequest[];
  readonly loads: EngineLoadRequest[];
  /** Text of each generation that left the engine. */
  readonly sent: string[];
  overlaps: number;
  busy: number;
  disposed: boolean;
  die(): void;
}

export interface FakeTab {
  readonly attached: AttachedTab;
  readonly engines: FakeEngine[];
  readonly stopped: string[];
  close(): void;
}

export interface FakeTabOptions {
  readonly tabId: string;
  readonly threads: number;
  readonly visible?: boolean;
  readonly clock: Clock;
  readonly script: () => EngineScript;
}

export function createFakeTab(options: FakeTabOptions): FakeTab {
  const engines: FakeEngine[] = [];
  const stopped: string[] = [];
  let close = (): void => undefined;
  const lost = new Promise<void>((resolve) => {
    close = resolve;
  });
  let closed = false;
  void lost.then(() => {
    closed = true;
  });
  return {
    engines,
    stopped,
    close: () => close(),
    attached: {
      tabId: options.tabId,
      engineThreads: options.threads,
      lost,
      ...(options.visible === undefined ? {} : { visible: options.visible }),
      tabApi: {
        async startEngine(engineId) {
          if (closed) throw new AppError('hub/lost', 'The tab is gone.');
          const script = options.script();
          const fault = script.faults.shift() ?? { kind: 'none' };
          if (fault.kind === 'start-hangs') return new Promise<never>(() => undefined);
          await options.clock.sleep(script.startMs);
          if (fault.kind === 'start-fails') throw new AppError('app/internal', 'The worker script is missing.');
          const { engine, connection } = createFakeEngine(engineId, fault, options);
          engines.push(engine);
          void lost.then(engine.die);
          return connection;
        },
        async stopEngine(engineId) {
          stopped.push(engineId);
        },
      },
    },
  };
}

function createFakeEngine(engineId: string, fault: EngineFault, { clock, script }: FakeTabOptions) {
  let loseWith = (_error: WireError): void => undefined;
  const lost = new Promise<WireError>((resolve) => {
    loseWith = resolve;
  });
  const never = new Promise<never>(() => undefined);
  const engine: FakeEngine = {
    engineId,
    requests: [],
    loads: [],
    sent: [],
    overlaps: 0,
    busy: 0,
    disposed: false,
    die: () =>
      loseWith(new AppError('engine/lost', 'The worker died.', { details: { reason: 'no-heartbeat' } }).toWire()),
  };

  async function* load(request: EngineLoadRequest): AsyncGenerator<EngineLoadEvent> {
    engine.loads.push(request);
    yield { type: 'progress', fraction: 0.5 };
    await clock.sleep(script().loadMs);
    if (fault.kind === 'load-corrupt') {
      throw new AppError('storage/corrupt', 'A file is damaged.', { details: { path: 'weights.gguf' } });
    }
    if (fault.kind === 'out-of-memory') throw new AppError('engine/out-of-memory', 'No memory.');
    if (fault.kind === 'load-dies') {
      engine.die();
      await never;
    }
    const { threads, contextTokens, manifest } = request;
    const info = { modelName: manifest.name, device: 'wasm', threads, contextTokens, loadMs: 1, heapBytes: 1 } as const;
    yield { type: 'ready', info };
  }

  /** Waits like the real engine: the signal is seen between two steps of work. */
  const work = async (ms: number, signal: AbortSignal): Promise<void> => {
    await clock.sleep(ms, signal).catch(() => clock.sleep(script().abortMs));
    if (signal.aborted) throw new AppError('request/aborted', 'The request was aborted.');
  };

  async function* generate(request: EngineGenerateRequest, signal: AbortSignal): AsyncGenerator<EnginePart> {
    if (engine.busy > 0) {
      engine.overlaps += 1;
      throw new AppError('provider/bad-request', 'The engine is busy.');
    }
    engine.busy += 1;
    engine.requests.push(request);
    const at = engine.sent.push('') - 1;
    try {
      const { tokens, prefillMs, tokenMs, finishReason } = script();
      const inputTokens = request.messages.length * 10;
      yield { type: 'prefill', processedTokens: 0, totalTokens: inputTokens, cachedTokens: 0 };
      await work(prefillMs, signal);
      generations += 1;
      const generation = generations;
      for (const [index, word] of tokens.entries()) {
        const token = script().numbered ? `${generation}.${index} ` : word;
        if (fault.kind === 'dies-at' && fault.token === index) {
          engine.die();
          await never;
        }
        if (fault.kind === 'hangs-at' && fault.token === index) await never;
        if (fault.kind === 'truncates-at' && fault.token === index) return;
        engine.sent[at] = `${engine.sent[at] ?? ''}${token}`;
        yield { type: 'text-delta', text: token };
        await work(tokenMs, signal);
      }
      yield {
        type: 'finish',
        finishReason,
        inputTokens,
        cachedTokens: 0,
        outputTokens: tokens.length,
        firstTokenMs: prefillMs,
        decodeMs: tokens.length * tokenMs,
      };
    } finally {
      engine.busy -= 1;
    }
  }

  const connection: EngineConnection = {
    load,
    generate,
    ping: async () => ({ busy: engine.busy > 0, heapBytes: 1 }),
    lost,
    dispose() {
      engine.disposed = true;
    },
  };
  return { engine, connection };
}
