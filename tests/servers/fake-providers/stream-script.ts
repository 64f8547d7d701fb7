import { fieldsOf } from './exchange.ts';
import type { ScenarioName } from './scenarios.ts';
import { eventText, type SseEvent } from './sse.ts';

/** What happens on the wire, in order. */
export type Step =
  /** `paced` waits for its turn where chunks come at an interval. */
  | { readonly type: 'send'; readonly text: string; readonly paced: boolean }
  | { readonly type: 'wait-slowly' }
  | { readonly type: 'stall' }
  | { readonly type: 'reset' };

/** Text events before the middle, where things go wrong. */
const BEFORE_TROUBLE = 3;

/** A stream's steps under a scenario. `failure` are the events that tell of an error in the middle. */
export function streamScript(
  events: readonly SseEvent[],
  scenario: ScenarioName,
  failure: readonly SseEvent[],
): readonly Step[] {
  const lineEnd = scenario === 'crlf' ? '\r\n' : scenario === 'cr' ? '\r' : '\n';
  const send = (event: SseEvent): Step => ({
    type: 'send',
    text: eventText(event, lineEnd),
    paced: event.kind === 'text' || event.kind === 'reasoning',
  });
  const middle = troublePlace(events);
  const before = events.slice(0, middle);
  const after = events.slice(middle);
  switch (scenario) {
    case 'empty-stream':
      return [];
    case 'no-done':
      return without(events, 'done').map(send);
    case 'no-done-open':
      return [...without(events, 'done').map(send), { type: 'stall' }];
    case 'no-finish-reason':
      return without(events, 'finish', 'usage', 'done').map(send);
    case 'done-without-finish-reason':
      return without(events, 'finish').map(send);
    case 'no-final-blank-line':
      return cutBlankLine(without(events, 'usage', 'done').map(send));
    case 'no-space':
      return events.map(withoutSpace).map(send);
    case 'comments':
      return events.flatMap((event) => [comment(': ping\n\n'), comment(':\n: keep-alive\n'), send(event)]);
    case 'missing-fields':
      return [...before, ...emptyEvents(events), ...after].map(withoutFields).map(send);
    case 'malformed-event':
      return [...before, ...before.slice(-1).map(broken), ...after].map(send);
    case 'error-first-event':
      return failure.map(send);
    case 'error-mid-stream':
      return [...before, ...failure].map(send);
    case 'stall':
      return [...before.map(send), { type: 'stall' }];
    case 'reset':
      return [...before.map(send), { type: 'reset' }];
    case 'slow-first-token': {
      const first = events.findIndex((event) => event.kind !== 'head');
      const head = events.slice(0, first).map(send);
      return [...head, comment(': waiting\n\n'), { type: 'wait-slowly' }, ...events.slice(first).map(send)];
    }
    default:
      return events.map(send);
  }
}

function comment(text: string): Step {
  return { type: 'send', text, paced: false };
}

function without(events: readonly SseEvent[], ...kinds: readonly SseEvent['kind'][]): readonly SseEvent[] {
  return events.filter((event) => !kinds.includes(event.kind));
}

/** After the third text event, or before the last where there are fewer. */
function troublePlace(events: readonly SseEvent[]): number {
  const texts = events.flatMap((event, index) => (event.kind === 'text' ? [index] : []));
  const last = texts[Math.min(BEFORE_TROUBLE, texts.length) - 1];
  return last === undefined ? 0 : last + 1;
}

function cutBlankLine(steps: readonly Step[]): readonly Step[] {
  return steps.map((step, index) =>
    step.type === 'send' && index === steps.length - 1 ? { ...step, text: step.text.replace(/\n+$/u, '') } : step,
  );
}

function withoutSpace(event: SseEvent): SseEvent {
  return { ...event, lines: event.lines.map((line) => line.replace(/^(\w+): /u, '$1:')) };
}

function isJson(line: string): boolean {
  return /^data: ?\{/u.test(line);
}

function broken(event: SseEvent): SseEvent {
  return {
    kind: 'note',
    lines: event.lines.map((line) => (isJson(line) ? line.slice(0, Math.ceil(line.length / 2)) : line)),
  };
}

function emptyEvents(events: readonly SseEvent[]): readonly SseEvent[] {
  const hasChoices = events.some((event) =>
    event.lines.some((line) => line.startsWith('data: {') && line.includes('"choices"')),
  );
  const odd = hasChoices
    ? ['{"choices":[]}', '{"choices":[{"index":0,"finish_reason":null}]}', '{"choices":[{"delta":null}]}']
    : [];
  return ['{}', ...odd].map((text) => ({ kind: 'note', lines: [`data: ${text}`] }));
}

function withoutFields(event: SseEvent): SseEvent {
  const strip = (line: string): string => {
    if (!isJson(line)) return line;
    const {
      id: _id,
      object: _object,
      created: _created,
      model: _model,
      choices,
      ...rest
    } = fieldsOf(JSON.parse(line.slice(5)));
    const plain = Array.isArray(choices) ? { ...rest, choices: choices.map(withoutIndex) } : rest;
    return `data: ${JSON.stringify(plain)}`;
  };
  return { ...event, lines: event.lines.map(strip) };
}

function withoutIndex(choice: unknown): unknown {
  const { index: _index, logprobs: _logprobs, ...rest } = fieldsOf(choice);
  return rest;
}
