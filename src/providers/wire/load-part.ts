import { AppError } from '../../errors/index.ts';

/**
 * Loads a part of the app's own code once, with its first use. A load that failed is tried again by the next use; it throws
 * `network/unreachable`.
 */
export function createPartLoader<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load().catch((cause: unknown) => {
      loading = undefined;
      throw new AppError('network/unreachable', 'A part of the app could not be loaded.', { cause });
    });
    return loading;
  };
}
