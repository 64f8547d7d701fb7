import * as Comlink from 'comlink';
import { AppError } from '../../errors/index.ts';
import { guardedEndpoint, isAnswer } from './guarded-endpoint.ts';
import type { MethodKind, MethodKinds } from './method-kinds.ts';
import { remoteStream } from './remote-stream.ts';
import { abortError, linkSignal, type SignalLink } from './signal-link.ts';
import type { StreamReader } from './stream-reader.ts';
import { registerTransferHandlers, SignalArgument } from './transfer-handlers.ts';

/** An object of another thread, called through a port. */
export interface Connection<T> {
  /** Same surface as the object itself. Calls and streams fail with the reason of `close` once it was called. */
  readonly api: T;
  /** The other side is gone: everything pending rejects with `reason`, and so does every later call. */
  close(reason: AppError): void;
}

type RemoteTable = Comlink.Remote<Record<string, (...args: unknown[]) => unknown>>;

export function connect<T extends object>(port: MessagePort, kinds: MethodKinds<T>): Connection<T> {
  registerTransferHandlers();
  const remote = Comlink.wrap(guardedEndpoint(port, isAnswer)) as RemoteTable;
  const calls = createCalls(remote);
  const api: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries<MethodKind>(kinds)) {
    api[name] = (...args: unknown[]) =>
      kind === 'call' ? calls.call(name, args) : openStream(calls, name, kind, args);
  }
  return {
    api: api as T,
    close(reason) {
      if (!calls.close(reason)) return;
      remote[Comlink.releaseProxy]();
      port.close();
    },
  };
}

function openStream(calls: Calls, name: string, kind: MethodKind, args: unknown[]): AsyncIterable<unknown> {
  if (kind !== 'abortable-stream') return remoteStream(() => calls.stream(name, args));
  const signal = args[1] instanceof AbortSignal ? args[1] : undefined;
  return remoteStream((own) => calls.stream(name, [args[0], own]), signal ? { signal, waits: true } : { waits: true });
}

interface Calls {
  call(name: string, args: readonly unknown[]): Promise<unknown>;
  stream(name: string, args: readonly unknown[]): Promise<StreamReader>;
  /** False when it was closed before. */
  close(reason: AppError): boolean;
}

function createCalls(remote: RemoteTable): Calls {
  const pending = new Set<(reason: AppError) => void>();
  const streams = new Set<StreamReader>();
  let closed: AppError | null = null;

  async function send(name: string, args: readonly unknown[], links: SignalLink[]): Promise<unknown> {
    if (closed) throw closed;
    const signal = args.find((value) => value instanceof AbortSignal);
    if (signal?.aborted) throw abortError(signal);
    const method = remote[name] as unknown as (...values: unknown[]) => Promise<unknown>;
    const answer = method(...args.map((value) => toArgument(value, links)));
    // Comlink's promise never settles when the other side dies, so it races against `close`.
    return new Promise((resolve, reject) => {
      pending.add(reject);
      const settled = () => pending.delete(reject);
      answer.then(resolve, (error: unknown) => reject(AppError.from(error))).finally(settled);
    });
  }

  return {
    async call(name, args) {
      const links: SignalLink[] = [];
      try {
        return await send(name, args, links);
      } finally {
        closeAll(links);
      }
    },
    async stream(name, args) {
      const links: SignalLink[] = [];
      try {
        const reader = (await send(name, args, links)) as StreamReader;
        streams.add(reader);
        void reader.ended.then(() => {
          streams.delete(reader);
          closeAll(links);
        });
        if (closed) reader.fail(closed);
        return reader;
      } catch (error) {
        closeAll(links);
        throw error;
      }
    },
    close(reason) {
      if (closed) return false;
      closed = reason;
      for (const reject of pending) reject(reason);
      for (const reader of streams) reader.fail(reason);
      return true;
    },
  };
}

function toArgument(value: unknown, links: SignalLink[]): unknown {
  if (!(value instanceof AbortSignal)) return value;
  const link = linkSignal(value);
  links.push(link);
  return new SignalArgument(link.port);
}

function closeAll(links: readonly SignalLink[]): void {
  for (const link of links) link.close();
}
