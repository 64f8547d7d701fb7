import type { Attempt, GenerateResult } from '../../contracts/generation.ts';
import type { Backend } from '../../contracts/metrics.ts';
import type { Target } from '../routing/targets.ts';

/** What is known of an attempt however it ended; what is left out is not counted. */
export interface AttemptFacts {
  readonly model: string;
  /** `local`, or the label of a cloud provider. */
  readonly provider?: string;
  /** Name of the secret. */
  readonly key?: string;
  /** The pool that was asked. */
  readonly pool?: string;
  readonly backend?: Backend;
  /** `chat` unless said. */
  readonly operation?: 'chat' | 'embeddings';
  /** In queues. */
  readonly waitedMs?: number;
  /** At the model. */
  readonly tookMs?: number;
  /** From when the model began to work to its first token; null when there was none. */
  readonly firstTokenMs?: number | null;
  /** The same target failed in this request before. */
  readonly isRetry?: boolean;
  /** Another target failed in this request before. */
  readonly isFailover?: boolean;
  readonly sentBytes?: number;
  readonly replyBytes?: number;
  /** The same object for all attempts of one request, and for nothing else. */
  readonly request?: object;
}

/** What is counted of an answer. */
export type AnswerFigures = Pick<GenerateResult, 'usage' | 'cost' | 'timing'> &
  Partial<Pick<GenerateResult, 'finishReason'>>;

/** How an attempt at a model ended. */
export type AttemptEnd = AttemptFacts &
  (
    | { readonly outcome: 'success'; readonly result: AnswerFigures }
    /** Stopped by the caller, or overtaken: neither success nor error. */
    | { readonly outcome: 'aborted' }
    | { readonly outcome: 'error'; readonly code?: string }
  );

/** How a request ended for which no model was asked. */
export interface CacheHit extends Pick<AttemptFacts, 'model' | 'provider' | 'pool' | 'backend'> {
  readonly outcome: 'cached';
}

/** With the wall clock of the end, milliseconds since the epoch. */
export type RecordedEnd<End = AttemptEnd> = End & { readonly endedAt: number };

/** The facts of the attempt that was noted last in its request's route. */
export function factsOf(
  { model, key }: Pick<Target, 'key'> & { readonly model: Pick<Target['model'], 'id' | 'provider'> },
  route: readonly Attempt[],
): AttemptFacts {
  const failed = route.slice(0, -1).filter(({ outcome, code }) => outcome === 'failed' && code !== 'request/aborted');
  const isOwn = (attempt: Attempt): boolean => attempt.model === model.id && (attempt.key ?? null) === key;
  const isRetry = failed.some(isOwn);
  const { waitedMs = 0, tookMs = 0 } = route.at(-1) ?? {};
  return {
    model: model.id,
    provider: model.provider,
    ...(key === null ? {} : { key }),
    backend: backendOf(model.provider),
    ...{ waitedMs, tookMs, isRetry },
    isFailover: !isRetry && failed.length > 0,
    request: route,
  };
}

export function cacheHit({ model, provider, pool }: Pick<GenerateResult, 'model' | 'provider' | 'pool'>): CacheHit {
  return { outcome: 'cached', model, provider, backend: backendOf(provider), ...(pool === undefined ? {} : { pool }) };
}

export function backendOf(provider: string): Backend {
  return provider === 'local' ? 'device' : 'cloud';
}

/** A monitor as requests to one pool tell it; null for requests to a model. */
export function inPool<End extends { readonly pool?: string }>(
  monitor: { readonly record: (end: End) => void },
  pool: string | null,
): { readonly record: (end: End) => void } {
  return pool === null ? monitor : { record: (end) => monitor.record({ ...end, pool }) };
}
