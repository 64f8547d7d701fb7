import type { Endpoint } from 'comlink';
import { isOneOf, ownValue } from './messages.ts';
import { ANSWER_HANDLERS, ARGUMENT_HANDLERS } from './transfer-handlers.ts';

type Listener = (event: MessageEvent) => void;

/**
 * A port as Comlink sees it, with everything filtered out that is not a message of ours: Comlink itself walks any property
 * path it is sent, and trips over values it does not know.
 */
export function guardedEndpoint(port: MessagePort, accepts: (data: unknown) => boolean): Endpoint {
  const guards = new Map<unknown, Listener>();
  return {
    postMessage: (message: unknown, transfer: Transferable[] = []) => port.postMessage(message, transfer),
    addEventListener: (_type: string, listener: EventListenerOrEventListenerObject) => {
      const guard: Listener = (event) => {
        if (accepts(event.data) && typeof listener === 'function') listener(event);
      };
      guards.set(listener, guard);
      port.addEventListener('message', guard);
    },
    removeEventListener: (_type: string, listener: EventListenerOrEventListenerObject) => {
      const guard = guards.get(listener);
      if (guard) port.removeEventListener('message', guard);
      guards.delete(listener);
    },
    start: () => port.start(),
  };
}

/** A call of one of `methods`, or Comlink's farewell. */
export function isRequest(data: unknown, methods: readonly string[]): boolean {
  if (typeof ownValue(data, 'id') !== 'string') return false;
  if (ownValue(data, 'type') === 'RELEASE') return true;
  const path = ownValue(data, 'path');
  const values = ownValue(data, 'argumentList');
  return (
    ownValue(data, 'type') === 'APPLY' &&
    Array.isArray(path) &&
    path.length === 1 &&
    isOneOf(methods, path[0]) &&
    Array.isArray(values) &&
    values.every((value) => isWireValue(value, ARGUMENT_HANDLERS))
  );
}

export function isAnswer(data: unknown): boolean {
  return typeof ownValue(data, 'id') === 'string' && isWireValue(data, ANSWER_HANDLERS);
}

function isWireValue(data: unknown, handlers: readonly string[]): boolean {
  const type = ownValue(data, 'type');
  if (type === 'RAW') return true;
  const name = ownValue(data, 'name');
  if (type !== 'HANDLER' || !isOneOf(handlers, name)) return false;
  return name === 'throw' || ownValue(data, 'value') instanceof MessagePort;
}
