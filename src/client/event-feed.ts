import type { HubApi, HubEvent } from '../contracts/hub.ts';
import type { HubState } from '../rpc/tab/hub-status.ts';
import type { Reconnect } from './reconnecting-stream.ts';
import { reconnectingStream } from './reconnecting-stream.ts';

export type ClientEvent = HubEvent | { readonly type: 'connection-changed'; readonly state: HubState };
export type ClientListener = (event: ClientEvent) => void;

export interface EventFeed {
  /** A late listener gets the connection and the models of the moment first. */
  subscribe(listener: ClientListener): () => void;
  dispose(): void;
}

export interface EventFeedDeps {
  readonly hub: HubApi;
  readonly reconnect: Reconnect;
  readonly connectionState: () => HubState;
  readonly onConnectionState: (listener: (state: HubState) => void) => () => void;
}

/** The hub's events for any number of listeners through one stream, which is opened for the first of them. */
export function createEventFeed(deps: EventFeedDeps): EventFeed {
  const listeners = new Set<ClientListener>();
  const life = new AbortController();
  let models: ClientEvent | null = null;
  let started = false;

  const publish = (event: ClientEvent) => {
    if (event.type === 'models-changed') models = event;
    for (const listener of [...listeners]) callSafely(listener, event);
  };
  const stopListening = deps.onConnectionState((state) => publish({ type: 'connection-changed', state }));

  return {
    subscribe(listener) {
      listeners.add(listener);
      callSafely(listener, { type: 'connection-changed', state: deps.connectionState() });
      if (models) callSafely(listener, models);
      if (!started) void pump(deps, publish, life.signal);
      started = true;
      return () => listeners.delete(listener);
    },
    dispose() {
      life.abort();
      stopListening();
      listeners.clear();
    },
  };
}

async function pump(deps: EventFeedDeps, publish: (event: ClientEvent) => void, signal: AbortSignal): Promise<void> {
  try {
    while (!signal.aborted) {
      for await (const event of reconnectingStream(() => deps.hub.events(), deps.reconnect, signal)) publish(event);
      // A hub that retires ends its events in order: the next one has more.
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it may have been aborted while streaming
      if (!signal.aborted) await deps.reconnect(signal);
    }
  } catch (error) {
    // Without a hub there are no events; the listeners were told so by `connection-changed`.
    if (!signal.aborted && deps.connectionState() !== 'failed') throw error;
  }
}

/** One listener's mistake is reported as uncaught and keeps nothing from the others. */
function callSafely(listener: ClientListener, event: ClientEvent): void {
  try {
    listener(event);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
