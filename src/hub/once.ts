/** `run` at most once at a time and never again after it succeeded; a failure is tried again at the next call. */
export function createOnce<T>(run: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | null = null;
  return () => {
    if (pending) return pending;
    const started = run();
    pending = started;
    started.catch(() => {
      if (pending === started) pending = null;
    });
    return started;
  };
}
