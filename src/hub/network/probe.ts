import type { Clock, Fetch } from '../../contracts/ports.ts';
import { startTimer } from '../timer.ts';

/** What a host does with requests that carry no key, as far as a browser shows it. */
export type Probe =
  /** This page may read what the host answers. */
  | { readonly type: 'readable'; readonly status: number; readonly headers: Headers }
  | { readonly type: 'redirected' }
  /** The host answers, but not to this page. */
  | { readonly type: 'opaque' }
  /** Nothing answers, or the browser lets nothing through. */
  | { readonly type: 'silent'; readonly timedOut: boolean };

/** Asks a host whether it is there. One probe at a time per origin; what it found holds for ten seconds. */
export interface Prober {
  /** Never rejects. `init` adds what the browser must know of the address. */
  probe(url: URL, init?: RequestInit): Promise<Probe>;
  dispose(): void;
}

const LIMIT_MS = 5000;
const KEPT_MS = 10_000;

export function createProber({ fetch, clock }: { readonly fetch: Fetch; readonly clock: Clock }): Prober {
  const probes = new Map<string, { readonly found: Promise<Probe>; endedAtMs: number | null }>();
  const life = new AbortController();

  return {
    probe(url, init) {
      const known = probes.get(url.origin);
      if (known && (known.endedAtMs === null || clock.monotonicMs() - known.endedAtMs < KEPT_MS)) return known.found;
      const found = probeHost(url, { fetch, clock, life: life.signal, init: init ?? {} });
      const entry = { found, endedAtMs: null as number | null };
      probes.set(url.origin, entry);
      void found.then(() => (entry.endedAtMs = clock.monotonicMs()));
      return found;
    },
    dispose: () => life.abort(),
  };
}

interface ProbeWork {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly life: AbortSignal;
  readonly init: RequestInit;
}

async function probeHost(url: URL, { fetch, clock, life, init }: ProbeWork): Promise<Probe> {
  const limit = new AbortController();
  const stop = startTimer(clock, LIMIT_MS, () => limit.abort());
  const signal = AbortSignal.any([life, limit.signal]);
  const ask = async (more: RequestInit): Promise<Response | null> => {
    const response = await fetch(url.href, { ...init, ...KEYLESS, ...more, signal }).catch(() => null);
    await response?.body?.cancel().catch(() => undefined);
    return response;
  };
  try {
    const answer = await ask({ mode: 'cors', redirect: 'manual' });
    if (answer) return isRedirect(answer) ? { type: 'redirected' } : readable(answer);
    // Fetch knows no other redirect mode for requests without CORS.
    const opaque = signal.aborted ? null : await ask({ mode: 'no-cors', redirect: 'follow' });
    return opaque ? { type: 'opaque' } : { type: 'silent', timedOut: limit.signal.aborted };
  } finally {
    stop();
  }
}

const KEYLESS: RequestInit = { method: 'GET', credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store' };

function readable({ status, headers }: Response): Probe {
  return { type: 'readable', status, headers };
}

/** Browsers show a redirect that is not followed as an opaque answer; other hosts of fetch show it as it is. */
export function isRedirect({ type, status }: Response): boolean {
  return type === 'opaqueredirect' || (status >= 300 && status < 400 && status !== 304);
}
