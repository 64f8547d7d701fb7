/** The part of MessagePort, Worker and a worker's own scope that the protocols use. */
export interface PortLike {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  removeEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  /** A MessagePort holds messages back until it is started. */
  start?(): void;
}

/** Messages are plain data from another thread: only own properties count, so that a poisoned prototype can't answer for them. */
export function ownValue(data: unknown, name: string): unknown {
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, name)) return undefined;
  return (data as Readonly<Record<string, unknown>>)[name];
}

export function isOneOf<T extends string>(values: readonly T[], value: unknown): value is T {
  return typeof value === 'string' && (values as readonly string[]).includes(value);
}

/** Listens until the returned function is called. */
export function onMessage(port: PortLike, listener: (data: unknown) => void): () => void {
  const onEvent = (event: MessageEvent) => listener(event.data);
  port.addEventListener('message', onEvent);
  port.start?.();
  return () => port.removeEventListener('message', onEvent);
}
