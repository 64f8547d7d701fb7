import { AppError } from '../../errors/index.ts';
import { lastReply } from '../chat-completions/create-chat-completions-adapter.ts';
import type { ProviderAdapter } from '../provider.ts';
import type { ErrorReason } from '../../contracts/error-reasons.ts';

/** Looks at an error again with what the adapter's own tables do not know, such as the kind of the key. */
export type RefineError = (error: AppError) => Promise<AppError>;

/**
 * The same adapter with refined errors; and models that answer only as streams are asked for a stream when the whole answer
 * is wanted.
 */
export function refineErrors(adapter: ProviderAdapter, label: string, refine: RefineError): ProviderAdapter {
  // Where the second look fails, what happened first still counts.
  const look = async (error: unknown): Promise<unknown> => {
    if (!(error instanceof AppError)) return error;
    try {
      return await refine(error);
    } catch {
      return error;
    }
  };
  const refined = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      throw await look(error);
    }
  };
  const { listModels } = adapter;
  const generateStream: ProviderAdapter['generateStream'] = async function* (request, signal) {
    try {
      yield* adapter.generateStream(request, signal);
    } catch (error) {
      throw await look(error);
    }
  };
  return {
    async generateText(request, signal) {
      try {
        return await refined(adapter.generateText(request, signal));
      } catch (error) {
        if (!(error instanceof AppError) || error.details['reason'] !== 'stream-only') throw error;
        return lastReply(generateStream(request, signal), label);
      }
    },
    generateStream,
    embed: (request, signal) => refined(adapter.embed(request, signal)),
    listModels: listModels && ((signal) => refined(listModels(signal))),
    chatUrl: adapter.chatUrl,
  };
}

/** The same error with a reason. */
export function withReason(error: AppError, reason: ErrorReason): AppError {
  return new AppError(error.code, error.message, { details: { ...error.details, reason }, cause: error.cause });
}
