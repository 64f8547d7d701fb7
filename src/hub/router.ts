import type { Attempt, GeneratePart, GenerateResult, WireGenerateRequest } from '../contracts/generation.ts';
import type { Clock } from '../contracts/ports.ts';
import { AppError } from '../errors/index.ts';
import { abortErrorOf, onAbort, orAborted } from './abort.ts';
import { absorbParts } from './absorb-parts.ts';
import { createAsyncQueue } from './async-queue.ts';
import { runAttempt, type AttemptDeps, type RequestScope } from './attempt.ts';
import { createBudgetRule } from './budget/budget-rule.ts';
import type { Budget } from './budget/create-budget.ts';
import type { CacheReader, ResponseCache } from './cache/response-cache.ts';
import type { AnswerCall } from './cache/shared-answers.ts';
import { standingOf } from './concurrency/callers.ts';
import { isPool, type Pool, type RoutePlans } from './routing/route-plan.ts';
import type { Lane } from './routing/lanes.ts';
import { runRoute, type RouteDeps } from './routing/run-route.ts';
import { cacheHit, inPool } from './monitor/attempt-end.ts';
import { startTimer } from './timer.ts';
import type { Model, ModelRequest } from './model.ts';
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
  readonly fitness: RouteDeps['fitness'];
  readonly models: { find(id?: string): Promise<Model | Pool> };
  readonly plans: RoutePlans;
  readonly budget: Pick<Budget, 'ready' | 'excess'>;
  readonly cache: Pick<ResponseCache, 'isAsked' | 'answer'>;
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
  scope.standing = standingOf(request);
  const found = await orAborted(deps.models.find(request.model), scope.signal);
  if (!deps.cache.isAsked(found, request)) return ask(deps, found, asked, scope);
  const result = await deps.cache.answer(found, asked, readerOf(deps.clock, scope), (emit) =>
    startCall(deps, found, asked, scope.standing, emit),
  );
  if (result.cached === true) deps.monitor.record(cacheHit(result));
  return result;
}

/** Asks those who can answer, as far as the budget goes. */
async function ask(
  deps: RouterDeps,
  found: Model | Pool,
  asked: ModelRequest,
  scope: RequestScope,
): Promise<GenerateResult> {
  await orAborted(deps.budget.ready(), scope.signal);
  const pool = isPool(found) ? found.config.name : null;
  const monitor = inPool(deps.monitor, pool);
  const rule = createBudgetRule(deps.budget, asked, pool);
  const fitness: RouteDeps['fitness'] = {
    ...deps.fitness,
    forbids: (target, tokens) => deps.fitness.forbids?.(target, tokens) ?? rule.forbids(target, tokens),
  };
  try {
    const plan = deps.plans.planOf(found);
    const result = await runRoute({ ...deps, fitness }, plan, asked, routeScopeOf(scope), (target, call, lane) =>
      runAttempt({ ...deps, monitor }, target, asked, call, scopeOfLane(scope, lane)),
    );
    return pool === null ? result : { ...result, pool };
  } catch (error) {
    throw rule.explained(error);
  }
}

/** A call for whoever reads its answer: it has a scope of its own, which ends with the last of them. */
function startCall(
  deps: RouterDeps,
  found: Model | Pool,
  asked: ModelRequest,
  standing: RequestScope['standing'],
  emit: (part: GeneratePart) => void,
): AnswerCall {
  const controller = new AbortController();
  const scope = createScope(deps.clock, controller, emit);
  scope.standing = standing;
  return {
    result: ask(deps, found, asked, scope),
    route: scope.route,
    end(reason, left) {
      scope.left = left;
      controller.abort(reason);
    },
  };
}

/** A request as a reader of an answer that others may read too. */
function readerOf(clock: Clock, scope: RequestScope): CacheReader {
  return {
    signal: scope.signal,
    startedMs: scope.startedMs,
    route: scope.route,
    get left() {
      return scope.left;
    },
    emit(part) {
      if (part.type === 'text-delta') scope.text += part.text;
      if (part.type === 'text-replaced') scope.text = part.text;
      if (part.type === 'text-delta' || part.type === 'reasoning-delta') scope.firstTextMs ??= clock.monotonicMs();
      scope.emit(part);
    },
  };
}

/** A request's scope as one of its lanes sees it. */
function scopeOfLane(scope: RequestScope, lane: Lane): RequestScope {
  let held: GeneratePart | null = null;
  return {
    signal: lane.signal,
    standing: scope.standing,
    startedMs: scope.startedMs,
    route: scope.route,
    get text() {
      return scope.text;
    },
    set text(text) {
      scope.text = text;
    },
    get firstTextMs() {
      return scope.firstTextMs;
    },
    set firstTextMs(ms) {
      scope.firstTextMs = ms;
    },
    get left() {
      return scope.left || lane.fate === 'lost';
    },
    emit(part) {
      // What one lane leaves out of the context is no news while the other may answer.
      if (part.type === 'context-trimmed' && lane.fate === 'open') held = part;
      else scope.emit(part);
    },
    onFirstText() {
      lane.win();
      if (held) scope.emit(held);
      held = null;
    },
  };
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
    standing: { caller: '', priority: 'interactive' },
    startedMs: clock.monotonicMs(),
    route,
    text: '',
    firstTextMs: null,
    left: false,
    emit,
    onFirstText: () => undefined,
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
