/** The part of a worker's global scope that hears of errors nobody caught. */
export interface ErrorScope {
  addEventListener(type: 'error', listener: (event: ErrorEvent) => void): void;
  addEventListener(type: 'unhandledrejection', listener: (event: PromiseRejectionEvent) => void): void;
}

/**
 * Errors and rejections that nothing caught. The owner of a worker never sees a rejection by itself, and of a
 * SharedWorker not even an error.
 */
export function onUncaughtError(scope: ErrorScope, listener: (error: unknown) => void): void {
  scope.addEventListener('error', (event) => listener(event.error ?? new Error(event.message)));
  scope.addEventListener('unhandledrejection', (event) => listener(event.reason));
}
