import type { Clock, Fetch } from '../../contracts/ports.ts';
import type { ModelManifest } from '../../contracts/weights.ts';
import { AppError } from '../../errors/index.ts';
import type { Database } from '../database.ts';
import type { WeightsSchema } from '../schema.ts';
import { parseManifest } from './parse-manifest.ts';
import { aborted, unreachable } from './source-error.ts';

export interface ManifestDeps {
  readonly database: Database<WeightsSchema>;
  readonly fetch: Fetch;
  readonly clock: Clock;
}

/** With a stored copy at hand nobody waits long for the network; without one there is nothing else to do. */
const TIMEOUT_WITH_COPY_MS = 2_000;
const TIMEOUT_MS = 30_000;

/** The network's manifest if it gives one, else the stored one, else what the network failed with. */
export async function loadManifest(deps: ManifestDeps, baseUrl: string, signal?: AbortSignal): Promise<ModelManifest> {
  const stored = await deps.database.transact(['manifests'], 'readonly', (tx) =>
    tx.objectStore('manifests').get(baseUrl),
  );
  let manifest: ModelManifest;
  try {
    manifest = await fetchManifest(deps.fetch, `${baseUrl}manifest.json`, {
      timeoutMs: stored ? TIMEOUT_WITH_COPY_MS : TIMEOUT_MS,
      signal,
    });
  } catch (error) {
    if (signal?.aborted) throw aborted(error);
    if (stored) return stored.manifest;
    throw error;
  }
  const record = { baseUrl, manifest, storedAt: deps.clock.now() };
  await deps.database.transact(['manifests'], 'readwrite', async (tx) => {
    await tx.objectStore('manifests').put(record);
  });
  return manifest;
}

async function fetchManifest(
  fetch: Fetch,
  url: string,
  options: { timeoutMs: number; signal: AbortSignal | undefined },
): Promise<ModelManifest> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  const text = await fetchText(fetch, url, signal);
  return parseManifest(parseJson(text, url), url);
}

async function fetchText(fetch: Fetch, url: string, signal: AbortSignal): Promise<string> {
  try {
    const response = await fetch(url, { cache: 'no-cache', signal });
    if (!response.ok) throw unreachable(url, undefined, response.status);
    return await response.text();
  } catch (error) {
    throw error instanceof AppError ? error : unreachable(url, error);
  }
}

function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('storage/corrupt', `${url} is not JSON.`, {
      details: { url, problem: 'not JSON' },
      cause: error,
    });
  }
}
