import type { DoctorEvent } from '../../contracts/provider.ts';
import type { HubApi } from '../../contracts/hub.ts';
import type { SentRequestStore } from '../../contracts/stores.ts';
import { AppError } from '../../errors/index.ts';
import { createAsyncQueue } from '../async-queue.ts';
import type { Configuration } from '../configuration.ts';
import type { Cloud } from './create-cloud.ts';

export type CloudCalls = Pick<
  HubApi,
  | 'importConfig'
  | 'exportConfig'
  | 'previewConfig'
  | 'getRouting'
  | 'savePools'
  | 'saveLimits'
  | 'listProviders'
  | 'saveProvider'
  | 'removeProvider'
  | 'diagnoseProvider'
  | 'providerModels'
  | 'catalogueModels'
  | 'setSecret'
  | 'hasSecret'
  | 'deleteSecret'
  | 'importEnv'
  | 'vaultStatus'
  | 'setPassphrase'
  | 'unlockVault'
  | 'lockVault'
  | 'setAutoLock'
  | 'resetVault'
  | 'sentRequests'
>;

export interface CloudApiDeps {
  readonly cloud: Pick<Cloud, 'providers' | 'vault' | 'diagnose'>;
  readonly configuration: Configuration;
  readonly sent: SentRequestStore;
}

/** What tabs ask of providers and the vault. */
export function createCloudApi(deps: CloudApiDeps): CloudCalls {
  const { cloud, configuration, sent } = deps;
  const { providers, vault } = cloud;
  return {
    importConfig: (text) => configuration.importText(text),
    exportConfig: () => configuration.exportText(),
    previewConfig: (text) => configuration.previewText(text),
    getRouting: () => configuration.routing(),
    savePools: (pools) => configuration.savePools(pools),
    saveLimits: (limits, budget) => configuration.saveLimits(limits, budget),
    listProviders: () => providers.list(),
    saveProvider: (config) => providers.save(config),
    removeProvider: (label) => providers.remove(label),
    diagnoseProvider: (label, model) => ({
      [Symbol.asyncIterator]: () => startDiagnosis(deps, label, model),
    }),
    providerModels: (label, signal) => providers.offered(label, signal ?? new AbortController().signal),
    catalogueModels: (kind) => providers.catalogueOf(kind),
    setSecret: (name, value) => vault.set(name, value),
    hasSecret: (name) => vault.has(name),
    deleteSecret: (name) => vault.delete(name),
    importEnv: (text) => vault.importEnv(text),
    vaultStatus: () => vault.status(),
    setPassphrase: (passphrase) => vault.setPassphrase(passphrase),
    unlockVault: (passphrase) => vault.unlock(passphrase),
    lockVault: () => vault.lock(),
    setAutoLock: (minutes) => vault.setAutoLock(minutes),
    resetVault: () => vault.reset(),
    sentRequests: (replyId) => sent.get(replyId),
  };
}

/** Not a generator: its `return()` would wait behind a check that takes its time. */
function startDiagnosis(deps: CloudApiDeps, label: string, model: string | undefined): AsyncIterator<DoctorEvent> {
  const left = new AbortController();
  const events = createAsyncQueue<DoctorEvent>({
    onReturn: () => left.abort(new AppError('request/aborted', 'The diagnosis was left.')),
  });
  const run = async (): Promise<void> => {
    const config = await deps.cloud.providers.find(label);
    for await (const event of deps.cloud.diagnose(config, model, left.signal)) events.push(event);
  };
  run().then(
    () => events.end(),
    (error: unknown) => events.fail(error),
  );
  return events;
}
