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
    reply.apply({ type: 'snapshot', text: 'Whole text', progress: null, droppedMessages: 2 });
    clock.next();
    expect(reply.text).toBe('Whole text');
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

  it('[UI42] a reply that is lost keeps every text it had', () => {
    const clock = frames();
    const reply = new LiveReply('r', 'Once', clock.schedule);
    reply.apply({ type: 'text-delta', text: ' upon' });
    reply.fail({ code: 'hub/lost', message: '', retryable: false, details: {} });
    expect(reply.text).toBe('Once upon');
    expect(reply.error?.code).toBe('hub/lost');
  });
});
