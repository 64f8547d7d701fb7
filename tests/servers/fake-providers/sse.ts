/** What an event of a stream is for. */
export type EventKind = 'head' | 'reasoning' | 'text' | 'note' | 'finish' | 'usage' | 'done';

export interface SseEvent {
  readonly kind: EventKind;
  /** Without line ends. */
  readonly lines: readonly string[];
}

/** An event of one `data:` line. */
export function dataEvent(kind: EventKind, value: unknown): SseEvent {
  return { kind, lines: [`data: ${JSON.stringify(value)}`] };
}

export const DONE: SseEvent = { kind: 'done', lines: ['data: [DONE]'] };

/** The bytes' text of an event, its blank line included. */
export function eventText(event: SseEvent, lineEnd: string): string {
  return event.lines.map((line) => line + lineEnd).join('') + lineEnd;
}
