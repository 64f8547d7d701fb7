import type { EngineInfo, EngineLoadRequest } from '../contracts/engine.ts';
import type { WaitProgress } from '../contracts/generation.ts';
import type { ModelManifest } from '../contracts/weights.ts';
import { AppError } from '../errors/index.ts';
import type { EngineHosts } from './engine-hosts.ts';
import { engineErrorOf } from './engine-errors.ts';
import type { EngineSession } from './engine-session.ts';
import type { ModelFiles } from './model-files.ts';

export interface LoadedEngine {
  readonly session: EngineSession;
  readonly info: EngineInfo;
}

export interface LocalEngineDeps {
  readonly modelId: string;
  readonly contextTokens: number | undefined;
  readonly files: ModelFiles;
  readonly hosts: EngineHosts;
}

/** Tokens of context when the descriptor names none: the key-value buffer of more would not fit small devices. */
const DEFAULT_CONTEXT_TOKENS = 4096;

/**
 * A fresh engine with the model in memory. A stored file that turns out damaged is fetched again, once, and loaded by
 * another fresh engine. Throws `engine/lost`, `engine/out-of-memory`, `storage/corrupt`, and what a download throws.
 */
export async function loadEngine(
  deps: LocalEngineDeps,
  signal: AbortSignal,
  report: (progress: WaitProgress) => void,
): Promise<LoadedEngine> {
  const manifest = await deps.files.manifest(signal);
  try {
    return await loadOnce(deps, manifest, report);
  } catch (error) {
    if (!isDamage(error)) throw error;
    const repaired = await deps.files.ensure({ verify: true, signal }, report);
    return loadOnce(deps, repaired, report);
  }
}

async function loadOnce(
  deps: LocalEngineDeps,
  manifest: ModelManifest,
  report: (progress: WaitProgress) => void,
): Promise<LoadedEngine> {
  report({ phase: 'load', fraction: 0 });
  let session: EngineSession | null = null;
  try {
    session = await deps.hosts.start(deps.modelId);
    const info = await loadInto(session, requestFor(deps, manifest, session.threads), report);
    return { session, info };
  } catch (error) {
    const known = engineErrorOf(error);
    session?.stop(known);
    if (known.code !== 'engine/lost' || known.details['reason'] === 'no-tab') throw known;
    throw deps.hosts.died(deps.modelId, known, session?.tabId);
  }
}

async function loadInto(
  session: EngineSession,
  request: EngineLoadRequest,
  report: (progress: WaitProgress) => void,
): Promise<EngineInfo> {
  for await (const event of session.load(request)) {
    if (event.type === 'ready') return event.info;
    report({ phase: 'load', fraction: event.fraction });
  }
  throw new AppError('engine/lost', 'The engine ended its load without being ready.', {
    details: { reason: 'load-truncated' },
  });
}

function requestFor(deps: LocalEngineDeps, manifest: ModelManifest, threads: number): EngineLoadRequest {
  return { manifest, contextTokens: contextTokensOf(manifest, deps.contextTokens), threads };
}

/** Tokens of context that a model is loaded with. */
export function contextTokensOf(manifest: ModelManifest, wanted: number | undefined): number {
  return Math.min(wanted ?? DEFAULT_CONTEXT_TOKENS, manifest.maxContextTokens);
}

/** `model/not-loaded`: the browser evicted a file after it was looked for. */
function isDamage(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'storage/corrupt' || error.code === 'model/not-loaded');
}
