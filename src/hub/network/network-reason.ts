import type { NetworkFacts } from '../../contracts/ports.ts';
import type { DoctorVerdict } from '../../contracts/provider.ts';
import { AppError } from '../../errors/index.ts';
import { addressSpaceOf, isPrivateName, type AddressSpace } from './address.ts';
import type { Probe, Prober } from './probe.ts';

/** `details.reason` of `network/unreachable`, once it was looked into. */
export type NetworkReason = Extract<
  DoctorVerdict,
  | 'offline'
  | 'mixed-content'
  | 'local-network-denied'
  | 'host-unreachable'
  | 'cors'
  | 'cors-or-key'
  | 'server-cors-off'
  | 'redirected'
  | 'proxy-unreachable'
  | 'proxy-refused'
>;

export interface ReasonDeps {
  readonly network: NetworkFacts;
  readonly prober: Prober;
}

/**
 * Why a browser gave no answer of a host that was asked directly. `hasKey`: the request carried a secret, so that the answer
 * may have been a refusal of it, which some providers send without CORS headers.
 */
export async function directReason(target: URL, hasKey: boolean, deps: ReasonDeps): Promise<NetworkReason> {
  const { network, prober } = deps;
  const space = addressSpaceOf(target.hostname);
  if (space !== 'loopback' && !network.online()) return 'offline';
  const permission = space === 'public' ? null : await network.localNetworkPermission(space);
  if (permission === 'denied') return 'local-network-denied';
  const probe = await prober.probe(target, addressFacts(target, network));
  if (probe.type === 'redirected') return 'redirected';
  const answered: NetworkReason = hasKey ? 'cors-or-key' : space === 'public' ? 'cors' : 'server-cors-off';
  if (probe.type !== 'silent') return answered;
  const silent = silentReason(probe, { target, space, permission, origin: network.origin });
  // Where nothing can be told, a public host is rather up, and a server of one's own rather not started.
  const isGuess = silent === 'host-unreachable' && !probe.timedOut && space === 'public' && hasKey;
  return isGuess && (await network.seesOpaqueAnswers?.()) === false ? answered : silent;
}

function silentReason(
  probe: Extract<Probe, { type: 'silent' }>,
  {
    target,
    space,
    permission,
    origin,
  }: {
    readonly target: URL;
    readonly space: AddressSpace;
    readonly permission: string | null;
    readonly origin: string;
  },
): NetworkReason {
  // What the browser itself holds back fails at once.
  if (probe.timedOut || !isMorePrivate(space, origin)) return 'host-unreachable';
  // A shared worker can't ask for the permission, and who was asked may have closed the question.
  if (permission === 'prompt') return 'local-network-denied';
  // A browser without that permission lets secure pages reach this machine over http, but no other.
  const isMixed = origin.startsWith('https:') && target.protocol === 'http:' && space === 'local';
  return isMixed && permission === null ? 'mixed-content' : 'host-unreachable';
}

function isMorePrivate(space: AddressSpace, origin: string): boolean {
  const page = URL.parse(origin);
  return SPACES.indexOf(space) < SPACES.indexOf(page ? addressSpaceOf(page.hostname) : 'public');
}

/** True when nothing meant for `target` gets any farther from this machine on its way through `relay`. */
export function isNoFarther(relay: URL, target: URL): boolean {
  return SPACES.indexOf(addressSpaceOf(relay.hostname)) <= SPACES.indexOf(addressSpaceOf(target.hostname));
}

const SPACES: readonly AddressSpace[] = ['loopback', 'local', 'public'];

/** Why the relay gave no answer, or none of the provider's. */
export async function proxyReason(proxy: string, { network, prober }: ReasonDeps): Promise<NetworkReason> {
  const target = new URL(proxy);
  if (addressSpaceOf(target.hostname) !== 'loopback' && !network.online()) return 'offline';
  const probe = await prober.probe(target, addressFacts(target, network));
  return probe.type === 'silent' ? 'proxy-unreachable' : 'proxy-refused';
}

/** What the browser must be told of an address that it can't see is local. */
export function addressFacts(target: URL, network: NetworkFacts): RequestInit {
  if (!network.origin.startsWith('https:') || !isPrivateName(target.hostname)) return {};
  const init: RequestInit & { readonly targetAddressSpace: string } = { targetAddressSpace: 'local' };
  return init;
}

/** The same error with what was found; the provider's host is in the message and `details.host`. */
export function withReason(
  error: AppError,
  reason: NetworkReason,
  host: string,
  more: Readonly<Record<string, unknown>> = {},
): AppError {
  return new AppError('network/unreachable', MESSAGES[reason].replaceAll('{host}', host), {
    details: { ...error.details, ...more, reason, host },
    cause: error.cause ?? error,
  });
}

const MESSAGES: Readonly<Record<NetworkReason, string>> = {
  offline: 'This device has no network, so {host} can’t be reached.',
  'mixed-content': 'The browser does not let a secure page talk to {host} over plain http.',
  'local-network-denied':
    'The browser does not allow this page to reach {host} in the local network or on this machine.',
  'host-unreachable':
    'No answer came from {host}: the address may be wrong, the server down, or the network blocked. Where it runs, CORS or a wrong key may be why.',
  cors: '{host} answers, but does not allow web pages to read it (CORS). A proxy gets around that.',
  'cors-or-key':
    'The browser does not show what {host} answers: the key may be wrong, or the server does not allow web pages (CORS). A proxy tells which.',
  'server-cors-off':
    '{host} runs, but does not allow this page to read it: CORS must be turned on in the server’s settings.',
  redirected: '{host} sent the request elsewhere. That is not followed, so that no key goes to another server.',
  'proxy-unreachable': 'The proxy does not answer, so {host} was not reached.',
  'proxy-refused': 'The proxy answers, but did not pass the request on to {host}.',
};
