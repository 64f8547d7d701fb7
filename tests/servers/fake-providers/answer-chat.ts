import { failureAnswer, pause, resetConnection, sendFailure, sendHead, sendJson, type Exchange } from './exchange.ts';
import type { FailureWords, FailureContext } from './failures.ts';
import { planReply, type ChatAsked, type ReplyPlan } from './reply-plan.ts';
import type { ScenarioName } from './scenarios.ts';
import { sendStream } from './send-stream.ts';
import type { SseEvent } from './sse.ts';
import { streamScript } from './stream-script.ts';

/** How one provider puts replies. */
export interface Dialect {
  readonly words: FailureWords;
  /** Of every successful answer. */
  headers(exchange: Exchange): Readonly<Record<string, string>>;
  events(plan: ReplyPlan, asked: ChatAsked): readonly SseEvent[];
  /** Body of an answer that is no stream. */
  whole(plan: ReplyPlan): unknown;
  /** What tells of an error in the middle of a stream. */
  failureEvents(context: FailureContext): readonly SseEvent[];
}

/** Seconds since the epoch at which every reply was made: the same bytes for the same request. */
const CREATED = 1_770_933_883;

/** Answers a chat request that is in order, under its scenario. */
export async function answerChat(
  exchange: Exchange,
  dialect: Dialect,
  asked: ChatAsked,
  scenario: ScenarioName,
): Promise<void> {
  const { settings, entry, requestId } = exchange;
  if (asked.includeUsage && scenario === 'usage-refused')
    return sendFailure(exchange, 'usage-refused', asked.model, dialect.words);
  if (isTooLong(asked, settings.contextCharacters)) return sendFailure(exchange, 'context', asked.model, dialect.words);
  if (scenario === 'http-200-error') {
    return sendJson(exchange, { ...failureAnswer(exchange, 'busy', asked.model, dialect.words), status: 200 });
  }
  const plan = planReply(asked, scenario, settings, { id: requestId, created: CREATED });
  entry.change({ text: plan.tokens.join('') });
  if (!asked.stream || scenario === 'json-instead-of-sse') return answerWhole(exchange, dialect, plan, scenario);
  const failure = dialect.failureEvents({ model: asked.model, requestId, retryAfterMs: settings.retryAfterMs });
  await sendStream(
    exchange,
    dialect.headers(exchange),
    streamScript(dialect.events(plan, asked), scenario, failure),
    scenario,
  );
}

function isTooLong(asked: ChatAsked, most: number): boolean {
  return asked.messages.reduce((sum, message) => sum + message.text.length, 0) > most;
}

/** A whole answer; where a stream would break in the middle, this does. */
async function answerWhole(
  exchange: Exchange,
  dialect: Dialect,
  plan: ReplyPlan,
  scenario: ScenarioName,
): Promise<void> {
  const answer = { status: 200, headers: dialect.headers(exchange), body: dialect.whole(plan) };
  if (scenario === 'error-mid-stream' || scenario === 'error-first-event')
    return sendFailure(exchange, 'busy', plan.model, dialect.words);
  if (scenario === 'slow-first-token') await pause(exchange, exchange.settings.slowMs);
  if (scenario !== 'stall' && scenario !== 'reset') return sendJson(exchange, answer);
  const text = JSON.stringify(answer.body);
  sendHead(exchange, 200, {
    'Content-Type': 'application/json',
    ...answer.headers,
    'Content-Length': String(Buffer.byteLength(text)),
  });
  exchange.response.write(text.slice(0, Math.floor(text.length / 2)));
  if (scenario === 'stall') return;
  await pause(exchange, 20);
  resetConnection(exchange);
}
