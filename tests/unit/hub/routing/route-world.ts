import { DEFAULT_LIMITS, type Limits, type PoolConfig } from '../../../../src/contracts/config.ts';
import type { Attempt } from '../../../../src/contracts/generation.ts';
import type { ModelInfo } from '../../../../src/contracts/model.ts';
import type { Clock } from '../../../../src/contracts/ports.ts';
import { AppError, type ErrorCode } from '../../../../src/errors/index.ts';
import { abortErrorOf } from '../../../../src/hub/abort.ts';
import type { Model, ModelCall } from '../../../../src/hub/model.ts';
import type { Permit } from '../../../../src/hub/routing/circuit-breaker.ts';
import type { RouteRequest } from '../../../../src/hub/routing/fitness.ts';
import type { Lane } from '../../../../src/hub/routing/lanes.ts';
import { createRoutePlans, type Pool } from '../../../../src/hub/routing/route-plan.ts';
import { runRoute } from '../../../../src/hub/routing/run-route.ts';
import { createTargets, type Target } from '../../../../src/hub/routing/targets.ts';
import type { TryOnce } from '../../../../src/hub/routing/try-target.ts';
import { createFakeModel } from '../../../doubles/hub-fake-model.ts';

/** How one try goes: it takes `afterMs`, of which the text comes at `textMs`, and ends well or with a code. */
export interface Script {
  readonly code?: ErrorCode;
  readonly details?: Record<string, unknown>;
  readonly afterMs?: number;
  readonly textMs?: number;
}

export interface ModelOptions extends Partial<Pick<ModelInfo, 'state' | 'contextTokens' | 'price' | 'task'>> {
  readonly provider?: string;
  readonly keys?: readonly string[];
  readonly needsNetwork?: boolean;
}

export function routeModel(id: string, clock: Clock, options: ModelOptions = {}): Model {
  const { provider = 'fake', keys = [null], needsNetwork = true, ...info } = options;
  const model = createFakeModel(id, clock);
  return {
    ...model,
    ...(info.task ? { task: info.task } : {}),
    provider,
    needsNetwork,
    keys: () => keys,
    info: () => ({ ...model.info(), provider, ...info }),
  };
}

export function poolOf(
  models: readonly (Model | Pool)[],
  config: Partial<PoolConfig> = {},
  order: readonly number[] = [],
): Pool {
  return {
    config: { name: 'pool', strategy: 'order', members: [], ...config },
    members: models.map((member, index) => ({ member, weight: 1, order: order[index] ?? index })),
  };
}

/** One request as its caller saw it. */
export interface Asked {
  readonly route: Attempt[];
  /** The targets whose text the caller got, one entry each time a text came. */
  readonly texts: string[];
  /** How many tries had begun when each of the texts came. */
  readonly triesAtText: number[];
  readonly waits: number[];
  readonly calls: { readonly id: string; readonly atMs: number; readonly call: ModelCall }[];
  readonly done: Promise<{ readonly answeredBy: string } | AppError>;
  abort(): void;
}

export interface AskOptions {
  readonly request?: RouteRequest;
  readonly forbids?: (target: Target) => ErrorCode | null;
}

