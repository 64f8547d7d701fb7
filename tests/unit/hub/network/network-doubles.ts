import type { Fetch, NetworkFacts } from '../../../../src/contracts/ports.ts';
import type { ProviderConfig, SentRequest } from '../../../../src/contracts/provider.ts';
import { createSecretMask } from '../../../../src/errors/index.ts';
import { createProviderNetwork, type ProviderNetwork } from '../../../../src/hub/network/create-provider-network.ts';
import { createFakeClock, type FakeClock } from '../../../doubles/hub-fake-ports.ts';

export const KEY = 'sk-canary-0123456789';
export const PROXY = 'https://relay.example';

/** A request as the fake network saw it. */
export interface SeenRequest {
  readonly url: string;
  readonly init: RequestInit & { readonly targetAddressSpace?: string };
  readonly headers: Headers;
}

export function config(change: Partial<ProviderConfig> = {}): ProviderConfig {
  return { label: 'openai', kind: 'openai', keys: ['OPENAI_API_KEY'], proxy: 'off', models: [], ...change };
}

export interface NetworkDouble {
  readonly network: ProviderNetwork;
  readonly clock: FakeClock;
  readonly seen: SeenRequest[];
  readonly sent: SentRequest[];
  readonly facts: { online: boolean; origin: string; permission: Permission; seesOpaque: boolean };
  /** What is configured; the first one is what `send` uses. */
  configs: ProviderConfig[];
  proxyUrl: string;
  send(url?: string, init?: RequestInit): Promise<Response>;
}

type Permission = 'granted' | 'denied' | 'prompt' | null;

/** The guard over a network that is a function: what it throws is no answer. */
export function networkDouble(
  answer: (seen: SeenRequest) => Response | Promise<Response>,
  first = config(),
): NetworkDouble {
  const clock = createFakeClock();
  const mask = createSecretMask();
  mask.add(KEY);
  const facts = { online: true, origin: 'https://app.example', permission: null as Permission, seesOpaque: true };
  const network: NetworkFacts = {
    online: () => facts.online,
    get origin() {
      return facts.origin;
    },
    localNetworkPermission: () => Promise.resolve(facts.permission),
    seesOpaqueAnswers: () => Promise.resolve(facts.seesOpaque),
  };
  const seen: SeenRequest[] = [];
  const fetch: Fetch = async (url, init = {}) => {
    const request = { url, init, headers: new Headers(init.headers) };
    seen.push(request);
    return answer(request);
  };
  const double: NetworkDouble = {
    network: createProviderNetwork({
      fetch,
      network,
      clock,
      providers: () => double.configs,
      proxyUrl: () => double.proxyUrl,
      redact: mask.redact,
    }),
    clock,
    seen,
    sent: [],
    facts,
    configs: [first],
    proxyUrl: '',
    send: (url = 'https://api.openai.com/v1/chat/completions', init = POST) =>
      double.network.fetchFor(double.configs[0] ?? first, (request) => double.sent.push(request))(url, init),
  };
  return double;
}

export const POST: RequestInit = {
  method: 'POST',
  headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
  body: '{"model":"m"}',
};

/** What every browser rejects with when it got or may show no answer. */
export function noAnswer(): never {
  throw new TypeError('Failed to fetch');
}

/** What a browser makes of an answer to a request without CORS: tests have no other way to an opaque one. */
export function opaque(): Response {
  const response = new Response(null);
  Object.defineProperties(response, { type: { value: 'opaque' }, status: { value: 0 } });
  return response;
}

/** A redirect that was not followed, as browsers show it. */
export function opaqueRedirect(): Response {
  const response = new Response(null);
  Object.defineProperties(response, { type: { value: 'opaqueredirect' }, status: { value: 0 } });
  return response;
}
