import { transferHandlers, type TransferHandler } from 'comlink';
import type { WireError } from '../../contracts/error.ts';
import { signalFromPort } from './signal-link.ts';
import { readStream, type StreamReader } from './stream-reader.ts';
import { writeStream } from './stream-writer.ts';
import { fromWireError, toWireError } from './wire-error.ts';

/** An AbortSignal among the arguments of a call. */
export class SignalArgument {
  readonly port: MessagePort;
  constructor(port: MessagePort) {
    this.port = port;
  }
}

/** An async iterable as the answer to a call; `ended` aborts when the connection is over. */
export class StreamAnswer {
  readonly source: AsyncIterable<unknown>;
  readonly ended: AbortSignal;
  constructor(source: AsyncIterable<unknown>, ended: AbortSignal) {
    this.source = source;
    this.ended = ended;
  }
}

export const ARGUMENT_HANDLERS = ['signal', 'port'] as const;
export const ANSWER_HANDLERS = ['throw', 'stream', 'port'] as const;

/** Comlink keeps its handlers per realm: registering twice is harmless. */
export function registerTransferHandlers(): void {
  // A proxied value would hand the other side a door that no list of methods guards.
  transferHandlers.delete('proxy');
  transferHandlers.set('throw', errorHandler());
  transferHandlers.set('signal', signalHandler);
  transferHandlers.set('stream', streamHandler);
  transferHandlers.set('port', portHandler);
}

/** Comlink's own handler keeps only name, message and stack of an error; ours keeps the code and sends no stack. */
function errorHandler(): TransferHandler<{ value: unknown }, WireError> {
  const comlinks = transferHandlers.get('throw');
  return {
    canHandle: (value): value is { value: unknown } => comlinks?.canHandle(value) ?? false,
    serialize: ({ value }) => [toWireError(value), []],
    deserialize: (wire) => {
      throw fromWireError(wire);
    },
  };
}

const signalHandler: TransferHandler<SignalArgument | AbortSignal, MessagePort> = {
  canHandle: (value): value is SignalArgument => value instanceof SignalArgument,
  serialize: (argument) => [(argument as SignalArgument).port, [(argument as SignalArgument).port]],
  deserialize: signalFromPort,
};

const streamHandler: TransferHandler<StreamAnswer | StreamReader, MessagePort> = {
  canHandle: (value): value is StreamAnswer => value instanceof StreamAnswer,
  serialize: (answer) => {
    const { port1, port2 } = new MessageChannel();
    const { source, ended } = answer as StreamAnswer;
    writeStream(source, port1, ended);
    return [port2, [port2]];
  },
  deserialize: readStream,
};

const portHandler: TransferHandler<MessagePort, MessagePort> = {
  canHandle: (value): value is MessagePort => value instanceof MessagePort,
  serialize: (port) => [port, [port]],
  deserialize: (port) => port,
};
