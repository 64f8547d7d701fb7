import type { WireError } from '../../contracts/error.ts';
import type { ClientHello, HubWelcome } from '../../contracts/hub.ts';
import { ownValue } from './messages.ts';

/**
 * What tab and hub say to each other outside of calls. Written by hand, so that threads of different builds can always
 * tell each other so: `hub-ready`, `tab-hello` and `hub-welcome` never change shape.
 */
export type SessionMessage =
  /** Hub, first: it runs and may be greeted. */
  | { readonly type: 'hub-ready'; readonly hubId: string; readonly protocol: number; readonly build: string }
  /** Tab: who it is, a port on which it will call the hub, and one on which the hub may call it. */
  | {
      readonly type: 'tab-hello';
      readonly hello: ClientHello;
      readonly visible: boolean;
      readonly hubPort: MessagePort;
      readonly tabPort: MessagePort;
    }
  | { readonly type: 'hub-welcome'; readonly welcome: HubWelcome }
  /** Hub, to tabs it serves: another build asked it to end. */
  | { readonly type: 'hub-retiring' }
  | { readonly type: 'tab-ping'; readonly id: number }
  /** Hub; `attached` is false when it took the tab for lost meanwhile. */
  | { readonly type: 'hub-pong'; readonly id: number; readonly attached: boolean }
  /** Tab: an engine worker of its failed or was stopped. */
  | { readonly type: 'engine-lost'; readonly engineId: string; readonly error: WireError }
  /** Tab: it ends in order. */
  | { readonly type: 'tab-goodbye' }
  | WorkerReport;

/** A worker: an error nobody caught. The console of a SharedWorker is hidden from the page. */
export interface WorkerReport {
  readonly type: 'worker-report';
  readonly error: WireError;
}

/** What a tab and the engine worker it made say to each other. */
export type EngineMessage =
  | { readonly type: 'engine-start'; readonly engineId: string; readonly port: MessagePort }
  /** The worker runs, holds its lock and answers on the port. */
  | { readonly type: 'engine-ready' }
  /** Worker to hub, on the engine's port: sent while the load blocks its thread, when the events of `load` can't get out. */
  | { readonly type: 'engine-load-progress'; readonly fraction: number }
  | WorkerReport;

/** Name of the Web Lock that an engine worker holds as long as it lives. */
export function engineLockName(engineId: string): string {
  return `switchyard:engine:${engineId}`;
}

type AnyMessage = SessionMessage | EngineMessage;

const FIELDS: { readonly [T in AnyMessage['type']]: Readonly<Record<string, (value: unknown) => boolean>> } = {
  'hub-ready': { hubId: isString, protocol: isNumber, build: isString },
  'tab-hello': { hello: isHello, visible: isBoolean, hubPort: isPort, tabPort: isPort },
  'hub-welcome': { welcome: isWelcome },
  'hub-retiring': {},
  'tab-ping': { id: isNumber },
  'hub-pong': { id: isNumber, attached: isBoolean },
  'engine-lost': { engineId: isString, error: isObject },
  'tab-goodbye': {},
  'worker-report': { error: isObject },
  'engine-start': { engineId: isString, port: isPort },
  'engine-ready': {},
  'engine-load-progress': { fraction: isNumber },
};

/** The message, or null for anything that is not one of ours. */
export function parseMessage<T extends AnyMessage['type']>(
  data: unknown,
  types: readonly T[],
): Extract<AnyMessage, { type: T }> | null {
  const type = types.find((known) => known === ownValue(data, 'type'));
  if (!type) return null;
  const valid = Object.entries(FIELDS[type]).every(([name, isValid]) => isValid(ownValue(data, name)));
  return valid ? (data as Extract<AnyMessage, { type: T }>) : null;
}

function isString(value: unknown): boolean {
  return typeof value === 'string';
}
function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}
function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean';
}
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
function isPort(value: unknown): boolean {
  return value instanceof MessagePort;
}
function isHello(value: unknown): boolean {
  return (
    isNumber(ownValue(value, 'protocol')) &&
    isString(ownValue(value, 'build')) &&
    isString(ownValue(value, 'tabId')) &&
    isNumber(ownValue(value, 'engineThreads'))
  );
}
function isWelcome(value: unknown): boolean {
  const type = ownValue(value, 'type');
  return (type === 'welcome' || type === 'retiring') && isString(ownValue(value, 'hubId'));
}
