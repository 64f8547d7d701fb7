import type { Random } from '../../contracts/ports.ts';
import type { AnswerFigures, RecordedEnd } from './attempt-end.ts';

/** An attempt as a span of a trace; attempts of one request share the trace. Holds no text of anybody. */
export interface AttemptSpan {
  /** 32 and 16 hexadecimal digits. */
  readonly traceId: string;
  readonly spanId: string;
  /** Grows by one with each span. */
  readonly place: number;
  readonly end: RecordedEnd;
}

/** The last attempts, oldest first. */
export interface RecentSpans {
  add(end: RecordedEnd): void;
  /** Those after a place; all of them without one. */
  after(place?: number): readonly AttemptSpan[];
  clear(): void;
}

export const MOST_SPANS = 500;

export function createRecentSpans(random: Pick<Random, 'next'>, most: number = MOST_SPANS): RecentSpans {
  const spans: (AttemptSpan | undefined)[] = [];
  const traces = new WeakMap<object, string>();
  // Drawn once: spans of two hubs never have the same id.
  const [traceBegin, spanBegin] = [hex(random, 16), hex(random, 8)];
  let places = 0;

  const traceIdOf = (request: object | undefined): string => {
    const known = request && traces.get(request);
    if (known !== undefined) return known;
    const made = traceBegin + places.toString(16).padStart(16, '0');
    if (request) traces.set(request, made);
    return made;
  };
  return {
    add(end) {
      places += 1;
      const spanId = spanBegin + places.toString(16).padStart(8, '0');
      spans[places % most] = { traceId: traceIdOf(end.request), spanId, place: places, end: withoutTexts(end) };
    },
    after(place = 0) {
      const kept = spans.filter((span) => span !== undefined);
      return kept.filter((span) => span.place > place).sort((one, other) => one.place - other.place);
    },
    clear() {
      spans.length = 0;
    },
  };
}

/** A request's route and a result's text are nobody's business here, and would be kept alive. */
function withoutTexts(end: RecordedEnd): RecordedEnd {
  const { request: _request, ...rest } = end;
  if (rest.outcome !== 'success') return rest;
  return { ...rest, result: figuresOnly(rest.result) };
}

function figuresOnly({ usage, cost, timing, finishReason }: AnswerFigures): AnswerFigures {
  return { usage, cost, timing, ...(finishReason === undefined ? {} : { finishReason }) };
}

function hex(random: Pick<Random, 'next'>, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random.next() * 16).toString(16)).join('');
}
