import { AppError } from '../../errors/index.ts';
import { onMessage, ownValue } from './messages.ts';
import { toWireError } from './wire-error.ts';

/** Items that a producer may be ahead of its reader; the reader grants more as it consumes. */
export const STREAM_CREDIT = 32;

/** What the writer of a stream sends. `end` and `error` are last. */
export type StreamMessage =
  | { readonly type: 'item'; readonly value: unknown }
  | { readonly type: 'end' }
  | { readonly type: 'error'; readonly error: unknown };

/** What the reader of a stream sends back. */
export type StreamControl = { readonly type: 'grant'; readonly items: number } | { readonly type: 'cancel' };

/**
 * Pumps an async iterable into a port, never more than the reader's credit ahead. The reader's `cancel`, the signal (its
 * thread is gone) and a closed port all call the iterator's `return()`, even while a `next()` waits.
 */
export function writeStream(source: AsyncIterable<unknown>, port: MessagePort, signal: AbortSignal): void {
  const iterator = source[Symbol.asyncIterator]();
  const credit = createCredit(STREAM_CREDIT);
  let finished = false;
  const finish = (message: StreamMessage) => {
    if (finished) return;
    finished = true;
    stopListening();
    signal.removeEventListener('abort', cancel);
    port.postMessage(message, []);
  };
  const cancel = () => {
    if (finished || credit.closed()) return;
    credit.close();
    Promise.resolve(iterator.return?.()).then(
      () => finish({ type: 'end' }),
      (error: unknown) => finish({ type: 'error', error: toWireError(error) }),
    );
  };
  const stopListening = onMessage(port, (data) => {
    const items = ownValue(data, 'items');
    if (ownValue(data, 'type') === 'cancel') cancel();
    else if (ownValue(data, 'type') === 'grant' && isGrant(items)) credit.add(items);
  });
  port.addEventListener('close', cancel, { once: true });
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  pump(iterator, credit, port).then(
    (ended) => ended && finish({ type: 'end' }),
    (error: unknown) => finish({ type: 'error', error: toWireError(error) }),
  );
}

/** True when the source ended by itself, false when the reader left first. */
async function pump(iterator: AsyncIterator<unknown>, credit: Credit, port: MessagePort): Promise<boolean> {
  while (await credit.take()) {
    const result = await iterator.next();
    if (result.done) return !credit.closed();
    if (credit.closed()) return false;
    await send(iterator, result.value, port);
  }
  return false;
}

async function send(iterator: AsyncIterator<unknown>, value: unknown, port: MessagePort): Promise<void> {
  try {
    port.postMessage({ type: 'item', value } satisfies StreamMessage, []);
  } catch (error) {
    await iterator.return?.();
    throw new AppError('app/internal', 'A part of a stream can not be sent to another thread.', { cause: error });
  }
}

function isGrant(items: unknown): items is number {
  return Number.isInteger(items) && (items as number) > 0 && (items as number) <= STREAM_CREDIT;
}

interface Credit {
  add(items: number): void;
  /** Waits for one unit; false once closed. */
  take(): Promise<boolean>;
  close(): void;
  closed(): boolean;
}

function createCredit(initial: number): Credit {
  let units = initial;
  let isClosed = false;
  let wake: (() => void) | null = null;
  const changed = () => {
    wake?.();
    wake = null;
  };
  return {
    add(items) {
      units += items;
      changed();
    },
    async take() {
      while (units === 0 && !isClosed) await new Promise<void>((resolve) => (wake = resolve));
      units -= 1;
      return !isClosed;
    },
    close() {
      isClosed = true;
      changed();
    },
    closed: () => isClosed,
  };
}
