import type { RequestPriority, WireGenerateRequest } from '../../contracts/generation.ts';
import type { Replies } from '../replies.ts';
import type { Router } from '../router.ts';
import { badRequest } from '../validate-request.ts';

/** A request with whom it is for, which no caller says of itself. */
export interface CallerRequest extends WireGenerateRequest {
  readonly caller?: string;
}

/** How a request waits where requests wait. */
export interface Standing {
  readonly caller: string;
  readonly priority: RequestPriority;
}

/** Those who did not come through a tab are one. */
const NOBODY = '';

/** Throws `provider/bad-request` with `details.field` for a priority that there is not. */
export function standingOf({ caller = NOBODY, priority = 'interactive' }: CallerRequest): Standing {
  const given: unknown = priority;
  if (given !== 'interactive' && given !== 'background') {
    throw badRequest('priority', 'priority must be interactive or background');
  }
  return { caller, priority: given };
}

/** The router for one caller. */
export function routerFor(router: Router, caller: string): Router {
  return {
    generateStream: (request, signal) => router.generateStream({ ...request, caller } as CallerRequest, signal),
  };
}

/** The replies for one caller: those that it starts. */
export function repliesFor(replies: Replies, caller: string): Replies {
  return { ...replies, start: (base, request) => replies.start(base, { ...request, caller } as CallerRequest) };
}
