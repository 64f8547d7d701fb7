import type { Limits } from '../../contracts/config.ts';
import type { Clock } from '../../contracts/ports.ts';
import type { ProviderConfig } from '../../contracts/provider.ts';
import type { Model } from '../model.ts';
import { createMinuteWindow, type MinuteWindow } from './minute-window.ts';
import { createSlotGate, type SlotGate } from './slot-gate.ts';

/** What a provider allows with one key. */
export type KeyLimits = Pick<ProviderConfig, 'maxConcurrent' | 'rpm' | 'tpm'>;

/** One model asked with one key. */
export interface SlotTarget {
  readonly model: Pick<Model, 'id' | 'provider' | 'concurrency'>;
  readonly key: string | null;
}

/** What a request passes on its way to a target, beside the gate of all requests. */
export interface TargetGates {
  readonly model: SlotGate;
  /** Of all models of a provider that are asked with this key. */
  readonly key: SlotGate;
  readonly minute: MinuteWindow;
}

export interface Gates {
  readonly overall: SlotGate;
  of(target: SlotTarget): TargetGates;
}

export interface GatesDeps {
  readonly clock: Clock;
  /** Asked at every decision, so that a change applies at once. */
  readonly limits: () => Pick<Limits, 'maxConcurrentRequests'>;
  /** Of a provider by its label; none where there is no such provider. */
  readonly keyLimits: (provider: string) => KeyLimits;
}

/** The same model and key have the same gates, however often they are asked for. */
export function createGates({ clock, limits, keyLimits }: GatesDeps): Gates {
  const models = new Map<string, SlotGate>();
  const concurrencies = new Map<string, number>();
  const keys = new Map<string, Omit<TargetGates, 'model'>>();

  const modelGate = ({ id, concurrency }: SlotTarget['model']): SlotGate => {
    // A model that was configured anew has the same gate and another limit.
    concurrencies.set(id, concurrency);
    const known = models.get(id);
    if (known) return known;
    const made = createSlotGate(clock, () => concurrencies.get(id) ?? concurrency);
    models.set(id, made);
    return made;
  };
  const keyGates = (provider: string, key: string | null): Omit<TargetGates, 'model'> => {
    const id = JSON.stringify([provider, key]);
    const known = keys.get(id);
    if (known) return known;
    const made = {
      key: createSlotGate(clock, () => keyLimits(provider).maxConcurrent ?? Number.POSITIVE_INFINITY),
      minute: createMinuteWindow(clock, () => keyLimits(provider)),
    };
    keys.set(id, made);
    return made;
  };
  return {
    overall: createSlotGate(clock, () => limits().maxConcurrentRequests),
    of: ({ model, key }) => ({ model: modelGate(model), ...keyGates(model.provider, key) }),
  };
}
