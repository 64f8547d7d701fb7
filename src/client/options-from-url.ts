export type HubChoice = 'shared' | 'worker' | 'auto';

/** What the address bar decides: `?hub=shared|worker`, `?threads=N`, `?debug=1`. Anything else is as if it were not there. */
export interface UrlOptions {
  readonly hub: HubChoice;
  readonly threads?: number;
  readonly debug: boolean;
}

export function optionsFromUrl(search: string): UrlOptions {
  const flags = new URLSearchParams(search);
  const hub = flags.get('hub');
  const threads = flags.get('threads') ?? '';
  return {
    hub: hub === 'shared' || hub === 'worker' ? hub : 'auto',
    debug: flags.get('debug') === '1',
    ...(/^[1-9]\d?$/.test(threads) && { threads: Number(threads) }),
  };
}
