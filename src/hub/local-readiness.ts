import type { WaitProgress } from '../contracts/generation.ts';
import type { ModelState } from '../contracts/model.ts';
import { AppError } from '../errors/index.ts';
import { loadEngine, type LoadedEngine, type LocalEngineDeps } from './local-engine.ts';
import { createSharedTask, type SharedTask } from './shared-task.ts';

export interface LocalStatus {
  readonly state: ModelState;
  readonly progress?: WaitProgress;
  readonly error?: AppError;
  /** Bytes of the model on the device; absent until looked up. */
  readonly storedBytes?: number;
}

/** How far a local model is from answering, and the way there: one download and one load for everybody who waits. */
export interface LocalReadiness {
  readonly status: LocalStatus;
  /** The engine with the model in memory; null when there is none. */
  readonly engine: LoadedEngine | null;
  readonly downloading: boolean;
  readonly loading: boolean;
  /** Looks up what is stored; leaves the state alone when that can't be found out, or when it is about to change. */
  refresh(): Promise<void>;
  download(signal: AbortSignal): Promise<void>;
  /** Resolves with the engine in memory. Everybody who waits hears the progress; a signal only ends its own wait. */
  prepare(signal: AbortSignal, onProgress: (progress: WaitProgress) => void): Promise<void>;
}

export function createLocalReadiness(deps: LocalEngineDeps & { readonly onChange: () => void }): LocalReadiness {
  const { files } = deps;
  let status: LocalStatus = { state: 'not-downloaded' };
  let engine: LoadedEngine | null = null;

  const setStatus = (next: LocalStatus): void => {
    const storedBytes = next.storedBytes ?? status.storedBytes;
    status = { ...next, ...(storedBytes === undefined ? {} : { storedBytes }) };
    deps.onChange();
  };
  const settle = async (): Promise<void> => {
    try {
      const stored = await files.stored();
      if (!engine && !loadTask.running)
        setStatus({ state: stored.complete ? 'downloaded' : 'not-downloaded', storedBytes: stored.bytes });
    } catch {
      // The source can't be asked and nothing is stored: a request will say why.
    }
  };
  const failWith = (error: AppError): void => setStatus({ state: 'failed', error });
  const show = (progress: WaitProgress): void =>
    setStatus({ state: progress.phase === 'download' ? 'downloading' : 'loading', progress });

  const hooks: TaskHooks = { show, settle, failWith, adopt: (loaded) => adopt(loaded) };
  const downloadTask = createDownloadTask(deps, hooks);
  const loadTask = createLoadTask(deps, hooks);
  const adopt = (loaded: LoadedEngine): void => {
    engine = loaded;
    setStatus({ state: 'ready' });
    loaded.session.onLost(() => {
      engine = null;
      setStatus({ state: 'downloaded' });
    });
  };

  return {
    get status() {
      return status;
    },
    get engine() {
      return engine;
    },
    get downloading() {
      return downloadTask.running;
    },
    get loading() {
      return loadTask.running;
    },
    refresh: () => (downloadTask.running ? Promise.resolve() : settle()),
    download: (signal) => (engine ? Promise.resolve() : downloadTask.join(signal, () => undefined)),
    async prepare(signal, onProgress) {
      if (engine) return;
      if (!loadTask.running) await downloadTask.join(signal, onProgress);
      // Another request may have loaded the model while this one waited for its files.
      if (!(engine as LoadedEngine | null)) await loadTask.join(signal, onProgress);
    },
  };
}

interface TaskHooks {
  show(progress: WaitProgress): void;
  settle(): Promise<void>;
  failWith(error: AppError): void;
  adopt(loaded: LoadedEngine): void;
}

/** Aborted when nobody waits for it any more; what has arrived stays on the device. */
function createDownloadTask(deps: LocalEngineDeps, hooks: TaskHooks): SharedTask<WaitProgress> {
  return createSharedTask<WaitProgress>(
    async (signal, report) => {
      try {
        await deps.files.ensure({ signal }, (progress) => {
          if (signal.aborted) return;
          hooks.show(progress);
          report(progress);
        });
        await hooks.settle();
      } catch (error) {
        if (signal.aborted) await hooks.settle();
        else hooks.failWith(AppError.from(error));
        throw error;
      }
    },
    { abandon: true },
  );
}

/** Goes on when nobody waits for it any more: the next request will. */
function createLoadTask(deps: LocalEngineDeps, hooks: TaskHooks): SharedTask<WaitProgress> {
  return createSharedTask<WaitProgress>(
    async (signal, report) => {
      try {
        const loaded = await loadEngine(deps, signal, (progress) => {
          hooks.show(progress);
          report(progress);
        });
        hooks.adopt(loaded);
      } catch (error) {
        hooks.failWith(AppError.from(error));
        throw error;
      }
    },
    { abandon: false },
  );
}
