import type { MessageRecord } from '../contracts/conversation.ts';
import type { GenerateResult } from '../contracts/generation.ts';
import { AppError } from '../errors/index.ts';
import { without } from './without.ts';

/** The message of a reply that ended with a finish reason. */
export function completeReply(message: MessageRecord, result: GenerateResult): MessageRecord {
  return { ...message, status: 'complete', result: without(result, 'text', 'reasoning') };
}

/** The message of a reply that ended with an error; `grew` when the model had written some of it by then. */
export function brokenReply(message: MessageRecord, error: AppError, grew: boolean): MessageRecord {
  if (error.code === 'request/aborted') return { ...message, status: 'stopped' };
  // The text is the message's own: it is not kept twice.
  const wire = { ...error.toWire(), details: without(error.details, 'text') };
  const cut = error.code === 'hub/lost' || (error.code === 'engine/lost' && grew);
  return { ...message, status: cut ? 'cut' : 'failed', error: wire };
}

/** The message as viewers see it when its end could not be stored; its text is in memory only. */
export function unstoredReply(message: MessageRecord, error: unknown): MessageRecord {
  return { ...message, status: 'failed', error: AppError.from(error).toWire() };
}
