import type { EngineGenerateRequest, EnginePart } from '../contracts/engine.ts';
import type { FinishReason } from '../contracts/generation.ts';
import type { Clock, Random } from '../contracts/ports.ts';
import { AppError } from '../errors/index.ts';
import type { LoadedModel } from './loaded-model.ts';
import { createReply, type Reply } from './reply.ts';
import { createTokenDrawer, type TokenDrawer } from './sampling/token-drawer.ts';
import { encodeChat } from './text/encode-chat.ts';
import { planPrompt, type PromptPlan } from './text/plan-prompt.ts';

export interface GenerateDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** Resolves in a later task of the event loop, so that a cancel message can come in. */
  readonly yieldToEvents: () => Promise<void>;
}

/** Writes one reply. Throws `request/aborted` with `details.text`, the text given so far, when the signal fires. */
export async function* generateReply(
  model: LoadedModel,
  request: EngineGenerateRequest,
  signal: AbortSignal,
  deps: GenerateDeps,
): AsyncGenerator<EnginePart> {
  const startedMs = deps.clock.monotonicMs();
  checkRequest(request);
  const drawer = createTokenDrawer(request, model, deps.random);
  const plan = makePlan(model, request);
  const cachedTokens = model.sequence.cachedTokens(plan.tokens);
  const reply = createReply(model, request);
  drawer.addPrompt(plan.tokens);
  const pause = async (): Promise<void> => {
    await deps.yieldToEvents();
    if (signal.aborted) throw aborted(reply.text());
  };
  try {
    await pause();
    if (plan.droppedMessages > 0) yield { type: 'context-trimmed', droppedMessages: plan.droppedMessages };
    const logits = yield* readPrompt(model, plan, cachedTokens, pause);
    const firstTokenAtMs = deps.clock.monotonicMs();
    const finishReason = yield* writeReply(model, reply, logits, plan.replyTokens, drawer, pause);
    yield {
      type: 'finish',
      finishReason,
      inputTokens: plan.tokens.length,
      cachedTokens,
      outputTokens: reply.tokenCount(),
      firstTokenMs: firstTokenAtMs - startedMs,
      decodeMs: deps.clock.monotonicMs() - firstTokenAtMs,
    };
  } finally {
    reply.remember();
  }
}

async function* readPrompt(
  model: LoadedModel,
  plan: PromptPlan,
  cachedTokens: number,
  pause: () => Promise<void>,
): AsyncGenerator<EnginePart, Float32Array> {
  const part = { type: 'prefill', totalTokens: plan.tokens.length, cachedTokens } as const;
  yield { ...part, processedTokens: cachedTokens };
  let logits: Float32Array = new Float32Array();
  for (const step of model.sequence.read(plan.tokens)) {
    logits = step.logits;
    yield { ...part, processedTokens: step.processedTokens };
    await pause();
  }
  return logits;
}

async function* writeReply(
  model: LoadedModel,
  reply: Reply,
  first: Float32Array,
  mostTokens: number,
  drawer: TokenDrawer,
  pause: () => Promise<void>,
): AsyncGenerator<EnginePart, FinishReason> {
  for (let logits = first; ;) {
    const token = drawer.draw(logits);
    const isEnd = model.config.endTokens.has(token);
    const { text, isStopped } = isEnd ? reply.end() : reply.add(token);
    if (text !== '') yield { type: 'text-delta', text };
    if (isEnd || isStopped) return 'stop';
    if (reply.tokenCount() >= mostTokens) {
      const rest = reply.end();
      if (rest.text !== '') yield { type: 'text-delta', text: rest.text };
      return rest.isStopped ? 'stop' : 'length';
    }
    await pause();
    logits = model.sequence.append(token);
  }
}

function makePlan(model: LoadedModel, request: EngineGenerateRequest): PromptPlan {
  const { messages, continueLast = false, maxTokens } = request;
  const size = { contextTokens: model.decoder.contextTokens, maxTokens };
  return planPrompt(
    { messages, continueLast, ...size },
    {
      encode: (chat) => encodeChat(chat, model.tokenizer, model.replies),
      cachedTokens: (prompt) => model.sequence.cachedTokens(prompt),
    },
  );
}

function checkRequest({ messages, continueLast = false, maxTokens }: EngineGenerateRequest): void {
  if (messages.length === 0) throw badRequest('A request needs at least one message.');
  if (continueLast && messages.at(-1)?.role !== 'assistant') {
    throw badRequest("Only the assistant's message can be continued.");
  }
  if (maxTokens !== undefined && !(Number.isInteger(maxTokens) && maxTokens >= 1)) {
    throw badRequest(`maxTokens must be a whole number from 1, not ${String(maxTokens)}.`);
  }
}

function badRequest(message: string): AppError {
  return new AppError('provider/bad-request', message);
}

function aborted(text: string): AppError {
  return new AppError('request/aborted', 'The request was aborted.', { details: { text } });
}