/** Routing with scripted tries: everything of it is real but the models. */
export function createRouteWorld(clock: Clock, change: Partial<Limits> = {}) {
  const limits: Limits = { ...DEFAULT_LIMITS, ...change };
  const random = { next: () => 0.5 };
  const scripts = new Map<string, Script[]>();
  const ledger = { admitted: 0, ended: 0, probes: new Map<string, number>(), mostProbes: 0 };
  const world = {
    limits,
    scripts,
    ledger,
    online: true,
    /** The next tries of a target; after them it answers at once. */
    script: (id: string, ...next: Script[]) => void scripts.set(id, [...(scripts.get(id) ?? []), ...next]),
    targets: createTargets(clock, () => limits),
    ask,
  };
  const plans = createRoutePlans(
    { of: (model) => world.targets.of(model).map((target) => watched(target, ledger)) },
    random,
  );

  function ask(found: Model | Pool, options: AskOptions = {}): Asked {
    const controller = new AbortController();
    const asked: Omit<Asked, 'done' | 'abort'> = { route: [], texts: [], triesAtText: [], waits: [], calls: [] };
    const scope = {
      signal: controller.signal,
      route: asked.route,
      get started() {
        return asked.texts.length > 0;
      },
      onRetry: (_target: Target, _error: AppError, waitMs: number) => void asked.waits.push(waitMs),
    };
    const fitness = {
      monotonicMs: () => clock.monotonicMs(),
      online: () => world.online,
      estimateTokens: (text: string) => text.length,
      ...(options.forbids ? { forbids: options.forbids } : {}),
    };
    const tryOnce: TryOnce<{ answeredBy: string }> = async (target, call, lane) => {
      asked.calls.push({ id: target.id, atMs: clock.monotonicMs(), call });
      return play(clock, scripts.get(target.id)?.shift() ?? {}, target, lane, asked);
    };
    const request = options.request ?? { messages: [{ role: 'user', content: 'Hi' }] };
    const deps = { clock, random, limits: () => world.limits, fitness };
    const done = runRoute(deps, plans.planOf(found), request, scope, tryOnce).catch((error: unknown) =>
      AppError.from(error),
    );
    return { ...asked, done, abort: () => controller.abort() };
  }
  return world;
}

/** Notes its end in the route as an attempt of the hub does. */
async function play(
  clock: Clock,
  { code, details = {}, afterMs = 0, textMs }: Script,
  target: Target,
  lane: Lane,
  asked: Pick<Asked, 'route' | 'texts' | 'triesAtText' | 'calls'>,
): Promise<{ answeredBy: string }> {
  const startedMs = clock.monotonicMs();
  const note = (end: Pick<Attempt, 'outcome' | 'code'>): void => {
    const key = target.key === null ? {} : { key: target.key };
    const tookMs = clock.monotonicMs() - startedMs;
    asked.route.push({ model: target.model.id, ...key, ...end, waitedMs: 0, tookMs });
  };
  try {
    if (textMs !== undefined) {
      await clock.sleep(textMs, lane.signal);
      lane.win();
      asked.texts.push(target.id);
      asked.triesAtText.push(asked.calls.length);
    }
    if (afterMs > 0) await clock.sleep(afterMs - (textMs ?? 0), lane.signal);
    if (code) throw new AppError(code, `${target.id} failed`, { details });
    if (lane.signal.aborted) throw abortErrorOf(lane.signal);
    note({ outcome: 'ok' });
    return { answeredBy: target.id };
  } catch (error) {
    const known = lane.signal.aborted ? abortErrorOf(lane.signal) : AppError.from(error);
    note({ outcome: 'failed', code: known.code });
    throw known;
  }
}

interface Ledger {
  admitted: number;
  ended: number;
  readonly probes: Map<string, number>;
  mostProbes: number;
}

/** The same target, whose permits are counted. A permit that is ended twice is counted twice. */
function watched(target: Target, ledger: Ledger): Target {
  const { breaker, id } = target;
  const admit = (force?: boolean): Permit | null => {
    const permit = breaker.admit(force);
    if (!permit) return null;
    ledger.admitted += 1;
    const count = (by: number): void => void ledger.probes.set(id, (ledger.probes.get(id) ?? 0) + by);
    if (permit.isProbe) count(1);
    ledger.mostProbes = Math.max(ledger.mostProbes, ledger.probes.get(id) ?? 0);
    const ended = (then: () => void): void => {
      ledger.ended += 1;
      if (permit.isProbe) count(-1);
      then();
    };
    return {
      isProbe: permit.isProbe,
      succeeded: () => ended(() => permit.succeeded()),
      failed: (error) => ended(() => permit.failed(error)),
      cancelled: () => ended(() => permit.cancelled()),
    };
  };
  return {
    ...target,
    breaker: {
      get state() {
        return breaker.state;
      },
      get weightFactor() {
        return breaker.weightFactor;
      },
      admit,
      reset: () => breaker.reset(),
    },
  };
}
