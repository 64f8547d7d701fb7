import type { HubApi } from '../../contracts/hub.ts';
import { lazyStream } from '../wire/lazy-stream.ts';
import { HUB_METHODS, type MethodKind } from '../wire/method-kinds.ts';

type AnyMethod = (...args: unknown[]) => unknown;

/**
 * A HubApi that outlives hubs: each call goes to the hub of the moment, and waits while there is none. What runs when a
 * hub is lost rejects with `hub/lost`; it is not sent again, because nobody knows how far it came.
 */
export function createHubFacade(current: (signal?: AbortSignal) => Promise<HubApi>): HubApi {
  const facade: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries<MethodKind>(HUB_METHODS)) {
    facade[name] = kind === 'call' ? callOf(current, name) : streamOf(current, name);
  }
  return facade as unknown as HubApi;
}

function callOf(current: (signal?: AbortSignal) => Promise<HubApi>, name: string): AnyMethod {
  return async (...args) => methodOf(await current(signalOf(args)), name)(...args);
}

function streamOf(current: (signal?: AbortSignal) => Promise<HubApi>, name: string): AnyMethod {
  return (...args) => {
    const signal = signalOf(args);
    return lazyStream(async (opening) => {
      const hub = await current(signal ? AbortSignal.any([opening, signal]) : opening);
      return methodOf(hub, name)(...args) as AsyncIterable<unknown>;
    });
  };
}

function methodOf(hub: HubApi, name: string): AnyMethod {
  return hub[name as keyof HubApi] as unknown as AnyMethod;
}

function signalOf(args: readonly unknown[]): AbortSignal | undefined {
  return args.find((value) => value instanceof AbortSignal);
}
