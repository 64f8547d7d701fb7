import type { Clock, Fetch, NetworkFacts } from '../../contracts/ports.ts';
import type { SentRequest } from '../../contracts/provider.ts';
import { AppError, type RedactText } from '../../errors/index.ts';
import { addressFacts, withReason } from './network-reason.ts';
import { isRedirect } from './probe.ts';
import { proxyRefusal } from './proxy-route.ts';
import { bodyText, maskRequest } from './sent-request.ts';

export interface Sending {
  /** The provider's address. */
  readonly target: URL;
  /** The relay's, with the target's behind it; null for a direct request. */
  readonly relayed: string | null;
  readonly init: RequestInit;
}

export interface SenderDeps {
  readonly fetch: Fetch;
  readonly network: NetworkFacts;
  readonly clock: Clock;
  readonly redact: RedactText;
  readonly record: (sent: SentRequest) => void;
}

/**
 * Makes one request, tells of it as it leaves, and refuses answers that are none of the provider's: redirects, and what the
 * relay says for itself. What it does not know of `init` is not sent.
 */
export async function sendRequest({ target, relayed, init }: Sending, deps: SenderDeps): Promise<Response> {
  const address = relayed ?? target.href;
  const proxied = relayed !== null;
  const headers = new Headers(init.headers);
  const method = (init.method ?? 'GET').toUpperCase();
  const body = bodyText(init.body);
  const outgoing = { method, url: address, host: target.host, proxied, headers, body, sentAt: deps.clock.now() };
  const sent: { -readonly [Field in keyof SentRequest]: SentRequest[Field] } = maskRequest(outgoing, deps.redact);
  init.signal?.throwIfAborted();
  deps.record(sent);
  const response = await deps.fetch(address, {
    ...(init.body === undefined ? {} : { body: init.body }),
    ...(init.signal === undefined ? {} : { signal: init.signal }),
    ...addressFacts(new URL(address), deps.network),
    ...CAREFUL,
    method,
    headers,
  });
  // Of a redirect that is not followed, a browser shows no status.
  if (response.status !== 0) sent.status = response.status;
  const refusal = isRedirect(response)
    ? redirected(target.host)
    : proxied
      ? await proxyRefusal(response, target.host)
      : null;
  if (!refusal) return response;
  // One that was read can't be cancelled again.
  await response.body?.cancel().catch(() => undefined);
  throw refusal;
}

const CAREFUL: RequestInit = {
  mode: 'cors',
  credentials: 'omit',
  referrerPolicy: 'no-referrer',
  redirect: 'manual',
  cache: 'no-store',
};

function redirected(host: string): AppError {
  return withReason(new AppError('network/unreachable', 'Redirected.'), 'redirected', host);
}
