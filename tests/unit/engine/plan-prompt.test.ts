import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../src/contracts/generation.ts';
import { planPrompt, type PromptRequest } from '../../../src/engine/text/plan-prompt.ts';

/** A token per character, and what the buffers hold. */
function tools(held = '') {
  const encode = ({ messages }: { messages: readonly ChatMessage[] }) =>
    Array.from(messages.map((message) => message.content).join(''), (character) => character.charCodeAt(0));
  const cachedTokens = (prompt: readonly number[]) => {
    let same = 0;
    while (same < held.length && held.charCodeAt(same) === prompt[same]) same += 1;
    return same;
  };
  return { encode, cachedTokens };
}

const user = (content: string) => ({ role: 'user', content }) as const;
const assistant = (content: string) => ({ role: 'assistant', content }) as const;
const system = (content: string) => ({ role: 'system', content }) as const;
const request = (messages: readonly ChatMessage[], maxTokens?: number): PromptRequest => ({
  messages,
  continueLast: false,
  contextTokens: 100,
  maxTokens,
});
const textOf = (tokens: readonly number[]) => String.fromCharCode(...tokens);

describe('planPrompt', () => {
  it('[ENG7] keeps a quarter of the context for the reply', () => {
    expect(planPrompt(request([user('x'.repeat(75))]), tools()).replyTokens).toBe(25);
    expect(() => planPrompt(request([user('x'.repeat(76))]), tools())).toThrow();
  });

  it('[ENG7] keeps no more than maxTokens', () => {
    expect(planPrompt(request([user('x'.repeat(95))], 5), tools()).replyTokens).toBe(5);
  });

  it('[ENG7] refuses a last message that does not fit alone, with its size and the limit', () => {
    const messages = [user('a'), assistant('b'), user('x'.repeat(80))];
    expect(() => planPrompt(request(messages), tools())).toThrow(
      expect.objectContaining({ code: 'provider/context-too-long', details: { tokens: 80, limit: 75 } }),
    );
  });

  it('[ENG7] drops whole turns, oldest first, never the system message', () => {
    const messages = [system('S'), user('a'.repeat(30)), assistant('b'.repeat(30)), user('c'.repeat(20)), user('d')];
    const plan = planPrompt(request(messages), tools());
    expect(textOf(plan.tokens)).toBe(`S${'c'.repeat(20)}d`);
    expect(plan.droppedMessages).toBe(2);
  });

  it('[ENG7] drops down to three quarters of the limit, so that the next turns need not', () => {
    const turns = Array.from({ length: 20 }, (_, i) => user(String.fromCharCode(97 + i).repeat(5)));
    const plan = planPrompt(request(turns), tools());
    expect(plan.tokens.length).toBeLessThanOrEqual(75 * 0.75);
    expect(plan.tokens.length).toBeGreaterThan(75 * 0.75 - 6);
    const next = planPrompt(request([...turns, user('zz')]), tools(textOf(plan.tokens)));
    expect(textOf(next.tokens)).toBe(`${textOf(plan.tokens)}zz`);
  });

  it('[ENG7] keeps the answer that is being continued with its question', () => {
    const messages = [user('a'.repeat(70)), user('q'), assistant('r'.repeat(10))];
    const plan = planPrompt({ ...request(messages), continueLast: true }, tools());
    expect(textOf(plan.tokens)).toBe(`q${'r'.repeat(10)}`);
    expect(plan.droppedMessages).toBe(1);
  });
});
