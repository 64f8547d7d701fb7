import { describe, expect, it } from 'vitest';
import { createBrowserNetwork, type NetworkScope } from '../../../src/rpc/platform/browser-network.ts';

interface Browser {
  readonly online?: boolean;
  /** State of each permission that the browser knows; null is a browser without permissions. */
  readonly permissions?: Readonly<Record<string, string>> | null;
  /** Embedder policy of the script; null is no answer. */
  readonly policy?: string | null;
}

function network({ online = true, permissions = {}, policy = '' }: Browser, asked: string[] = []) {
  const query = ({ name }: { readonly name: string }): Promise<{ state: string }> => {
    asked.push(name);
    const state = permissions?.[name];
    return state === undefined
      ? Promise.reject(new TypeError(`'${name}' is not a valid enum value`))
      : Promise.resolve({ state });
  };
  const scope: NetworkScope = {
    origin: 'https://app.example',
    location: { href: 'https://app.example/hub.js' },
    navigator: { onLine: online, ...(permissions === null ? {} : { permissions: { query } }) },
    fetch(url) {
      asked.push(url);
      const headers = policy === null || policy === '' ? {} : { 'cross-origin-embedder-policy': policy };
      return policy === null
        ? Promise.reject(new TypeError('Failed to fetch'))
        : Promise.resolve(new Response('x', { headers }));
    },
  };
  return createBrowserNetwork(scope);
}

describe('browser network', () => {
  it('[NET12] says what the browser says of the network and the page', () => {
    expect(network({}).online()).toBe(true);
    expect(network({ online: false }).online()).toBe(false);
    expect(network({}).origin).toBe('https://app.example');
  });

  it('[NET12] asks for the permission of the space, by its older name where that is what the browser knows', async () => {
    const both = network({ permissions: { 'loopback-network': 'granted', 'local-network': 'denied' } });
    expect(await both.localNetworkPermission('loopback')).toBe('granted');
    expect(await both.localNetworkPermission('local')).toBe('denied');
    const asked: string[] = [];
    const older = network({ permissions: { 'local-network-access': 'prompt' } }, asked);
    expect(await older.localNetworkPermission('loopback')).toBe('prompt');
    expect(asked).toEqual(['loopback-network', 'local-network-access']);
  });

  it('[NET12] a browser that knows no such permission says nothing', async () => {
    expect(await network({}).localNetworkPermission('local')).toBeNull();
    expect(await network({ permissions: null }).localNetworkPermission('local')).toBeNull();
    expect(await network({ permissions: { 'local-network': 'odd' } }).localNetworkPermission('local')).toBeNull();
  });

  it.each([
    ['', true],
    ['credentialless', true],
    ['require-corp', false],
    ['require-corp; report-to="x"', false],
    [null, false],
  ])('[NET12] under the embedder policy %j, answers without CORS are seen: %s; asked once', async (policy, seen) => {
    const asked: string[] = [];
    const facts = network({ policy }, asked);
    expect(await facts.seesOpaqueAnswers?.()).toBe(seen);
    await facts.seesOpaqueAnswers?.();
    expect(asked).toEqual(['https://app.example/hub.js']);
  });
});
