import type { NetworkFacts } from '../../contracts/ports.ts';

type Space = 'loopback' | 'local';
type Permission = 'granted' | 'denied' | 'prompt';

/** The part of a worker's or page's global scope that is used. */
export interface NetworkScope {
  readonly origin: string;
  readonly location: { readonly href: string };
  readonly navigator: {
    readonly onLine: boolean;
    /** Missing in old browsers. */
    readonly permissions?: { query(descriptor: PermissionDescriptor): Promise<{ readonly state: string }> };
  };
  fetch(input: string, init?: RequestInit): Promise<Response>;
}

/** What the browser says of the network, in a page or in a worker of either kind. */
export function createBrowserNetwork(scope: NetworkScope = globalThis): NetworkFacts {
  let opaque: Promise<boolean> | null = null;
  return {
    online: () => scope.navigator.onLine,
    origin: scope.origin,
    localNetworkPermission: (space) => permissionFor(space, scope.navigator.permissions),
    seesOpaqueAnswers: () => (opaque ??= seesOpaqueAnswers(scope)),
  };
}

/** Chrome has called it differently over time, and other browsers do not know it. */
async function permissionFor(
  space: Space,
  permissions: NetworkScope['navigator']['permissions'],
): Promise<Permission | null> {
  for (const name of [`${space}-network`, 'local-network-access']) {
    // An unknown name rejects.
    const status = await permissions?.query({ name } as unknown as PermissionDescriptor).catch(() => null);
    if (isPermission(status?.state)) return status.state;
  }
  return null;
}

function isPermission(state: string | undefined): state is Permission {
  return state === 'granted' || state === 'denied' || state === 'prompt';
}

/** A realm can't ask for its embedder policy, but for the headers that its own script came with. */
async function seesOpaqueAnswers(scope: NetworkScope): Promise<boolean> {
  const script = await scope.fetch(scope.location.href, { cache: 'force-cache' }).catch(() => null);
  if (!script) return false;
  await script.body?.cancel();
  return script.headers.get('cross-origin-embedder-policy')?.startsWith('require-corp') !== true;
}
