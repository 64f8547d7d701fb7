import { describe, expect, it } from 'vitest';
import { createFrameBatch } from '../../../src/ui/chat/frame-batch.ts';
import { LiveReply } from '../../../src/ui/chat/live-reply.svelte.ts';

function frames() {
  const waiting = new Set<() => void>();
  return {
    schedule: (callback: () => void) => {
      waiting.add(callback);
      return () => waiting.delete(callback);
    },
    next(): number {
      const due = [...waiting];
      waiting.clear();
      due.forEach((callback) => callback());
      return due.length;
    },
  };
}

describe('a reply on the screen', () => {
  it('[UI40] any number of texts is one update per frame, in order', () => {
    const clock = frames();
    const updates: string[] = [];
    const batch = createFrameBatch(clock.schedule, (text) => updates.push(text));
    for (const text of 'Hello world') batch.push(text);
    expect(updates).toEqual([]);
    expect(clock.next()).toBe(1);
    expect(updates).toEqual(['Hello world']);
    expect(clock.next()).toBe(0);
    batch.push('!');
    batch.flushNow();
    expect(updates).toEqual(['Hello world', '!']);
    expect(clock.next()).toBe(0);
  });

  it('[UI41] a snapshot replaces what was there, also texts that wait for their frame', () => {
    const clock = frames();
    const reply = new LiveReply('r', '', clock.schedule);
    reply.apply({ type: 'text-delta', text: 'lost' });
    reply.apply({ type: 'snapshot', text: 'Whole text', reasoning: 'Why', progress: null, droppedMessages: 2 });
    clock.next();
    expect(reply.text).toBe('Whole text');
    expect(reply.reasoning).toBe('Why');
    expect(reply.droppedMessages).toBe(2);
  });

  it('[UI41] the wait is gone with the first text', () => {
    const clock = frames();
    const reply = new LiveReply('r', '', clock.schedule);
    reply.apply({ type: 'progress', progress: { phase: 'load', fraction: 0.5 } });
    expect(reply.progress).toEqual({ phase: 'load', fraction: 0.5 });
    reply.apply({ type: 'text-delta', text: 'Hi' });
    clock.next();
    expect(reply.progress).toBeNull();
    expect(reply.text).toBe('Hi');
  });

  it('[UI43] reasoning is kept apart from the text, and its time runs to the first text', () => {
    const clock = frames();
    let now = 1000;
    const reply = new LiveReply('r', '', clock.schedule, () => now);
    reply.apply({ type: 'reasoning-delta', text: 'Let me ' });
    now = 2500;
    reply.apply({ type: 'reasoning-delta', text: 'see.' });
    clock.next();
    expect([reply.reasoning, reply.text, reply.reasoningMs]).toEqual(['Let me see.', '', null]);
    now = 4000;
    reply.apply({ type: 'text-delta', text: 'Four.' });
    now = 9000;
    reply.apply({ type: 'text-delta', text: ' Yes.' });
    clock.next();
    expect([reply.text, reply.reasoningMs]).toEqual(['Four. Yes.', 3000]);
  });

  it('[UI43] a page that came while the model thought does not know how long it took', () => {
    const reply = new LiveReply('r', '', frames().schedule, () => 1);
    reply.apply({ type: 'snapshot', text: '', reasoning: 'Half of', progress: null, droppedMessages: 0 });
    reply.apply({ type: 'reasoning-delta', text: ' it' });
    reply.apply({ type: 'text-delta', text: 'Done' });
    expect(reply.reasoningMs).toBeNull();
  });

  it('[UI44] text that the provider took back is gone, also what waits for its frame', () => {
    const clock = frames();
    const reply = new LiveReply('r', '', clock.schedule);
    reply.apply({ type: 'text-delta', text: 'Something bad' });
    clock.next();
    reply.apply({ type: 'text-delta', text: ' and worse' });
    reply.apply({ type: 'text-replaced', text: 'Something' });
    clock.next();
    expect(reply.text).toBe('Something');
  });

  it('[UI42] a reply that is lost keeps every text it had', () => {
    const clock = frames();
    const reply = new LiveReply('r', 'Once', clock.schedule);
    reply.apply({ type: 'text-delta', text: ' upon' });
    reply.fail({ code: 'hub/lost', message: '', retryable: false, details: {} });
    expect(reply.text).toBe('Once upon');
    expect(reply.error?.code).toBe('hub/lost');
  });
});
