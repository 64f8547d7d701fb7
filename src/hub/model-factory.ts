import type { LocalModelDescriptor } from '../contracts/model.ts';
import { AppError } from '../errors/index.ts';
import type { Model } from './model.ts';

/** What makes the models of one provider. Throws `provider/bad-request` for a descriptor that it can't serve. */
export type ModelMaker = (descriptor: LocalModelDescriptor) => Model;

export interface ModelFactory {
  /** The model that a descriptor describes. Throws `provider/bad-request` with `details.field`. */
  create(descriptor: LocalModelDescriptor): Model;
}

/** `makers` by the descriptor's `provider`. */
export function createModelFactory(makers: Readonly<Record<string, ModelMaker>>): ModelFactory {
  return {
    create(descriptor) {
      const make = Object.hasOwn(makers, descriptor.provider) ? makers[descriptor.provider] : undefined;
      if (!make) {
        throw new AppError('provider/bad-request', `There is no provider "${descriptor.provider}".`, {
          details: { field: 'provider', known: Object.keys(makers) },
        });
      }
      return make(descriptor);
    },
  };
}
