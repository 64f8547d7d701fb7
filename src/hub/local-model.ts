import type { EngineGenerateRequest, RuntimeFiles } from '../contracts/engine.ts';
import type { GeneratePart } from '../contracts/generation.ts';
import { localModelId, type LocalModelDescriptor, type ModelInfo } from '../contracts/model.ts';
import type { WeightsStore } from '../contracts/stores.ts';
import { AppError } from '../errors/index.ts';
import type { EngineHosts } from './engine-hosts.ts';
import { contextTokensOf } from './local-engine.ts';
import { partsOf } from './engine-result.ts';
import { engineErrorOf, engineLost, isEngineDead } from './engine-errors.ts';
import type { EngineSession } from './engine-session.ts';
import { createLocalReadiness, type LocalReadiness } from './local-readiness.ts';
import { createModelFiles, sizeOf, type ModelFiles } from './model-files.ts';
import type { Model, ModelRequest } from './model.ts';
import { badRequest, samplingOf } from './validate-request.ts';

export interface LocalModelDeps {
  readonly weights: WeightsStore;
  readonly runtime: RuntimeFiles;
  readonly hosts: EngineHosts;
  /** State, progress or error of a model changed. */
  readonly onChange: () => void;
}

/** A model that runs in an engine worker of one tab, for all tabs. Throws `provider/bad-request` for a descriptor it can't serve. */
export function createLocalModel(descriptor: LocalModelDescriptor, deps: LocalModelDeps): Model {
  checkDescriptor(descriptor);
  const id = localModelId(descriptor.name, descriptor.task);
  const files = createModelFiles(descriptor.baseUrl, deps);
  const readiness = createLocalReadiness({
    modelId: id,
    contextTokens: descriptor.contextTokens,
    files,
    hosts: deps.hosts,
    onChange: deps.onChange,
  });
  let answering = 0;

  /** After an engine error the worker is of no more use. */
  const deathOf = (error: unknown, session: EngineSession): AppError => {
    const known = engineErrorOf(error);
    if (isEngineDead(known)) session.stop(known);
    return known.code === 'engine/lost' ? deps.hosts.died(id, known, session.tabId) : known;
  };

  async function* generateStream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<GeneratePart> {
    const asked = engineRequestOf(request, descriptor);
    await readiness.prepare(signal, () => undefined);
    const session = readiness.engine?.session;
    if (!session) throw engineLost('lost-before-start');
    answering += 1;
    try {
      for await (const part of partsOf(id, session.generate(asked, signal))) {
        if (part.type === 'finish') deps.hosts.worked(id);
        yield part;
      }
    } catch (error) {
      throw signal.aborted ? error : deathOf(error, session);
    } finally {
      answering -= 1;
    }
  }

  const unload = (): void => {
    if (answering > 0 || readiness.loading) throw busy(id);
    readiness.engine?.session.stop(engineLost('unloaded'));
  };

  return {
    id,
    provider: 'local',
    task: descriptor.task,
    concurrency: 1,
    needsNetwork: false,
    keys: () => [null],
    info: () => infoOf(descriptor, files, readiness),
    probe: () => readiness.refresh(),
    prepare: (signal, onProgress) => readiness.prepare(signal, onProgress),
    generateStream,
    download: (signal) => readiness.download(signal),
    unload: () => Promise.resolve().then(unload),
    async remove() {
      if (readiness.downloading) throw busy(id);
      unload();
      await files.remove();
      await readiness.refresh();
    },
    dispose: () => Promise.resolve(readiness.engine?.session.stop(engineLost('unloaded'))),
  };
}

function busy(id: string): AppError {
  return new AppError('provider/bad-request', 'The model is in use.', { details: { reason: 'busy', id } });
}

function checkDescriptor(descriptor: LocalModelDescriptor): void {
  const { name, task, baseUrl, contextTokens, defaults } = descriptor;
  if (!/^[a-z0-9][\w.-]*$/iu.test(name)) throw badRequest('name', `"${name}" is no name of a model`);
  if (task !== 'text_generation') throw badRequest('task', `local models can't do the task "${task}" yet`);
  if (!/^(\/|https?:\/\/).*\/$/u.test(baseUrl)) {
    throw badRequest('baseUrl', 'baseUrl must be an absolute or root-relative folder with a slash at its end');
  }
  if (contextTokens !== undefined && !(Number.isInteger(contextTokens) && contextTokens > 0)) {
    throw badRequest('contextTokens', `contextTokens can't be ${contextTokens}`);
  }
  if (defaults) samplingOf(defaults);
}

function engineRequestOf(request: ModelRequest, descriptor: LocalModelDescriptor): EngineGenerateRequest {
  const format = request.responseFormat as { readonly type?: unknown } | undefined;
  if (format !== undefined && format.type !== 'text') {
    throw badRequest('responseFormat', 'local models answer in plain text only');
  }
  const maxTokens = request.maxTokens ?? descriptor.defaults?.maxTokens;
  return {
    ...samplingOf(descriptor.defaults ?? {}),
    ...samplingOf(request),
    messages: request.messages,
    ...(request.continueLast ? { continueLast: true } : {}),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(request.stop === undefined ? {} : { stop: request.stop }),
  };
}

function infoOf(
  descriptor: LocalModelDescriptor,
  files: ModelFiles,
  readiness: LocalReadiness,
): Omit<ModelInfo, 'isDefault'> {
  const { status, engine } = readiness;
  const manifest = files.known;
  const planned = manifest ? contextTokensOf(manifest, descriptor.contextTokens) : descriptor.contextTokens;
  const contextTokens = engine?.info.contextTokens ?? planned;
  return {
    id: localModelId(descriptor.name, descriptor.task),
    task: descriptor.task,
    provider: 'local',
    location: 'device',
    displayName: descriptor.displayName ?? manifest?.displayName ?? descriptor.name,
    state: status.state,
    ...(manifest ? { sizeBytes: sizeOf(manifest.files) } : {}),
    ...(status.storedBytes === undefined ? {} : { storedBytes: status.storedBytes }),
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...(manifest ? { parameterCount: manifest.parameterCount, license: manifest.license } : {}),
    ...(status.progress ? { progress: status.progress } : {}),
    ...(status.error ? { error: status.error.toWire() } : {}),
  };
}
