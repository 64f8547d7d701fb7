import type { ScenarioName } from './scenarios.ts';
import type { FakeSettings } from './settings.ts';

/** What a request asks of a chat model, whatever the protocol calls it. */
export interface ChatAsked {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly text: string }[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly maxTokens?: number;
  readonly stop?: readonly string[];
  /** The reply is to be a JSON text. */
  readonly json?: boolean;
  /** DashScope native: each packet repeats the text from the start. */
  readonly cumulative?: boolean;
  /** DashScope native: `output.text` instead of `output.choices`. */
  readonly textFormat?: boolean;
  readonly thinking?: boolean;
}

export type PlannedFinish = 'stop' | 'length' | 'content-filter';

/** A reply that is about to be sent. */
export interface ReplyPlan {
  readonly model: string;
  readonly tokens: readonly string[];
  readonly reasoning: readonly string[];
  /** Null when it is never said. */
  readonly finish: PlannedFinish | null;
  /** Null when it is never said. */
  readonly usage: PlannedUsage | null;
  readonly cumulative: boolean;
  readonly textFormat: boolean;
  /** An asynchronous filter comments on the text; `blocked` when it takes it back. */
  readonly filter: 'passed' | 'blocked' | null;
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
}

export interface PlannedUsage {
  readonly input: number;
  readonly output: number;
  readonly reasoning: number;
  readonly cached: number;
}

/** Stands where a stamp goes when it is sent. */
export const STAMP = '@@STAMP@@';

/** UTF-8 bytes of the event that `giant-event` sends. */
export const GIANT_BYTES = 5 * 1024 * 1024;

export const TEN_THOUSAND = 10_000;

/** Pieces as a tokenizer might make them: short, with their leading space, never half a character. */
export function tokensOf(text: string): readonly string[] {
  return text.match(/\s*(?:\p{Script=Han}|[^\s\p{Script=Han}]{1,5})|\s+/gu) ?? [];
}

/** Code points, as people count characters more or less. */
function charactersOf(text: string): number {
  return Array.from(text).length;
}

/** A reply that shows what arrived: the same request has the same reply. */
export function derivedReply(messages: ChatAsked['messages']): string {
  const last = messages.findLast((message) => message.role === 'user')?.text ?? '';
  const characters = charactersOf(last);
  if (/\p{Script=Han}/u.test(last)) {
    return `你好！👋🏽 我收到了 ${messages.length} 条消息，最后一条有 ${characters} 个字。This is a fake provider. 再见 🐉`;
  }
  return `Hello! 👋🏽 I received ${messages.length} messages, the last one with ${characters} characters. 这是一个模拟的服务。 Goodbye 🐉`;
}

const REASONING = 'The user wants an answer. 让我想一想 🤔 … A short one will do.';

export function planReply(
  asked: ChatAsked,
  scenario: ScenarioName,
  settings: FakeSettings,
  about: { readonly id: string; readonly created: number },
): ReplyPlan {
  const { tokens, cut } = replyTokens(asked, scenario, settings);
  const reasoning = scenario === 'reasoning' || asked.thinking === true ? tokensOf(REASONING) : [];
  const characters = asked.messages.reduce((sum, message) => sum + charactersOf(message.text), 0);
  return {
    ...about,
    model: asked.model,
    tokens,
    reasoning,
    finish: plannedFinish(scenario, cut),
    usage:
      scenario === 'no-usage'
        ? null
        : (settings.usage ?? {
            input: Math.max(1, Math.ceil(characters / 4)),
            output: tokens.length + reasoning.length,
            reasoning: reasoning.length,
            cached: 0,
          }),
    cumulative: scenario === 'cumulative' || asked.cumulative === true,
    textFormat: scenario === 'text-format' || asked.textFormat === true,
    filter: scenario === 'async-filter' ? 'blocked' : scenario === 'async-filter-passed' ? 'passed' : null,
  };
}

function plannedFinish(scenario: ScenarioName, cut: boolean): PlannedFinish | null {
  if (scenario === 'no-finish-reason' || scenario === 'done-without-finish-reason') return null;
  if (scenario === 'content-filter' || scenario === 'async-filter') return 'content-filter';
  return scenario === 'length' || cut ? 'length' : 'stop';
}

function replyTokens(
  asked: ChatAsked,
  scenario: ScenarioName,
  settings: FakeSettings,
): { readonly tokens: readonly string[]; readonly cut: boolean } {
  const text = cutAtStop(replyText(asked, settings), asked.stop ?? []);
  const natural = tokensOf(text);
  const count = scenario === 'ten-thousand-tokens' ? TEN_THOUSAND : (settings.tokens ?? natural.length);
  const source = natural.length === 0 ? [' '] : natural;
  const wanted = Array.from({ length: count }, (_, index) =>
    settings.stamps ? STAMP : (source[index % source.length] ?? ''),
  );
  if (scenario === 'giant-event') wanted.splice(1, 0, giantToken());
  const most = scenario === 'ten-thousand-tokens' ? count : (asked.maxTokens ?? Infinity);
  return { tokens: wanted.slice(0, most), cut: wanted.length > most };
}

function replyText(asked: ChatAsked, { text, echo }: FakeSettings): string {
  if (echo) return `${text ?? ''}${asked.messages.findLast((message) => message.role === 'user')?.text ?? ''}`;
  if (asked.json === true) return JSON.stringify({ answer: text ?? 'yes 好', emoji: '👋🏽' });
  return text ?? derivedReply(asked.messages);
}

function cutAtStop(text: string, stop: readonly string[]): string {
  const places = stop.map((word) => text.indexOf(word)).filter((place) => place !== -1);
  return places.length === 0 ? text : text.slice(0, Math.min(...places));
}

function giantToken(): string {
  const piece = ' giant 巨大 🐘';
  return piece.repeat(Math.ceil(GIANT_BYTES / Buffer.byteLength(piece)));
}
