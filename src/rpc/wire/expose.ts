import * as Comlink from 'comlink';
import { AppError } from '../../errors/index.ts';
import { guardedEndpoint, isRequest } from './guarded-endpoint.ts';
import type { MethodKind, MethodKinds } from './method-kinds.ts';
import { registerTransferHandlers, StreamAnswer } from './transfer-handlers.ts';

export interface Exposed {
  /** The other side is gone: aborts every signal that came with a call, ends every stream, closes the port. */
  close(): void;
}

export interface ExposeOptions {
  /** Hears of errors that are no AppErrors, stack and all, before the caller gets `app/internal`. */
  readonly onInternalError?: (error: unknown) => void;
}

type AnyMethod = (...args: unknown[]) => unknown;

/** Answers the calls that come through a port with an object's methods: those that `kinds` lists and no others. */
export function expose<T extends object>(
  port: MessagePort,
  api: T,
  kinds: MethodKinds<T>,
  options: ExposeOptions = {},
): Exposed {
  registerTransferHandlers();
  const ended = new AbortController();
  const table = Object.create(null) as Record<string, AnyMethod>;
  for (const [name, kind] of Object.entries<MethodKind>(kinds)) {
    const method = (api as Record<string, unknown>)[name] as AnyMethod;
    table[name] = async (...args) => {
      try {
        return await answer(method.bind(api), kind, args, ended.signal);
      } catch (error) {
        if (!(error instanceof AppError)) options.onInternalError?.(error);
        throw error;
      }
    };
  }
  const methods = Object.keys(table);
  Comlink.expose(
    table,
    guardedEndpoint(port, (data) => isRequest(data, methods)),
  );
  return {
    close() {
      ended.abort(new AppError('request/aborted', 'The caller went away.'));
      port.close();
    },
  };
}

async function answer(method: AnyMethod, kind: MethodKind, args: unknown[], ended: AbortSignal): Promise<unknown> {
  const bound = args.map((value) => (value instanceof AbortSignal ? AbortSignal.any([value, ended]) : value));
  const result = method(...bound);
  return kind === 'call' ? await result : new StreamAnswer(result as AsyncIterable<unknown>, ended);
}
