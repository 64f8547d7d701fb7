import { AppError } from '../../errors/index.ts';
import { onMessage, ownValue } from './messages.ts';
import { fromWireError, toAbortReason } from './wire-error.ts';

/** One AbortSignal on its way to another thread. `close` when the call it belongs to has ended. */
export interface SignalLink {
  readonly port: MessagePort;
  close(): void;
}

export function linkSignal(signal: AbortSignal): SignalLink {
  const { port1, port2 } = new MessageChannel();
  const tell = () => port1.postMessage({ type: 'abort', reason: toAbortReason(signal.reason) });
  if (signal.aborted) tell();
  else signal.addEventListener('abort', tell, { once: true });
  return {
    port: port2,
    close() {
      signal.removeEventListener('abort', tell);
      port1.close();
    },
  };
}

/** The far end of a link: its reason is always an AppError. */
export function signalFromPort(port: MessagePort): AbortSignal {
  const controller = new AbortController();
  onMessage(port, (data) => {
    if (ownValue(data, 'type') !== 'abort') return;
    controller.abort(fromWireError(ownValue(data, 'reason')));
    port.close();
  });
  return controller.signal;
}

/** The reason of an aborted signal as an AppError. */
export function abortError(signal: AbortSignal): AppError {
  return AppError.fromWire(toAbortReason(signal.reason));
}
