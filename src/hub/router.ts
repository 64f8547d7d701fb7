import type { Attempt, GeneratePart, GenerateResult, WireGenerateRequest } from '../contracts/generation.ts';
import type { Clock } from '../contracts/ports.ts';
import { AppError } from '../errors/index.ts';
import { abortErrorOf, onAbort, orAborted } from './abort.ts';
import { absorbParts } from './absorb-parts.ts';
import { createAsyncQueue } from './async-queue.ts';
import { runAttempt, type AttemptDeps, type RequestScope } from './attempt.ts';
import { startTimer } from './timer.ts';
import type { Model } from './model.ts';
import { validateRequest } from './validate-request.ts';

/** The one path of all requests, of chats and of callers. */
export interface Router {
  /**
   * The answer to a request, to be iterated once: iterating starts it, leaving aborts it. It runs at the model's pace,
   * not the reader's, so that a reader who falls asleep holds no slot. Throws AppErrors with `details.text` and
   * `details.route`.
   */
  readonly generateStream: (request: WireGenerateRequest, signal?: AbortSignal) => AsyncIterable<GeneratePart>;
}

export interface RouterDeps extends AttemptDeps {
  readonly models: { resolve(id?: string): Promise<Model> };
  readonly clock: Clock;
}

export function createRouter(deps: RouterDeps): Router {
  return {
    generateStream: (request, signal) => ({ [Symbol.asyncIterator]: () => startRequest(deps, request, signal) }),
  };
}

function startRequest(
  deps: RouterDeps,
  request: WireGenerateRequest,
  callerSignal?: AbortSignal,
): AsyncIterator<GeneratePart> {
  const controller = new AbortController();
  const queue = createAsyncQueue<GeneratePart>({ absorb: absorbParts, onReturn: () => scope.leave(aborted()) });
  const scope = createScope(deps.clock, controller, (part) => queue.push(part));
  const stopListening = callerSignal
    ? onAbort(callerSignal, () => scope.leave(abortErrorOf(callerSignal)))
    : () => undefined;
  const stopDeadline = startDeadline(deps.clock, request.timeoutMs, controller);
  const cleanUp = (): void => {
    stopListening();
    stopDeadline();
  };
  answer(deps, request, scope)
    .finally(cleanUp)
    .then(
      (result) => {
        queue.push({ type: 'finish', result });
        queue.end();
      },
      (error: unknown) => queue.fail(errorOfRequest(error, scope)),
    );
  return queue;
}

async function answer(deps: RouterDeps, request: WireGenerateRequest, scope: RequestScope): Promise<GenerateResult> {
  const asked = validateRequest(request);
  const model = await orAborted(deps.models.resolve(request.model), scope.signal);
  for (let triesLeft = 1; ; triesLeft -= 1) {
    try {
      return await runAttempt(deps, model, asked, scope);
    } catch (error) {
      if (triesLeft === 0 || !canRetrySilently(error, scope)) throw error;
    }
  }
}

/** Only a lost engine, before anything was seen of its answer, and not when it keeps dying or no tab can host it. */
function canRetrySilently(error: unknown, scope: RequestScope): boolean {
  if (!(error instanceof AppError) || error.code !== 'engine/lost') return false;
  const { deaths, reason } = error.details;
  return scope.text === '' && !scope.signal.aborted && deaths === undefined && reason !== 'no-tab';
}

function createScope(
  clock: Clock,
  controller: AbortController,
  emit: (part: GeneratePart) => void,
): RequestScope & { leave(error: AppError): void } {
  const route: Attempt[] = [];
  return {
    signal: controller.signal,
    startedMs: clock.monotonicMs(),
    route,
    text: '',
    firstTextMs: null,
    left: false,
    emit,
    leave(error) {
      this.left = true;
      controller.abort(error);
    },
  };
}

/** A deadline that is not valid is refused with the rest of the request. */
function startDeadline(clock: Clock, timeoutMs: number | undefined, controller: AbortController): () => void {
  if (timeoutMs === undefined || !(timeoutMs > 0)) return () => undefined;
  return startTimer(clock, timeoutMs, () =>
    controller.abort(
      new AppError('timeout/total', `The request took longer than ${timeoutMs} ms.`, { details: { timeoutMs } }),
    ),
  );
}

function aborted(): AppError {
  return new AppError('request/aborted', 'The request was aborted.');
}

function errorOfRequest(error: unknown, scope: RequestScope): AppError {
  const known = AppError.from(error);
  return new AppError(known.code, known.message, {
    details: { ...known.details, text: scope.text, route: scope.route },
    cause: known,
  });
}
