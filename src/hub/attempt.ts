import type { Attempt, AttemptNote, GeneratePart, GenerateResult } from '../contracts/generation.ts';
import type { Clock } from '../contracts/ports.ts';
import { AppError } from '../errors/index.ts';
import { abortErrorOf, onAbort } from './abort.ts';
import type { Standing } from './concurrency/callers.ts';
import type { ExpectedTokens, RequestSlots } from './concurrency/request-slots.ts';
import { truncated, type ModelCall, type ModelRequest } from './model.ts';
import { factsOf, type AttemptFacts } from './monitor/attempt-end.ts';
import type { Monitor } from './monitor/create-monitor.ts';
import { utf8Length } from './monitor/utf8-length.ts';
import { promptTokensOf, type FitnessDeps } from './routing/fitness.ts';
import type { Target } from './routing/targets.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** What all attempts of one request share. */
export interface RequestScope {
  readonly signal: AbortSignal;
  /** How it waits for a slot; a request that is not valid never waits. */
  standing: Standing;
  readonly startedMs: number;
  readonly route: Attempt[];
  /** What the caller has been sent so far. */
  text: string;
  firstTextMs: number | null;
  /** True once the caller stopped the request or left it. */
  left: boolean;
  emit(part: GeneratePart): void;
  /** The first text or reasoning is about to be passed on. */
  onFirstText(): void;
}

export interface AttemptDeps {
  readonly clock: Clock;
  readonly slots: RequestSlots;
  readonly monitor: Pick<Monitor, 'record'>;
  readonly fitness: Pick<FitnessDeps, 'estimateTokens'>;
}

interface Stopwatch {
  readonly startedMs: number;
  /** When the model began to work; null while the request waits. */
  workingSinceMs: number | null;
  readonly notes: AttemptNote[];
  /** Bodies that left the device, and text and reasoning that came. */
  sentBytes: number;
  replyBytes: number;
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
  const startedMs = deps.clock.monotonicMs();
  const watch: Stopwatch = { startedMs, workingSinceMs: null, notes: [], sentBytes: 0, replyBytes: 0 };
  try {
    const answer = await askTarget(deps, target, request, call, scope, watch);
    scope.route.push({ ...asked, outcome: 'ok', ...durations(deps.clock, watch), ...notesOf(watch) });
    const result = completed(answer, scope, watch, deps.clock.monotonicMs());
    deps.monitor.record({ outcome: 'success', result, ...measured(target, scope, watch) });
    deps.slots.answered(target);
    return result;
  } catch (error) {
    const known = scope.signal.aborted ? abortErrorOf(scope.signal) : AppError.from(error);
    const failed = { ...asked, outcome: 'failed', code: known.code } as const;
    scope.route.push({ ...failed, ...durations(deps.clock, watch), ...notesOf(watch) });
    const facts = measured(target, scope, watch);
    deps.monitor.record(
      scope.left ? { outcome: 'aborted', ...facts } : { outcome: 'error', code: known.code, ...facts },
    );
    if (!scope.signal.aborted) deps.slots.failed(target, known);
    throw known;
  }
}

/** Once the attempt is noted in the route. */
function measured(target: Target, scope: RequestScope, watch: Stopwatch): AttemptFacts {
  const { sentBytes, replyBytes } = watch;
  return { ...factsOf(target, scope.route), firstTokenMs: firstTokenMsOf(scope, watch), sentBytes, replyBytes };
}

async function askTarget(
  deps: AttemptDeps,
  target: Target,
  request: ModelRequest,
  call: ModelCall,
  scope: RequestScope,
  watch: Stopwatch,
): Promise<GenerateResult> {
  const { model, key, load } = target;
  const prepare = (): Promise<void> =>
    model.prepare(scope.signal, (progress) => scope.emit({ type: 'progress', progress }));
  await prepare();
  const slot = await deps.slots.acquire({
    ...{ model, key, signal: scope.signal, arrivedMs: scope.startedMs, ...scope.standing },
    expectedTokens: () => expectedTokensOf(request, deps.fitness.estimateTokens),
    onPlace: (place) => scope.emit({ type: 'progress', progress: { phase: 'queued', ...place } }),
  });
  const endLoad = load.begin();
  let actualTokens: number | undefined;
  try {
    // The engine may have been lost while this request waited for its turn.
    await prepare();
    watch.workingSinceMs = deps.clock.monotonicMs();
    const answer = await forward(() => model.generateStream(request, scope.signal, call), scope, watch, deps.clock);
    actualTokens = answer.usage.inputTokens + answer.usage.outputTokens;
    return answer;
  } finally {
    endLoad(firstTokenMsOf(scope, watch));
    slot.release(actualTokens);
  }
}

/** Of a reply that may be as long as it likes. */
const TYPICAL_REPLY_TOKENS = 500;

function expectedTokensOf(request: ModelRequest, estimate: (text: string) => number): ExpectedTokens {
  return { prompt: promptTokensOf(request, estimate), reply: request.maxTokens ?? TYPICAL_REPLY_TOKENS };
}

function firstTokenMsOf({ firstTextMs }: RequestScope, { workingSinceMs }: Stopwatch): number | null {
  return firstTextMs === null || workingSinceMs === null ? null : firstTextMs - workingSinceMs;
}

/** Ends as soon as the signal aborts, whether or not the model hears it: nobody holds a slot for a model that is gone. */
async function forward(
  open: () => AsyncIterable<GeneratePart>,
  scope: RequestScope,
  watch: Stopwatch,
  clock: Clock,
): Promise<GenerateResult> {
  const interruption = interruptionOf(scope.signal);
  try {
    for await (const part of untilInterrupted(open, interruption.happened, () => undefined)) {
      if (part.type === 'finish') return part.result;
      if (scope.signal.aborted) break;
      take(part, scope, watch, clock);
    }
  } finally {
    interruption.forget();
  }
  throw truncated(scope.text);
}

function interruptionOf(signal: AbortSignal): { readonly happened: Promise<never>; forget(): void } {
  let forget = (): void => undefined;
  const happened = new Promise<never>((_, reject) => {
    forget = onAbort(signal, () => reject(abortErrorOf(signal)));
  });
  happened.catch(() => undefined); // Whoever races against it hears of it.
  return { happened, forget: () => forget() };
}

function take(
  part: Exclude<GeneratePart, { type: 'finish' }>,
  scope: RequestScope,
  watch: Stopwatch,
  clock: Clock,
): void {
  if (part.type === 'note') {
    watch.notes.push(part.note);
    return;
  }
  if (scope.firstTextMs === null && (part.type === 'text-delta' || part.type === 'reasoning-delta')) {
    scope.onFirstText();
    scope.firstTextMs = clock.monotonicMs();
  }
  if (part.type === 'text-delta' || part.type === 'reasoning-delta') watch.replyBytes += utf8Length(part.text);
  if (part.type === 'request-sent') watch.sentBytes += part.sent.sizeBytes;
  if (part.type === 'text-delta') scope.text += part.text;
  if (part.type === 'text-replaced') scope.text = part.text;
  scope.emit(part);
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
