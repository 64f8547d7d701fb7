import type { CorsMode } from './cors.ts';

export const FAKE_PROVIDERS = [
  'openai',
  'azure',
  'baidu-v2',
  'baidu-v1',
  'alibaba-compatible',
  'alibaba-native',
  'compatible',
  'ollama',
  'lmstudio',
  'llamacpp',
] as const;

export type FakeProvider = (typeof FAKE_PROVIDERS)[number];

interface Mount {
  /** Base URL's path, as `baseUrl` of a provider's configuration wants it. */
  readonly path: string;
  /** How the original answers browsers, as far as known. */
  readonly cors: CorsMode;
}

export const MOUNTS: Readonly<Record<FakeProvider, Mount>> = {
  openai: { path: '/openai/v1', cors: 'reflect' },
  azure: { path: '/azure', cors: 'star' },
  'baidu-v2': { path: '/baidu/v2', cors: 'reflect' },
  // The original can't be used from a browser without a proxy.
  'baidu-v1': { path: '/baidu-v1', cors: 'none' },
  'alibaba-compatible': { path: '/alibaba/compatible-mode/v1', cors: 'reflect' },
  'alibaba-native': { path: '/alibaba/api/v1', cors: 'reflect' },
  compatible: { path: '/compatible/v1', cors: 'star' },
  ollama: { path: '/ollama/v1', cors: 'fixed-list' },
  lmstudio: { path: '/lmstudio/v1', cors: 'none' },
  llamacpp: { path: '/llamacpp/v1', cors: 'literal-star' },
};

export function isFakeProvider(value: unknown): value is FakeProvider {
  return typeof value === 'string' && FAKE_PROVIDERS.some((provider) => provider === value);
}

/** The provider whose base URL a path lies under, and the rest of the path; null where there is none. */
export function providerOfPath(path: string): { readonly provider: FakeProvider; readonly rest: string } | null {
  const provider = FAKE_PROVIDERS.find(
    (name) => path === MOUNTS[name].path || path.startsWith(`${MOUNTS[name].path}/`),
  );
  return provider === undefined ? null : { provider, rest: path.slice(MOUNTS[provider].path.length) };
}
