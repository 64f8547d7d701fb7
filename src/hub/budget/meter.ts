import type { GeneratePart, GenerateResult } from '../../contracts/generation.ts';
import { AppError, type ErrorCode } from '../../errors/index.ts';
import { promptTokensOf } from '../routing/fitness.ts';
import type { Model, ModelCall, ModelEmbedRequest, ModelRequest } from '../model.ts';
import { budgetExceeded } from './budget-exceeded.ts';
import type { Budget, Price, Reservation } from './create-budget.ts';
import { estimateCost, TYPICAL_REPLY_TOKENS, type ExpectedUse } from './estimate.ts';
import { createWrittenTokens } from './written-tokens.ts';

export interface MeterDeps {
  readonly budget: Budget;
  readonly estimateTokens: (text: string) => number;
}

/**
 * The same model with every request on the account of `pool` (null for none): its expected cost is held before anything is
 * sent, a stream ends with `budget/exceeded` when it reaches a limit, and what it cost is booked however it ends.
 */
export function meteredModel(deps: MeterDeps, model: Model, pool: string | null): Model {
  if (model.provider === 'local') return model;
  const scope: MeterScope = { ...deps, model, pool };
  const { embed } = model;
  return {
    ...model,
    generateStream: (request, signal, call) => meteredStream(scope, request, signal, call),
    ...(embed && { embed: (request, signal, call) => meteredEmbed(scope, embed, request, signal, call) }),
  };
}

interface MeterScope extends MeterDeps {
  readonly model: Model;
  readonly pool: string | null;
}

/** What a request is expected to use there before it is sent. */
export function expectedUse(request: Pick<ModelRequest, 'maxTokens'>, promptTokens: number): ExpectedUse {
  return { promptTokens, replyTokens: request.maxTokens ?? TYPICAL_REPLY_TOKENS };
}

async function* meteredStream(
  scope: MeterScope,
  request: ModelRequest,
  signal: AbortSignal,
  call: ModelCall,
): AsyncGenerator<GeneratePart> {
  const { model, estimateTokens } = scope;
  const promptTokens = promptTokensOf(request, estimateTokens);
  const { reservation, estimate } = await reserve(scope, expectedUse(request, promptTokens));
  const use = createUse(promptTokens, estimateTokens);
  const soFar = (): Price => estimateCost(model.info(), use.soFar());
  let end: StreamEnd = 'left';
  try {
    if (reservation.warning) yield { type: 'note', note: { type: 'budget-warning', ...reservation.warning } };
    for await (const part of model.generateStream(request, signal, call)) {
      if (part.type === 'finish') {
        end = 'finished';
        reservation.settle(part.result.cost);
        yield { type: 'finish', result: withEstimate(part.result, estimate) };
        return;
      }
      use.take(part);
      yield part;
      const excess = use.isText(part) ? reservation.spentSoFar(soFar()) : null;
      if (excess) throw budgetExceeded(excess, 'midway');
    }
    end = 'truncated';
  } catch (error) {
    end = signal.aborted ? 'left' : AppError.from(error).code;
    throw error;
  } finally {
    reservation.settle(use.isBilled(end) ? soFar() : null);
  }
}

/** An error's code, or how else a stream ended. */
type StreamEnd = ErrorCode | 'finished' | 'left' | 'truncated';

/** Ends of one's own making: the provider was at work and knew of no end. */
const STOPPED_HERE: ReadonlySet<StreamEnd> = new Set<StreamEnd>([
  'left',
  'request/aborted',
  'timeout/first-token',
  'timeout/idle',
  'timeout/total',
]);

/** What a stream has used, as far as it can be seen from here. */
function createUse(promptTokens: number, estimateTokens: (text: string) => number) {
  const text = createWrittenTokens(estimateTokens);
  const reasoning = createWrittenTokens(estimateTokens);
  let wasSent = false;
  let hasBegun = false;
  return {
    take(part: GeneratePart): void {
      if (part.type === 'request-sent') wasSent = true;
      if (part.type === 'text-delta') text.add(part.text);
      if (part.type === 'reasoning-delta') reasoning.add(part.text);
      hasBegun ||= part.type === 'text-delta' || part.type === 'reasoning-delta';
    },
    isText: (part: GeneratePart): boolean => part.type === 'text-delta' || part.type === 'reasoning-delta',
    soFar(): ExpectedUse {
      const reasoningTokens = reasoning.tokens;
      return { promptTokens, replyTokens: text.tokens + reasoningTokens, reasoningTokens };
    },
    /** A refusal costs nothing; whoever has read the prompt or begun to answer is paid. */
    isBilled: (end: StreamEnd): boolean => hasBegun || (wasSent && STOPPED_HERE.has(end)),
  };
}

function withEstimate(result: GenerateResult, estimate: ReturnType<typeof estimateCost>): GenerateResult {
  return estimate.amount === null ? result : { ...result, estimatedCost: estimate };
}

async function meteredEmbed(
  scope: MeterScope,
  embed: NonNullable<Model['embed']>,
  request: ModelEmbedRequest,
  signal: AbortSignal,
  call: ModelCall,
): ReturnType<typeof embed> {
  const promptTokens = request.input.reduce((sum, text) => sum + scope.estimateTokens(text), 0);
  const { reservation, estimate } = await reserve(scope, { promptTokens, replyTokens: 0 });
  try {
    const made = await embed(request, signal, call);
    reservation.settle(made.cost);
    return made;
  } finally {
    // Stopped here, it may have been made there.
    reservation.settle(signal.aborted ? estimate : null);
  }
}

async function reserve(
  { budget, model, pool }: MeterScope,
  use: ExpectedUse,
): Promise<{ readonly reservation: Reservation; readonly estimate: ReturnType<typeof estimateCost> }> {
  await budget.ready();
  // The catalogue may not have been read yet: a price that is known must not be missed.
  if (!model.info().price) await model.probe();
  const estimate = estimateCost(model.info(), use);
  return { reservation: budget.reserve({ model: model.id, provider: model.provider, pool }, estimate), estimate };
}
