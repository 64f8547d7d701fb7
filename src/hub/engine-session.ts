import type { EngineGenerateRequest, EngineLoadEvent, EngineLoadRequest, EnginePart } from '../contracts/engine.ts';
import type { EngineConnection } from '../contracts/hub.ts';
import type { Clock } from '../contracts/ports.ts';
import type { AppError } from '../errors/index.ts';
import { abortErrorOf, onAbort } from './abort.ts';
import { engineErrorOf, engineLost } from './engine-errors.ts';
import { startTimer } from './timer.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** How long an aborted engine may take to fall silent: a chunk of prefill on a slow device, generously. */
const DRAIN_LIMIT_MS = 15_000;

/** One engine worker, as long as it lives. Streams end with the loss error as soon as the engine is lost. */
export interface EngineSession {
  readonly engineId: string;
  readonly tabId: string;
  readonly threads: number;
  /** Calls back once with the reason when the engine can't be used any more, at once if it can't. */
  onLost(callback: (error: AppError) => void): () => void;
  load(request: EngineLoadRequest): AsyncIterable<EngineLoadEvent>;
  /** Waits until an earlier, aborted generation has fallen silent; ends at once when the signal aborts. */
  generate(request: EngineGenerateRequest, signal: AbortSignal): AsyncIterable<EnginePart>;
  /** Ends the worker; `error` is what running streams throw. */
  stop(error: AppError): void;
}

export interface EngineSessionDeps {
  readonly connection: EngineConnection;
  readonly engineId: string;
  readonly tabId: string;
  readonly threads: number;
  readonly clock: Clock;
  /** Resolves with the reason when the engine or its tab goes away. */
  readonly lost: Promise<AppError>;
  /** Asks the tab to end the worker. */
  readonly terminate: () => void;
}

export function createEngineSession(deps: EngineSessionDeps): EngineSession {
  const { connection, engineId, tabId, threads } = deps;
  const life = createLife(() => {
    connection.dispose();
    deps.terminate();
  });
  void deps.lost.then(life.end);
  let quiet: Promise<void> = Promise.resolve();

  /** The next generation waits for this; an engine that does not fall silent is given up. */
  const awaitSilence = (drained: Promise<void>): void => {
    const cancel = startTimer(deps.clock, DRAIN_LIMIT_MS, () => life.end(engineLost('unresponsive')));
    quiet = drained.finally(cancel);
  };

  async function* load(request: EngineLoadRequest): AsyncGenerator<EngineLoadEvent> {
    const interruption = interruptionOf(life);
    try {
      yield* untilInterrupted(
        () => connection.load(request),
        interruption.happened,
        () => undefined,
      );
    } catch (error) {
      throw engineErrorOf(error);
    } finally {
      interruption.forget();
    }
  }

  async function* generate(request: EngineGenerateRequest, signal: AbortSignal): AsyncGenerator<EnginePart> {
    const interruption = interruptionOf(life, signal);
    const inner = new AbortController();
    try {
      await Promise.race([quiet, interruption.happened]);
      yield* untilInterrupted(
        () => connection.generate(request, inner.signal),
        interruption.happened,
        (drained) => {
          inner.abort(signal.reason);
          awaitSilence(drained);
        },
      );
    } catch (error) {
      throw engineErrorOf(error);
    } finally {
      interruption.forget();
    }
  }

  return { engineId, tabId, threads, onLost: life.onEnd, load, generate, stop: life.end };
}

interface Life {
  readonly end: (error: AppError) => void;
  readonly onEnd: (callback: (error: AppError) => void) => () => void;
}

function createLife(onFirstEnd: () => void): Life {
  const callbacks = new Set<(error: AppError) => void>();
  let ended: AppError | null = null;
  return {
    end(error) {
      if (ended) return;
      ended = error;
      onFirstEnd();
      for (const callback of [...callbacks]) callback(error);
      callbacks.clear();
    },
    onEnd(callback) {
      if (ended) callback(ended);
      else callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
  };
}

/** What ends one stream early: the engine is lost or the signal aborts. A promise per stream, so that none grows a list of listeners. */
function interruptionOf(life: Life, signal?: AbortSignal): { readonly happened: Promise<never>; forget(): void } {
  const stops: (() => void)[] = [];
  const happened = new Promise<never>((_, reject) => {
    stops.push(life.onEnd(reject));
    if (signal) stops.push(onAbort(signal, () => reject(abortErrorOf(signal))));
  });
  happened.catch(() => undefined); // Whoever races against it hears of it.
  return { happened, forget: () => stops.forEach((stop) => stop()) };
}
