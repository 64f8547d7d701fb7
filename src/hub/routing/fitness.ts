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
}

/** Tokens of a request as far as they can be known before it is sent. */
export function promptTokensOf(request: Pick<ModelRequest, 'messages'>, estimate: (text: string) => number): number {
  return request.messages.reduce((sum, message) => sum + estimate(message.content), 0);
}

/** Null when the target may be asked. `alone`: nobody else is left, so that doubt is in its favour. */
export function unfitnessOf(
  { model, breaker }: Target,
  promptTokens: number,
  alone: boolean,
  deps: FitnessDeps,
): Unfit | null {
  const { state, contextTokens } = model.info();
  if (state === 'needs-key' && !alone) return { code: 'provider/auth' };
  if (!alone && model.needsNetwork && !deps.online()) return { code: 'network/unreachable' };
  // Local models leave out what does not fit, and an estimate is no proof.
  if (!alone && isRemote(model) && contextTokens !== undefined && promptTokens > contextTokens * SURELY_TOO_LONG) {
    return { code: 'provider/context-too-long' };
  }
  const held = breaker.state;
  if (held.state !== 'open') return null;
  // Its owner has just mended the key, or is told again to do so.
  if (alone && (isKeyFault(held.reason) || !isRemote(model))) return null;
  return { code: held.reason, retryAfterMs: Math.max(0, held.untilMs - deps.monotonicMs()) };
}

/** An estimate may be wrong by this much. */
const SURELY_TOO_LONG = 1.3;

function isRemote(model: Model): boolean {
  return model.provider !== 'local';
}
