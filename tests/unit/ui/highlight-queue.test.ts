import { describe, expect, it } from 'vitest';
import { createHighlightQueue } from '../../../src/ui/markdown/highlight-queue.ts';

function setUp() {
  const idle: (() => void)[] = [];
  const started: string[] = [];
  const queue = createHighlightQueue({
    highlight: async (code) => {
      started.push(code.slice(0, 3));
      if (code === 'bad') throw new Error('bad');
      return [{ text: code, scope: null }];
    },
    whenIdle: (callback) => idle.push(callback),
  });
  const turn = async (): Promise<void> => {
    idle.shift()?.();
    for (let i = 0; i < 6; i++) await Promise.resolve();
  };
  return { queue, started, turn };
}

describe('highlighting', () => {
  it('[MD12] takes one block per idle time', async () => {
    const { queue, started, turn } = setUp();
    const done: string[] = [];
    queue.request('one', 'ts', () => done.push('one'));
    queue.request('two', 'ts', () => done.push('two'));
    expect(started).toEqual([]);
    await turn();
    expect(started).toEqual(['one']);
    await turn();
    expect(done).toEqual(['one', 'two']);
  });

  it('[MD12] long code waits for the end of a reply, short code does not', async () => {
    const { queue, started, turn } = setUp();
    queue.setStreaming(true);
    queue.request('L'.repeat(5000), 'ts', () => undefined);
    queue.request('short', 'ts', () => undefined);
    await turn();
    await turn();
    expect(started).toEqual(['sho']);
    queue.setStreaming(false);
    await turn();
    expect(started).toEqual(['sho', 'LLL']);
  });

  it('[MD12] a block that went away is not highlighted, and a failure stops nobody', async () => {
    const { queue, started, turn } = setUp();
    const results: unknown[] = [];
    queue.request('gone', 'ts', () => results.push('gone'))();
    queue.request('bad', 'ts', (runs) => results.push(runs));
    queue.request('good', 'ts', (runs) => results.push(runs?.length));
    await turn();
    await turn();
    await turn();
    expect(started).toEqual(['bad', 'goo']);
    expect(results).toEqual([null, 1]);
  });
});
