import type { Attempt, AttemptNote, GeneratePart, GenerateResult } from '../contracts/generation.ts';
import type { Clock } from '../contracts/ports.ts';
import { AppError } from '../errors/index.ts';
import { abortErrorOf } from './abort.ts';
import { truncated, type ModelCall, type ModelRequest } from './model.ts';
import type { Monitor } from './monitor.ts';
import type { RequestSlots } from './request-slots.ts';
import type { Target } from './routing/targets.ts';

/** What all attempts of one request share. */
export interface RequestScope {
  readonly signal: AbortSignal;
  readonly startedMs: number;
  readonly route: Attempt[];
  /** What the caller has been sent so far. */
  text: string;
  firstTextMs: number | null;
  /** True once the caller stopped the request or left it. */
  left: boolean;
  emit(part: GeneratePart): void;
}

export interface AttemptDeps {
  readonly clock: Clock;
  readonly slots: RequestSlots;
  readonly monitor: Pick<Monitor, 'record'>;
}

interface Stopwatch {
  readonly startedMs: number;
  /** When the model began to work; null while the request waits. */
  workingSinceMs: number | null;
  readonly notes: AttemptNote[];
}

/** One try at one target. Its end is noted in the route and by the monitor exactly once, however it ends. */
export async function runAttempt(
  deps: AttemptDeps,
  target: Target,
  request: ModelRequest,
  call: ModelCall,
  scope: RequestScope,
): Promise<GenerateResult> {
  const { model, key } = target;
  const asked = { model: model.id, ...(key === null ? {} : { key }) };
  const watch: Stopwatch = { startedMs: deps.clock.monotonicMs(), workingSinceMs: null, notes: [] };
  try {
    const answer = await askTarget(deps, target, request, call, scope, watch);
    scope.route.push({ ...asked, outcome: 'ok', ...durations(deps.clock, watch), ...notesOf(watch) });
    const result = completed(answer, scope, watch, deps.clock.monotonicMs());
    deps.monitor.record({ outcome: 'success', model: model.id, result });
    return result;
  } catch (error) {
    const known = scope.signal.aborted ? abortErrorOf(scope.signal) : AppError.from(error);
    const failed = { ...asked, outcome: 'failed', code: known.code } as const;
    scope.route.push({ ...failed, ...durations(deps.clock, watch), ...notesOf(watch) });
    deps.monitor.record({ outcome: scope.left ? 'aborted' : 'error', model: model.id });
    throw known;
  }
}

async function askTarget(
  deps: AttemptDeps,
  { model, load }: Target,
  request: ModelRequest,
  call: ModelCall,
  scope: RequestScope,
  watch: Stopwatch,
): Promise<GenerateResult> {
  const prepare = (): Promise<void> =>
    model.prepare(scope.signal, (progress) => scope.emit({ type: 'progress', progress }));
  await prepare();
  const release = await deps.slots.acquire(model, scope.signal, (place) =>
    scope.emit({ type: 'progress', progress: { phase: 'queued', place } }),
  );
  const endLoad = load.begin();
  try {
    // The engine may have been lost while this request waited for its turn.
    await prepare();
    watch.workingSinceMs = deps.clock.monotonicMs();
    return await forward(model.generateStream(request, scope.signal, call), scope, watch, deps.clock);
  } finally {
    endLoad(firstTokenMsOf(scope, watch));
    release();
  }
}

function firstTokenMsOf({ firstTextMs }: RequestScope, { workingSinceMs }: Stopwatch): number | null {
  return firstTextMs === null || workingSinceMs === null ? null : firstTextMs - workingSinceMs;
}

async function forward(
  parts: AsyncIterable<GeneratePart>,
  scope: RequestScope,
  watch: Stopwatch,
  clock: Clock,
): Promise<GenerateResult> {
  for await (const part of parts) {
    if (part.type === 'finish') return part.result;
    if (scope.signal.aborted) break;
    if (part.type === 'note') {
      watch.notes.push(part.note);
      continue;
    }
    if (part.type === 'text-delta') scope.text += part.text;
    if (part.type === 'text-replaced') scope.text = part.text;
    if (part.type === 'text-delta' || part.type === 'reasoning-delta') scope.firstTextMs ??= clock.monotonicMs();
    scope.emit(part);
  }
  throw truncated(scope.text);
}

function notesOf(watch: Stopwatch): { readonly notes?: readonly AttemptNote[] } {
  return watch.notes.length === 0 ? {} : { notes: watch.notes };
}

function durations(clock: Clock, watch: Stopwatch): { readonly waitedMs: number; readonly tookMs: number } {
  const now = clock.monotonicMs();
  const working = watch.workingSinceMs ?? now;
  return { waitedMs: working - watch.startedMs, tookMs: now - working };
}

/** The result as the whole request saw it. */
function completed(answer: GenerateResult, scope: RequestScope, watch: Stopwatch, nowMs: number): GenerateResult {
  const totalMs = nowMs - scope.startedMs;
  return {
    ...answer,
    timing: {
      ...answer.timing,
      queuedMs: (watch.workingSinceMs ?? nowMs) - scope.startedMs,
      firstTokenMs: scope.firstTextMs === null ? totalMs : scope.firstTextMs - scope.startedMs,
      totalMs,
    },
    route: scope.route,
  };
}
