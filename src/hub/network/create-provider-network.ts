import type { Clock, Fetch, NetworkFacts } from '../../contracts/ports.ts';
import type { ProviderConfig, SentRequest } from '../../contracts/provider.ts';
import { AppError, type RedactText } from '../../errors/index.ts';
import { baseUrlOf } from '../../providers/base-url.ts';
import { abortErrorOf, orAborted } from '../abort.ts';
import { parseAddress } from './address.ts';
import { checkTarget, hasKey, probeUrl } from './config-address.ts';
import { createFailures, type Failures } from './failures.ts';
import { addressFacts, directReason, isNoFarther, proxyReason, withReason } from './network-reason.ts';
import { createProber, type Probe } from './probe.ts';
import { parseProxyAddress } from './proxy-route.ts';
import { createRoutes, type Routes } from './routes.ts';
import { sendRequest } from './send-request.ts';

export interface ProviderNetworkDeps {
  readonly fetch: Fetch;
  readonly network: NetworkFacts;
  readonly clock: Clock;
  /** As they are configured now: requests go to no other origin. */
  readonly providers: () => readonly ProviderConfig[];
  /** The relay's address as it is set now; empty is none. */
  readonly proxyUrl: () => string;
  /** Replaces all values of the vault in a text. */
  readonly redact: RedactText;
}

/** The only way from the hub to providers. */
export interface ProviderNetwork {
  /**
   * Fetch for one provider: only to the origin of its address (or to the relay, as its mode says), without cookies, referrer
   * or cache, and never after a redirect. Rejects with what the browser rejects with when no answer came, with
   * `network/unreachable` and a reason for redirects and refusals of the relay, and with `config/invalid` for what it does not
   * let through. `record` is called once for each request as it leaves, secrets masked; the object's `status` is set later,
   * when the answer has come, so keep the object itself until then.
   */
  fetchFor(config: ProviderConfig, record?: (sent: SentRequest) => void): Fetch;
  /**
   * `network/unreachable` without a reason as one with `details.reason` (a NetworkReason) and `details.host`; probes of at most
   * five seconds, without a key, may be made for it. Every other error comes back as it is; the abort when the signal aborts.
   */
  explain(error: AppError, config: ProviderConfig, url: string, signal?: AbortSignal): Promise<AppError>;
  /**
   * Asks the host that requests for this provider go to, the relay's with the mode `on`, whether it is there. Throws
   * `config/invalid` where the configuration names no usable one.
   */
  probe(config: ProviderConfig): Promise<HostProbe>;
  /** Ends running probes. */
  dispose(): void;
}

export interface HostProbe {
  readonly host: string;
  readonly proxied: boolean;
  readonly found: Probe;
}

export function createProviderNetwork(deps: ProviderNetworkDeps): ProviderNetwork {
  const { network } = deps;
  const prober = createProber(deps);
  const routes = createRoutes();
  const failures = createFailures();
  const proxyFor = (config: ProviderConfig): string | null => {
    const proxy = config.proxy === 'off' ? null : parseProxyAddress(deps.proxyUrl());
    if (config.proxy === 'on' && proxy === null) throw noProxy(config);
    return proxy;
  };

  return {
    fetchFor(config, record = () => undefined) {
      return (input, init = {}) => {
        const send = (target: URL, relayed: string | null): Promise<Response> =>
          failures.watch(() => sendRequest({ target, relayed, init }, { ...deps, record }), {
            proxied: relayed !== null,
          });
        return choose(input, config, send, init.signal ?? null);
      };
    },
    async explain(error, config, url, signal) {
      if (error.code !== 'network/unreachable' || error.details['reason'] !== undefined) return error;
      const base = parseAddress(baseUrlOf(config));
      const failure = failures.behind(error) ?? { proxied: config.proxy === 'on' };
      const proxy = failure.proxied ? proxyFor(config) : null;
      const looked = { network, prober };
      const asked =
        proxy === null ? directReason(probeUrl(config, base), hasKey(config), looked) : proxyReason(proxy, looked);
      const more = failure.proxyReason === undefined ? {} : { proxyReason: failure.proxyReason };
      try {
        const reason = await orAborted(asked, signal ?? NEVER);
        return withReason(error, reason, URL.parse(url)?.host ?? base.host, more);
      } catch (found) {
        if (signal?.aborted) return abortErrorOf(signal);
        throw found;
      }
    },
    async probe(config) {
      const proxy = config.proxy === 'on' ? proxyFor(config) : null;
      const target = proxy === null ? probeUrl(config, parseAddress(baseUrlOf(config))) : new URL(proxy);
      return {
        host: target.host,
        proxied: proxy !== null,
        found: await prober.probe(target, addressFacts(target, network)),
      };
    },
    dispose: () => prober.dispose(),
  };

  async function choose(
    input: string,
    config: ProviderConfig,
    send: Send,
    signal: AbortSignal | null,
  ): Promise<Response> {
    const target = checkTarget(input, config, deps.providers());
    const proxy = proxyFor(config);
    if (config.proxy !== 'auto') routes.forget(config);
    if (proxy === null) return send(target, null);
    const relayed = `${proxy}/${target.href}`;
    if (config.proxy === 'on') return send(target, relayed);
    const way = { config, proxy, routes, failures, network, signal };
    return sendEitherWay(
      way,
      () => send(target, null),
      () => send(target, relayed),
    );
  }
}

type Send = (target: URL, relayed: string | null) => Promise<Response>;

const NEVER = new AbortController().signal;

function noProxy(config: ProviderConfig): AppError {
  return new AppError(
    'config/invalid',
    `${config.label} is to be reached through the proxy, but no proxy address is set.`,
    {
      details: { reason: 'proxy-missing', label: config.label },
    },
  );
}

interface EitherWay {
  readonly config: ProviderConfig;
  readonly proxy: string;
  readonly routes: Routes;
  readonly failures: Failures;
  readonly network: NetworkFacts;
  readonly signal: AbortSignal | null;
}

/** Directly, and through the relay when no answer came; where only the relay helped, that way comes first from then on. */
async function sendEitherWay(
  { config, proxy, routes, failures, network, signal }: EitherWay,
  direct: () => Promise<Response>,
  relayed: () => Promise<Response>,
): Promise<Response> {
  const isLost = (error: unknown): boolean => !(error instanceof AppError) && signal?.aborted !== true;
  if (routes.needsProxy(config, proxy)) {
    return relayed().catch((error: unknown) => {
      if (signal?.aborted !== true) routes.forget(config);
      throw error;
    });
  }
  try {
    return await direct();
  } catch (error) {
    const mayRelay = network.online() && isNoFarther(new URL(proxy), new URL(baseUrlOf(config)));
    if (!isLost(error) || !mayRelay) throw error;
    const response = await relayed().catch((relayError: unknown) => {
      if (signal?.aborted === true) throw relayError;
      // What kept the direct request from its answer is what a person can change.
      failures.note(error, { proxied: false, proxyReason: isLost(relayError) ? 'proxy-unreachable' : 'proxy-refused' });
      throw error;
    });
    // An error may lack CORS headers where good answers have them, so only a good one shows that the relay is needed.
    if (response.ok) routes.remember(config, proxy);
    return response;
  }
}
