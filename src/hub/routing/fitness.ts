import type { ErrorCode } from '../../errors/index.ts';
import type { Model, ModelRequest } from '../model.ts';
import { isKeyFault } from './circuit-breaker.ts';
import type { Target } from './targets.ts';

/** Why a target is not asked; in the route as `skipped`. */
export interface Unfit {
  readonly code: ErrorCode;
  /** Until it may be asked again, milliseconds; only for an open breaker. */
  readonly retryAfterMs?: number;
}

export interface FitnessDeps {
  readonly monotonicMs: () => number;
  readonly online: () => boolean;
  readonly estimateTokens: (text: string) => number;
  /** A rule of the user's that keeps requests from a target: a budget, a chat that stays on the device. No doubt is in its favour. */
  readonly forbids?: (target: Target, promptTokens: number) => ErrorCode | null;
}

/** What fitness needs to know of a request. */
export interface RouteRequest extends Pick<ModelRequest, 'messages'> {
  /** Text when left out. */
  readonly wants?: 'text' | 'embeddings';
}

/** The same with what is worked out once per request. */
export interface Asked {
  readonly wants: 'text' | 'embeddings';
  /** An estimate. */
  readonly promptTokens: number;
}

/** An estimate may be wrong by this much. */
const SURELY_TOO_LONG = 1.3;

/** Tokens of a request as far as they can be known before it is sent. */
export function promptTokensOf(request: Pick<ModelRequest, 'messages'>, estimate: (text: string) => number): number {
  return request.messages.reduce((sum, message) => sum + estimate(message.content), 0);
}

/**
 * Null when the target may be asked. `alone`: nobody else is left, so that doubt is in its favour, and a key that was refused
 * is tried again, because its owner may have mended it.
 */
export function unfitnessOf(target: Target, asked: Asked, alone: boolean, deps: FitnessDeps): Unfit | null {
  const { model } = target;
  const forbidden = deps.forbids?.(target, asked.promptTokens) ?? null;
  if (forbidden !== null) return { code: forbidden };
  return (alone ? null : doubtOf(model, asked, deps)) ?? heldBack(target, alone, deps);
}

/** What speaks against a model as long as there are others. */
function doubtOf(model: Model, { wants, promptTokens }: Asked, deps: FitnessDeps): Unfit | null {
  const { state, contextTokens } = model.info();
  if ((model.task === 'embedding') !== (wants === 'embeddings')) return { code: 'provider/bad-request' };
  if (state === 'needs-key') return { code: 'provider/auth' };
  if (model.needsNetwork && !deps.online()) return { code: 'network/unreachable' };
  // Local models leave out what does not fit, and an estimate is no proof.
  const isTooLong = contextTokens !== undefined && promptTokens > contextTokens * SURELY_TOO_LONG;
  return isRemote(model) && isTooLong ? { code: 'provider/context-too-long' } : null;
}

function heldBack(target: Target, alone: boolean, deps: FitnessDeps): Unfit | null {
  const held = target.breaker.state;
  if (held.state === 'closed' || (alone && isForgiven(target))) return null;
  if (held.state === 'open') {
    return { code: held.reason, retryAfterMs: Math.max(0, held.untilMs - deps.monotonicMs()) };
  }
  return held.probing ? { code: held.reason } : null;
}

/** True for what is asked in spite of its breaker when nobody else is left. */
export function isForgiven({ model, breaker }: Target): boolean {
  const held = breaker.state;
  return held.state !== 'closed' && (isKeyFault(held.reason) || !isRemote(model));
}

export function isRemote(model: Model): boolean {
  return model.provider !== 'local';
}
