import type { Attempt, GeneratePart, GenerateResult, WireGenerateRequest } from '../contracts/generation.ts';
import type { Clock } from '../contracts/ports.ts';
import { AppError } from '../errors/index.ts';
import { abortErrorOf, onAbort, orAborted } from './abort.ts';
import { absorbParts } from './absorb-parts.ts';
import { createAsyncQueue } from './async-queue.ts';
import { runAttempt, type AttemptDeps, type RequestScope } from './attempt.ts';
import { isPool, type Pool, type RoutePlans } from './routing/route-plan.ts';
import { runRoute, type RouteDeps } from './routing/run-route.ts';
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

export interface RouterDeps extends AttemptDeps, RouteDeps {
  readonly models: { find(id?: string): Promise<Model | Pool> };
  readonly plans: RoutePlans;
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
  const found = await orAborted(deps.models.find(request.model), scope.signal);
  const result = await runRoute(deps, deps.plans.planOf(found), asked, routeScopeOf(scope), (target, call) =>
    runAttempt(deps, target, asked, call, scope),
  );
  return isPool(found) ? { ...result, pool: found.config.name } : result;
}

function routeScopeOf(scope: RequestScope) {
  return {
    signal: scope.signal,
    route: scope.route,
    get started() {
      return scope.firstTextMs !== null;
    },
    onRetry: ({ model }: { readonly model: Model }, { code }: AppError, waitMs: number) =>
      scope.emit({ type: 'progress', progress: { phase: 'retrying', model: model.id, code, waitMs } }),
  };
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
