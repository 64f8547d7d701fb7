import type { Cost, GenerateResult, Usage } from '../../contracts/generation.ts';
import type { ProviderReply } from '../../providers/provider.ts';
import type { ModelRequest } from '../model.ts';

/** What was measured here, milliseconds by the monotonic clock. */
export interface ReplyTimes {
  readonly startedMs: number;
  /** First text or reasoning; null when the answer came all at once. */
  readonly firstMs: number | null;
  readonly endedMs: number;
  /** First reasoning; null when none was sent. */
  readonly reasoningSinceMs: number | null;
  /** First text; null when there was none. */
  readonly textSinceMs: number | null;
}

export interface ReplyFacts {
  readonly model: string;
  readonly provider: string;
  readonly costOf: (usage: Usage) => Cost;
}

/** The reply of an adapter as the app's result. */
export function resultOfReply(
  reply: ProviderReply,
  usage: Usage,
  times: ReplyTimes,
  { model, provider, costOf }: ReplyFacts,
): GenerateResult {
  const totalMs = times.endedMs - times.startedMs;
  return {
    text: reply.text,
    ...(reply.reasoning === undefined || reply.reasoning === '' ? {} : { reasoning: reply.reasoning }),
    model,
    provider,
    finishReason: reply.finishReason,
    usage,
    cost: costOf(usage),
    timing: {
      queuedMs: 0,
      firstTokenMs: times.firstMs === null ? totalMs : times.firstMs - times.startedMs,
      totalMs,
      tokensPerSecond: speedOf(usage, times),
      ...reasoningTime(times),
    },
    route: [],
  };
}

/** From the first thought to the first text, or to the end where no text came. An answer that comes at once has none. */
function reasoningTime({ firstMs, reasoningSinceMs, textSinceMs, endedMs }: ReplyTimes): {
  readonly reasoningMs?: number;
} {
  if (firstMs === null || reasoningSinceMs === null) return {};
  return { reasoningMs: Math.max(0, (textSinceMs ?? endedMs) - reasoningSinceMs) };
}

/** The first token belongs to the wait before it, and reasoning that was not sent was not seen to come. */
function speedOf({ outputTokens, reasoningTokens = 0 }: Usage, times: ReplyTimes): number {
  if (times.firstMs === null || times.endedMs <= times.firstMs) return 0;
  const seen = outputTokens - (times.reasoningSinceMs !== null ? 0 : reasoningTokens);
  return seen < 2 ? 0 : ((seen - 1) * 1000) / (times.endedMs - times.firstMs);
}

/** The provider's figures, or an estimate that says so. */
export function usageOf(
  reply: ProviderReply,
  request: Pick<ModelRequest, 'messages'>,
  estimateTokens: (text: string) => number,
): Usage {
  if (reply.usage) return { ...reply.usage, source: 'provider' };
  const inputTokens = request.messages.reduce((sum, message) => sum + estimateTokens(message.content), 0);
  const reasoningTokens = estimateTokens(reply.reasoning ?? '');
  return {
    inputTokens,
    outputTokens: estimateTokens(reply.text) + reasoningTokens,
    ...(reasoningTokens === 0 ? {} : { reasoningTokens }),
    source: 'estimated',
  };
}
