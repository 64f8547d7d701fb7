import type { HubEvent } from '../../contracts/hub.ts';
import type { HubDeps } from '../../contracts/hub-runtime.ts';
import type { ResponseCache } from '../cache/response-cache.ts';
import type { Cloud } from '../cloud/create-cloud.ts';
import type { RequestSlots } from '../concurrency/request-slots.ts';
import type { ModelManager } from '../model-manager.ts';
import type { Target, Targets } from '../routing/targets.ts';
import { createThrottle } from '../timer.ts';
import { createCollector } from './collector.ts';
import type { Monitor } from './create-monitor.ts';
import type { GenAiFacts } from './export/gen-ai-names.ts';
import { createBatches, createFigureCalls, type ExportingDeps, type FigureCalls } from './figures-api.ts';

export interface FiguresDeps {
  readonly hubId: string;
  readonly hub: Pick<HubDeps, 'clock' | 'fetch' | 'settings' | 'build'>;
  readonly monitor: Monitor;
  readonly manager: Pick<ModelManager, 'list' | 'resolve'>;
  readonly cloud: Pick<Cloud, 'providers' | 'vault'>;
  readonly targets: Targets;
  readonly slots: Pick<RequestSlots, 'active' | 'waiting' | 'closedForMs'>;
  readonly cache: Pick<ResponseCache, 'stats'>;
  readonly emit: (event: HubEvent) => void;
}

/** What tabs and collectors are told of figures. */
export interface Figures {
  readonly calls: FigureCalls;
  /** To be called when an attempt ended or figures were reset. */
  readonly onChange: () => void;
  /** The slots, of which every change is told. */
  watched(slots: RequestSlots): RequestSlots;
  dispose(): void;
}

const EVENT_INTERVAL_MS = 1000;

export function createFigures(deps: FiguresDeps): Figures {
  const { hub, monitor, slots, cache, emit, cloud } = deps;
  const { clock } = hub;
  const changes = createThrottle(clock, EVENT_INTERVAL_MS, () => emit({ type: 'metrics-changed' }));
  const exporting: ExportingDeps = {
    monitor,
    clock,
    source: { hubId: deps.hubId, build: hub.build },
    facts: () => readFacts(deps),
    async redact() {
      await cloud.vault.ready();
      return cloud.vault.redact;
    },
  };
  const collector = createCollector({
    clock,
    fetch: hub.fetch,
    address: async () => (await hub.settings.get()).collectorUrl,
    batch: createBatches(exporting),
  });
  return {
    calls: createFigureCalls({
      ...exporting,
      onChange: changes.request,
      live: {
        clock,
        monitor,
        targets: () => allTargets(deps),
        slots,
        closedForMs: (target) => slots.closedForMs(target),
        cache: cache.stats,
        collector: collector.state,
      },
    }),
    onChange() {
      changes.request();
      collector.request();
    },
    watched: (all) => ({
      ...{ failed: all.failed, answered: all.answered, closedForMs: all.closedForMs, recheck: all.recheck },
      acquire(request) {
        changes.request();
        const granted = all.acquire(request);
        granted.then(changes.request, changes.request);
        return granted;
      },
      get active() {
        return all.active;
      },
      get waiting() {
        return all.waiting;
      },
    }),
    dispose() {
      changes.dispose();
      collector.dispose();
    },
  };
}

/** Every model with each of its keys; one that goes meanwhile is left out. */
async function allTargets({ manager, targets }: FiguresDeps): Promise<readonly Target[]> {
  const models = (await manager.list()).filter(({ location }) => location !== 'pool');
  const found = await Promise.allSettled(models.map(({ id }) => manager.resolve(id)));
  return found.flatMap((one) => (one.status === 'fulfilled' ? targets.of(one.value) : []));
}

async function readFacts({ manager, cloud }: FiguresDeps): Promise<GenAiFacts> {
  const tasks = new Map((await manager.list()).map(({ id, task }) => [id, task]));
  const kinds = new Map(cloud.providers.configs().map(({ label, kind }) => [label, kind]));
  return { kindOf: (label) => kinds.get(label), taskOf: (model) => tasks.get(model) };
}
