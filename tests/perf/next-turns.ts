import type { ChatMessage } from '../../src/contracts/generation.ts';
import type { BenchPage } from './bench-browser.ts';
import { messageOfTokens, type BenchPrompt, type BenchPrompts } from './prompts.ts';
import { median } from './statistics.ts';
import type { ChatTurn } from './subjects/bench-subject.ts';

const REPLY_TOKENS = 16;

export interface NextTurns {
  /** Median time to the first token of a next turn: the reply before it and a new message behind it. */
  readonly nextTurnMs: number;
  /** The same where only the last message is exchanged for another, with as many new tokens: all before it was read already. */
  readonly newTokensAloneMs: number;
  readonly details: readonly object[];
}

/**
 * Goes on with a conversation for a few turns. Each turn is measured as a person would take it, and then against its bare cost:
 * the last message is replaced by one of other words, long enough that the new tokens are as many, on the same context.
 */
export async function measureNextTurns(page: BenchPage, prompts: BenchPrompts, start: BenchPrompt): Promise<NextTurns> {
  let conversation: readonly ChatMessage[] = [
    { role: 'system', content: start.system },
    { role: 'user', content: start.user },
  ];
  let reply = (await page.call('chat', conversation, REPLY_TOKENS)).text;
  const next: ChatTurn[] = [];
  const alone: ChatTurn[] = [];
  for (const [index, turn] of prompts.turns.entries()) {
    const soFar: readonly ChatMessage[] = [...conversation, { role: 'assistant', content: reply }];
    const measured = await page.call('chat', [...soFar, { role: 'user', content: turn }], REPLY_TOKENS);
    const newTokens = measured.inputTokens - measured.cachedTokens;
    const other = messageOfTokens(prompts, Math.max(1, newTokens - prompts.tailTokens), index);
    conversation = [...soFar, { role: 'user', content: other }];
    const baseline = await page.call('chat', conversation, REPLY_TOKENS);
    reply = baseline.text;
    next.push(measured);
    alone.push(baseline);
  }
  const firstTokenMs = (turns: readonly ChatTurn[]): number =>
    median(turns.map((turn) => turn.firstTokenMs)) ?? Number.NaN;
  return {
    nextTurnMs: firstTokenMs(next),
    newTokensAloneMs: firstTokenMs(alone),
    details: next.map((turn, i) => ({ nextTurn: counts(turn), alone: counts(alone[i]) })),
  };
}

function counts(turn: ChatTurn | undefined): object {
  if (turn === undefined) return {};
  const { inputTokens, cachedTokens, firstTokenMs } = turn;
  return { inputTokens, cachedTokens, newTokens: inputTokens - cachedTokens, firstTokenMs };
}
