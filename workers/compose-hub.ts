import runtime from 'virtual:onnx-runtime';
import { createHub } from '../src/hub/create-hub.ts';
import { acceptTabs } from '../src/rpc/hub/accept-tabs.ts';
import type { HubScope } from '../src/rpc/hub/hub-scope.ts';
import { createBrowserClock } from '../src/rpc/platform/browser-clock.ts';
import { createBrowserLocks } from '../src/rpc/platform/browser-locks.ts';
import { createBrowserNetwork } from '../src/rpc/platform/browser-network.ts';
import { createBrowserRandom } from '../src/rpc/platform/browser-random.ts';
import { createStorage } from '../src/storage/index.ts';

/** The hub's composition, the same in both kinds of worker. */
export function startHub(scope: HubScope): void {
  const [clock, random, locks, build] = [
    createBrowserClock(),
    createBrowserRandom(),
    createBrowserLocks(),
    __BUILD_ID__,
  ];
  const fetch = (input: string, init?: RequestInit) => globalThis.fetch(input, init);
  const { conversations, settings, models, metrics, weights, providers, vault, sentRequests, spend } = createStorage({
    fetch,
    locks,
    clock,
  });
  const hub = createHub({
    conversations,
    settings,
    models,
    metrics,
    weights,
    providers,
    vault,
    sentRequests,
    spend,
    fetch,
    network: createBrowserNetwork(),
    crypto: globalThis.crypto,
    clock,
    random,
    locks,
    runtime,
    build,
  });
  acceptTabs(hub, { scope, clock, locks, build });
}
