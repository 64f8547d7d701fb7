import type { HubApi } from '../contracts/hub.ts';
import type { DoctorEvent } from '../contracts/provider.ts';
import type { ProviderClient, VaultClient } from './switchyard-client.ts';

export function createProviderClient(hub: HubApi): ProviderClient {
  return {
    list: () => hub.listProviders(),
    save: (config) => hub.saveProvider(config),
    remove: (label) => hub.removeProvider(label),
    diagnose: (label, { model, signal } = {}) => untilAborted(hub.diagnoseProvider(label, model), signal),
    models: (label, signal) => hub.providerModels(label, signal),
    catalogue: (kind) => hub.catalogueModels(kind),
    sentRequests: (replyId) => hub.sentRequests(replyId),
  };
}

export function createVaultClient(hub: HubApi): VaultClient {
  return {
    status: () => hub.vaultStatus(),
    importEnv: (text) => hub.importEnv(text),
    setPassphrase: (passphrase) => hub.setPassphrase(passphrase),
    unlock: (passphrase) => hub.unlockVault(passphrase),
    lock: () => hub.lockVault(),
    setAutoLock: (minutes) => hub.setAutoLock(minutes),
    reset: () => hub.resetVault(),
  };
}

/** Leaves the stream when the signal aborts, also while it waits for the next event. */
async function* untilAborted(events: AsyncIterable<DoctorEvent>, signal?: AbortSignal): AsyncGenerator<DoctorEvent> {
  const iterator = events[Symbol.asyncIterator]();
  const aborted = new Promise<IteratorResult<DoctorEvent>>((resolve) => {
    const end = (): void => resolve({ done: true, value: undefined });
    if (signal?.aborted) end();
    else signal?.addEventListener('abort', end, { once: true });
  });
  try {
    for (;;) {
      const step = await Promise.race([iterator.next(), aborted]);
      if (step.done) return;
      yield step.value;
    }
  } finally {
    await iterator.return?.();
  }
}
