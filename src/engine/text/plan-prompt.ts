import type { ChatMessage } from '../../contracts/generation.ts';
import { AppError } from '../../errors/index.ts';
import type { Chat } from './encode-chat.ts';

/** At least this share of the context is kept free for the reply, unless the request asks for less. */
const REPLY_SHARE = 1 / 4;
/** Where messages must go, the prompt is brought down to this share of its limit: the next turns then fit without dropping more. */
const TRIMMED_SHARE = 3 / 4;

export interface PromptRequest extends Chat {
  readonly contextTokens: number;
  readonly maxTokens: number | undefined;
}

export interface PromptPlan {
  readonly tokens: readonly number[];
  /** Messages left out, the oldest; never a system message and never the last turn. */
  readonly droppedMessages: number;
  /** Most tokens the reply can have. */
  readonly replyTokens: number;
}

export interface PromptTools {
  encode(chat: Chat): readonly number[];
  /** First tokens of a prompt that need no work. */
  cachedTokens(prompt: readonly number[]): number;
}

/**
 * Fits a chat into the context. Whole turns (a question with its answer) are dropped, oldest first. Throws
 * `provider/context-too-long` with `details.tokens` and `details.limit` when the last turn alone does not fit.
 */
export function planPrompt(request: PromptRequest, tools: PromptTools): PromptPlan {
  const { contextTokens, maxTokens = Infinity } = request;
  const limit = contextTokens - Math.max(1, Math.min(maxTokens, Math.floor(contextTokens * REPLY_SHARE)));
  const choice = chooseTurns(request, limit, tools);
  return { ...choice, replyTokens: Math.min(maxTokens, contextTokens - choice.tokens.length) };
}

type Choice = Omit<PromptPlan, 'replyTokens'>;

function chooseTurns(chat: Chat, limit: number, tools: PromptTools): Choice {
  const starts = turnStarts(chat.messages);
  const without = (turns: number): Choice => {
    const kept = keepFrom(chat.messages, starts[turns] ?? 0);
    const tokens = tools.encode({ ...chat, messages: kept });
    return { tokens, droppedMessages: chat.messages.length - kept.length };
  };
  const whole = without(0);
  if (whole.tokens.length <= limit) return whole;
  const last = Math.max(0, starts.length - 1);
  const fewest = fewestDropped(last, (turns) => without(turns).tokens.length <= limit);
  for (let turns = fewest; turns <= last; turns += 1) {
    const choice = without(turns);
    const size = choice.tokens.length;
    if (size > limit) break;
    const isKnown = tools.cachedTokens(choice.tokens) >= size / 2;
    if (isKnown || size <= limit * TRIMMED_SHARE || turns === last) return choice;
  }
  throw tooLong(without(last).tokens.length, limit);
}

/** Indexes of the messages that begin a turn: each question, and whatever comes before the first. */
function turnStarts(messages: readonly ChatMessage[]): readonly number[] {
  const starts = [0];
  messages.forEach((message, i) => {
    const hasEarlier = messages.slice(0, i).some((earlier) => earlier.role !== 'system');
    if (message.role === 'user' && hasEarlier) starts.push(i);
  });
  return starts;
}

function keepFrom(messages: readonly ChatMessage[], start: number): readonly ChatMessage[] {
  return messages.filter((message, i) => i >= start || message.role === 'system');
}

/** The least number in 0…last for which `fits`, by bisection; `last` when none does. */
function fewestDropped(last: number, fits: (turns: number) => boolean): number {
  let low = 0;
  let high = last;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function tooLong(tokens: number, limit: number): AppError {
  const message = `The last message has ${tokens} tokens, and at most ${limit} fit into the model's context.`;
  return new AppError('provider/context-too-long', message, { details: { tokens, limit } });
}
