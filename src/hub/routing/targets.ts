import type { Limits } from '../../contracts/config.ts';
import type { Clock } from '../../contracts/ports.ts';
import type { Model } from '../model.ts';
import { createCircuitBreaker, type CircuitBreaker } from './circuit-breaker.ts';
import { createTargetLoad, type TargetLoad } from './target-load.ts';

/** One model with one key: what a request is sent to, what has a breaker and a load. */
export interface Target {
  readonly id: string;
  readonly model: Model;
  readonly key: string | null;
  readonly breaker: CircuitBreaker;
  readonly load: TargetLoad;
}

export interface Targets {
  /** One per key of the model. The same model and key have the same breaker and load, however often they are asked for. */
  of(model: Model): readonly Target[];
}

export function createTargets(clock: Clock, limits: () => Limits): Targets {
  const health = new Map<string, Pick<Target, 'breaker' | 'load'>>();
  const settings = () => ({ errorThreshold: limits().errorThreshold, ...limits().breaker });
  const healthOf = (id: string): Pick<Target, 'breaker' | 'load'> => {
    const known = health.get(id);
    if (known) return known;
    const made = { breaker: createCircuitBreaker(clock, settings), load: createTargetLoad(clock) };
    health.set(id, made);
    return made;
  };
  return {
    of: (model) =>
      model.keys().map((key) => {
        const id = key === null ? model.id : `${model.id}#${key}`;
        return { id, model, key, ...healthOf(id) };
      }),
  };
}
