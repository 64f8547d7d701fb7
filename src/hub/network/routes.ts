import type { ProviderConfig } from '../../contracts/provider.ts';

/** Which providers with the mode `auto` need the relay, as far as this hub has seen; a change of configuration forgets it. */
export interface Routes {
  needsProxy(config: ProviderConfig, proxy: string): boolean;
  remember(config: ProviderConfig, proxy: string): void;
  forget(config: ProviderConfig): void;
}

export function createRoutes(): Routes {
  const relayed = new Map<string, string>();
  return {
    needsProxy(config, proxy) {
      const needed = relayed.get(config.label) === wayOf(config, proxy);
      if (!needed) relayed.delete(config.label);
      return needed;
    },
    remember: (config, proxy) => void relayed.set(config.label, wayOf(config, proxy)),
    forget: ({ label }) => void relayed.delete(label),
  };
}

/** What of the configuration decides the way; its models do not. */
function wayOf({ kind, api, baseUrl, proxy: mode }: ProviderConfig, proxy: string): string {
  return JSON.stringify([kind, api, baseUrl, mode, proxy]);
}
