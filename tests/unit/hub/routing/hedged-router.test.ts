import { describe, expect, it } from 'vitest';
import type { GeneratePart } from '../../../../src/contracts/generation.ts';
import type { Model, ModelRequest } from '../../../../src/hub/model.ts';
import { createRouter } from '../../../../src/hub/router.ts';
import { collect, createFakeClock, textOf } from '../../../doubles/hub-doubles.ts';
import { createFakeModel } from '../../../doubles/hub-fake-model.ts';
import { createRouterDeps } from '../../../doubles/hub-router-deps.ts';
import { poolOf } from './route-world.ts';

/** Says its own name, word by word, and may leave messages out first. */
function talker(id: string, clock: ReturnType<typeof createFakeClock>, firstMs: number, trims = false): Model {
  async function* generateStream(_request: ModelRequest, signal: AbortSignal): AsyncGenerator<GeneratePart> {
    if (trims) yield { type: 'context-trimmed', droppedMessages: 3 };
    await clock.sleep(firstMs, signal);
    for (let n = 0; n < 3; n += 1) {
      yield { type: 'text-delta', text: `${id} ` };
      await clock.sleep(50, signal);
    }
    for await (const part of createFakeModel(id, clock).generateStream({ messages: [] }, signal, {
      key: null,
      timeouts: { firstTokenMs: 1, idleMs: 1, totalMs: 1 },
    })) {
      if (part.type === 'finish') yield part;
    }
  }
  return { ...createFakeModel(id, clock), generateStream };
}

function setUp(models: readonly Model[], clock: ReturnType<typeof createFakeClock>) {
  const ends: string[] = [];
  const deps = createRouterDeps(clock, models, (end) => void ends.push(end.outcome));
  const pool = poolOf(models, { hedgeAfterMs: 300 });
  const router = createRouter({ ...deps, models: { find: () => Promise.resolve(pool) } });
  return { deps, ends, router };
}

describe('a hedged request', () => {
  it('[HDG4] the caller gets one text, the slots are free, and the beaten try is a cancellation in the figures', async () => {
    const clock = createFakeClock();
    const { deps, ends, router } = setUp([talker('slow', clock, 5000), talker('quick', clock, 100)], clock);
    const stream = collect(router.generateStream({ prompt: 'Hi' }));
    await clock.run(() => stream.ended);
    expect(textOf(stream.items)).toBe('quick quick quick ');
    const finish = stream.items.at(-1);
    expect(finish).toMatchObject({
      type: 'finish',
      result: { model: 'quick', pool: 'pool', timing: { firstTokenMs: 400 } },
    });
    expect(finish?.type === 'finish' && finish.result.route.map(({ model, code }) => [model, code]).sort()).toEqual([
      ['quick', undefined],
      ['slow', 'request/aborted'],
    ]);
    expect([...ends].sort()).toEqual(['aborted', 'success']);
    expect(deps.slots.active + deps.slots.waiting).toBe(0);
    await clock.advance(10_000);
    expect(clock.sleepers).toBe(0);
  });

  it('[HDG11] what one model leaves out is told only if that model answers', async () => {
    for (const [slowMs, answeredBy, told] of [
      [5000, 'quick', 0],
      [350, 'slow', 1],
    ] as const) {
      const clock = createFakeClock();
      const { router } = setUp([talker('slow', clock, slowMs, true), talker('quick', clock, 100)], clock);
      const stream = collect(router.generateStream({ prompt: 'Hi' }));
      await clock.run(() => stream.ended);
      expect(textOf(stream.items)).toContain(answeredBy);
      expect(stream.items.filter(({ type }) => type === 'context-trimmed')).toHaveLength(told);
    }
  });
});
