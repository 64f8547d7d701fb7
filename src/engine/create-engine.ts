import type {
  EngineApi,
  EngineGenerateRequest,
  EngineLoadEvent,
  EngineLoadRequest,
  EnginePart,
} from '../contracts/engine.ts';
import { AppError } from '../errors/index.ts';
import { generateReply, type GenerateDeps } from './generate-reply.ts';
import { loadModel, type LoadDeps } from './load-model.ts';
import type { LoadedModel } from './loaded-model.ts';
import { fromRuntimeThrow, isFatal } from './runtime/runtime-error.ts';
import { startWarmUp, type WarmUp } from './warm-up.ts';

/**
 * - `onLoadProgress` is called with 0 to 1 while the thread is blocked and the events of `load` can't get out:
 *   forward it with `postMessage`, which is delivered at once.
 */
export type EngineDeps = LoadDeps & GenerateDeps;

/** The engine of one worker. `dispose` frees the model; the runtime's threads end with their worker. */
export function createEngine(deps: EngineDeps): EngineApi & { dispose(): void } {
  let model: LoadedModel | undefined;
  let warmUp: WarmUp | undefined;
  let lost: AppError | undefined;
  let isBusy = false;

  /** One call at a time; a fatal failure is the answer to every later one. */
  async function* exclusively<Part>(run: () => AsyncIterable<Part>): AsyncGenerator<Part> {
    if (lost !== undefined) throw new AppError(lost.code, lost.message, { details: lost.details, cause: lost });
    if (isBusy) throw new AppError('provider/bad-request', 'The engine is busy with another call.');
    isBusy = true;
    try {
      yield* run();
    } catch (error) {
      throw remember(error);
    } finally {
      isBusy = false;
    }
  }

  function remember(error: unknown): AppError {
    const failure = asEngineError(error);
    if (isFatal(failure)) lost = failure;
    return failure;
  }

  async function* load(request: EngineLoadRequest): AsyncGenerator<EngineLoadEvent> {
    if (model !== undefined) throw new AppError('provider/bad-request', 'This engine has a model already.');
    model = yield* loadModel(request, deps);
    warmUp = startWarmUp(model.decoder, { ...deps, onFailure: remember });
    yield { type: 'ready', info: model.info };
  }

  async function* generate(request: EngineGenerateRequest, signal: AbortSignal): AsyncGenerator<EnginePart> {
    if (model === undefined) throw new AppError('model/not-loaded', 'The engine has no model.');
    await warmUp?.stop();
    if (lost !== undefined) throw lost;
    yield* generateReply(model, request, signal, deps);
  }

  return {
    load: (request) => exclusively(() => load(request)),
    generate: (request, signal) => exclusively(() => generate(request, signal)),
    ping: () => Promise.resolve({ busy: isBusy, heapBytes: model?.runtime.bytes().byteLength ?? 0 }),
    dispose: () => {
      void warmUp?.stop();
      model?.decoder.dispose();
      model = undefined;
    },
  };
}

/** Traps and refused memory can surface anywhere between our calls. */
function asEngineError(error: unknown): AppError {
  const isRuntimeFailure =
    error instanceof WebAssembly.RuntimeError || error instanceof RangeError || typeof error === 'number';
  return isRuntimeFailure ? fromRuntimeThrow(error) : AppError.from(error);
}
