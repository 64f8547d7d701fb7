import type { PortLike } from '../wire/messages.ts';
import { onUncaughtError, type ErrorScope } from '../worker-errors.ts';

/** The worker that a hub runs in, shared or dedicated. */
export interface HubScope {
  /** Calls back for each tab that connects; in a dedicated worker once, for the tab that made it. */
  onTab(listener: (port: PortLike) => void): void;
  onUncaughtError(listener: (error: unknown) => void): void;
  /** Ends the worker. */
  close(): void;
}

/** The part of SharedWorkerGlobalScope that is used. */
type SharedScope = ErrorScope & {
  addEventListener(type: 'connect', listener: (event: MessageEvent) => void): void;
  close(): void;
};

export function sharedHubScope(scope: SharedScope): HubScope {
  return {
    onTab: (listener) => {
      scope.addEventListener('connect', (event) => {
        const [port] = event.ports;
        if (port) listener(port);
      });
    },
    onUncaughtError: (listener) => onUncaughtError(scope, listener),
    close: () => scope.close(),
  };
}

export function dedicatedHubScope(scope: PortLike & ErrorScope & { close(): void }): HubScope {
  return {
    onTab: (listener) => listener(scope),
    onUncaughtError: (listener) => onUncaughtError(scope, listener),
    close: () => scope.close(),
  };
}
