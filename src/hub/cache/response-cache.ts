import type { Limits } from '../../contracts/config.ts';
import type { GeneratePart, GenerateResult, WireGenerateRequest } from '../../contracts/generation.ts';
import type { Clock } from '../../contracts/ports.ts';
import type { CacheStats } from '../../contracts/spend.ts';
import type { Model, ModelRequest } from '../model.ts';
import { isPool, type Pool } from '../routing/route-plan.ts';
import { createAnswerCache } from './answer-cache.ts';
import { cachedResult, replayOf } from './replay.ts';
import { createRequestKeys } from './request-key.ts';
import { createSharedAnswers, type AnswerCall, type AnswerReader } from './shared-answers.ts';

export interface CacheReader extends AnswerReader {
  readonly startedMs: number;
}

/** Answers again what was answered before, for requests that ask for it. */
export interface ResponseCache {
  /** A request says so itself, or else the pool that it asks; never while `cache_size` is 0. */
  isAsked(found: Model | Pool, request: Pick<WireGenerateRequest, 'cache'>): boolean;
  /** From the cache, together with an identical request that is under way, or by the call that `start` begins. */
  answer(
    found: Model | Pool,
    request: ModelRequest,
    reader: CacheReader,
    start: (emit: (part: GeneratePart) => void) => AnswerCall,
  ): Promise<GenerateResult>;
  clear(): void;
  stats(): CacheStats;
}

export interface ResponseCacheDeps {
  readonly clock: Clock;
  readonly limits: () => Pick<Limits, 'cacheSize' | 'cacheTtlMs'>;
}

export function createResponseCache(deps: ResponseCacheDeps): ResponseCache {
  const answers = createAnswerCache(deps);
  const keys = createRequestKeys();
  const shared = createSharedAnswers();
  const tookMs = ({ startedMs }: CacheReader): number => deps.clock.monotonicMs() - startedMs;

  return {
    isAsked: (found, { cache }) => answers.isOn && (cache ?? (isPool(found) && found.config.cache === true)),
    async answer(found, request, reader, start) {
      const key = keys.keyOf(found, request);
      const known = answers.find(key);
      if (known) {
        answers.count('hit');
        for (const part of replayOf(known)) reader.emit(part);
        return cachedResult(known, tookMs(reader));
      }
      const { era } = answers;
      // Who asks after a `clear` wants nothing of before it.
      const { result, pays, began } = await shared.join(`${era}\n${key}`, reader, (emit) => {
        answers.count('miss');
        const call = start(emit);
        const kept = call.result.then((made) => {
          answers.keep(key, made, era);
          return made;
        });
        return { ...call, result: kept };
      });
      if (!began) answers.count('hit');
      return pays ? result : cachedResult(result, tookMs(reader));
    },
    clear: answers.clear,
    stats: answers.stats,
  };
}
