import type { Model, ModelRequest } from '../model.ts';
import { isPool, type Pool } from '../routing/route-plan.ts';
import { badRequest } from '../validate-request.ts';

/**
 * What makes two requests the same: who is asked, and everything that changes the answer, in whatever order it was given. How
 * it is delivered (as a stream, until when, for whom) is not part of it.
 */
export interface RequestKeys {
  keyOf(found: Model | Pool, request: ModelRequest): string;
}

export function createRequestKeys(): RequestKeys {
  // A model that was configured anew is another object: what the old one answered is not asked of the new one.
  const versions = new WeakMap<Model, number>();
  let made = 0;
  const versionOf = (model: Model): number => {
    const known = versions.get(model);
    if (known !== undefined) return known;
    made += 1;
    versions.set(model, made);
    return made;
  };
  const identityOf = (found: Model | Pool): unknown => {
    if (!isPool(found)) return [found.id, versionOf(found)];
    return [found.config, found.members.map(({ member }) => identityOf(member))];
  };
  return {
    keyOf(found, { stream: _stream, ...asked }) {
      const entries = Object.entries(asked).sort(([one], [other]) => (one < other ? -1 : 1));
      try {
        return JSON.stringify([identityOf(found), entries]);
      } catch {
        // The one field that may hold anything.
        throw badRequest('responseFormat', 'responseFormat must be JSON');
      }
    },
  };
}
