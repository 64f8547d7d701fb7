import { describe, expect, it } from 'vitest';
import { collect, createWorld, flush, sendAndFinish, STARTER_ID, textOf } from '../../doubles/hub-doubles.ts';

const ANSWER = 'The capital is Paris.';

describe('engine hosts', () => {
  it('[HUB13] the engine goes to a visible tab first, then to the one with most threads, then to the newest', async () => {
    const chosen = async (tabs: { tabId: string; threads: number; visible?: boolean }[]) => {
      const world = createWorld();
      tabs.forEach((tab) => world.addTab(tab));
      await sendAndFinish(world, 'Hi');
      return world.tabs.find((tab) => tab.engines.length > 0)?.attached.tabId;
    };
    expect(
      await chosen([
        { tabId: 'shown', threads: 1 },
        { tabId: 'hidden', threads: 8, visible: false },
      ]),
    ).toBe('shown');
    expect(
      await chosen([
        { tabId: 'four', threads: 4 },
        { tabId: 'one', threads: 1 },
      ]),
    ).toBe('four');
    expect(
      await chosen([
        { tabId: 'old', threads: 2 },
        { tabId: 'new', threads: 2 },
      ]),
    ).toBe('new');
  });

  it('[HUB14] all requests share one engine, and its generations never overlap', async () => {
    const world = createWorld();
    world.addTab();
    world.addTab();
    const streams = [1, 2, 3].map((n) => collect(world.hub.api.generateStream({ prompt: `Question ${n}` })));
    await world.clock.run(() => streams.every((stream) => stream.ended));
    expect(streams.map((stream) => textOf(stream.items as { type: string }[]))).toEqual([ANSWER, ANSWER, ANSWER]);
    const engines = world.tabs.flatMap((tab) => tab.engines);
    expect(engines).toHaveLength(1);
    expect(engines[0]).toMatchObject({ overlaps: 0 });
    const places = streams.map((stream) =>
      stream.items.flatMap((part) =>
        part.type === 'progress' && part.progress.phase === 'queued' ? [part.progress.place] : [],
      ),
    );
    expect(places).toEqual([[], [1], [2, 1]]);
  });

  it('[HUB15] an engine that is lost while idle is replaced in another tab by the next request', async () => {
    const world = createWorld();
    const host = world.addTab({ threads: 8 });
    const other = world.addTab();
    await sendAndFinish(world, 'Hi');
    expect(host.engines).toHaveLength(1);
    host.close();
    await flush();
    expect(await world.hub.api.getModelInfo(STARTER_ID)).toMatchObject({ state: 'downloaded' });
    expect((await sendAndFinish(world, 'Again')).message).toMatchObject({ status: 'complete', text: ANSWER });
    expect(other.engines).toHaveLength(1);
  });

  it('[HUB15] after a death the next engine starts in another tab, though the first one would suit better', async () => {
    const world = createWorld({ faults: [{ kind: 'dies-at', token: 2 }] });
    const best = world.addTab({ threads: 8 });
    const other = world.addTab({ threads: 1 });
    const cut = await sendAndFinish(world, 'Hi');
    expect(cut.message).toMatchObject({ status: 'cut', text: 'The capital ', error: { code: 'engine/lost' } });
    await sendAndFinish(world, 'Again');
    expect([best.engines.length, other.engines.length]).toEqual([1, 1]);
    expect(best.stopped).toEqual([best.engines[0]?.engineId]);
  });

  it('[HUB16] three deaths in a row within a minute are said, and end the silent retry; the next try starts over', async () => {
    const world = createWorld({ faults: Array.from({ length: 4 }, () => ({ kind: 'load-dies' }) as const) });
    const tab = world.addTab();
    const first = await sendAndFinish(world, 'One');
    expect(tab.engines).toHaveLength(2);
    expect(first.message).toMatchObject({ status: 'failed', error: { code: 'engine/lost' } });
    expect(first.message?.error?.details).not.toHaveProperty('deaths');
    const second = await sendAndFinish(world, 'Two');
    expect(tab.engines).toHaveLength(3);
    expect(second.message?.error).toMatchObject({ code: 'engine/lost', details: { deaths: 3 } });
    const third = await sendAndFinish(world, 'Three');
    expect(third.message).toMatchObject({ status: 'complete', text: ANSWER });
    expect(tab.engines).toHaveLength(5);
  });

  it('[HUB16] deaths that lie more than a minute back do not count', async () => {
    const world = createWorld({ faults: Array.from({ length: 4 }, () => ({ kind: 'load-dies' }) as const) });
    world.addTab();
    await sendAndFinish(world, 'One');
    await world.clock.advance(61_000);
    expect((await sendAndFinish(world, 'Two')).message?.error?.details).not.toHaveProperty('deaths');
  });

  it('[HUB17] without a tab there is no engine, and that is said at once', async () => {
    const world = createWorld();
    const reply = await sendAndFinish(world, 'Hi');
    expect(reply.message).toMatchObject({
      status: 'failed',
      error: {
        code: 'engine/lost',
        details: { reason: 'no-tab', route: [{ outcome: 'failed', code: 'engine/lost' }] },
      },
    });
    world.addTab();
    expect((await sendAndFinish(world, 'Hi')).message).toMatchObject({ status: 'complete' });
  });

  it('[HUB18] a tab that is gone when it is asked is no death: the next tab is asked at once', async () => {
    const world = createWorld({ startMs: 1000 });
    const best = world.addTab({ threads: 8 });
    const other = world.addTab();
    const stream = collect(world.hub.api.generateStream({ prompt: 'Hi' }));
    await world.clock.advance(500);
    best.close();
    await world.clock.run(() => stream.ended);
    expect(stream.items.at(-1)).toMatchObject({ type: 'finish', result: { route: [{ outcome: 'ok' }] } });
    expect(other.engines).toHaveLength(1);
    expect(best.stopped).toHaveLength(1);
  });

  it('[HUB18] a worker that does not come up is given up and tried once more in another tab', async () => {
    for (const kind of ['start-fails', 'start-hangs'] as const) {
      const world = createWorld({ faults: [{ kind }] });
      world.addTab({ threads: 8 });
      const other = world.addTab();
      const stream = collect(world.hub.api.generateStream({ prompt: 'Hi' }));
      await world.clock.run(() => stream.ended);
      expect(stream.items.at(-1)).toMatchObject({
        result: { route: [{ outcome: 'failed', code: 'engine/lost' }, { outcome: 'ok' }] },
      });
      expect(other.engines).toHaveLength(1);
    }
  });

  it('[HUB19] an abort ends the request at once; the next one waits until the engine has fallen silent', async () => {
    const world = createWorld({ abortMs: 400 });
    const tab = world.addTab();
    const controller = new AbortController();
    const first = collect(world.hub.api.generateStream({ prompt: 'One' }, controller.signal));
    await world.clock.advance(200);
    controller.abort();
    await flush();
    expect(first.error).toMatchObject({ code: 'request/aborted' });
    const second = collect(world.hub.api.generateStream({ prompt: 'Two' }));
    await world.clock.advance(100);
    expect(tab.engines[0]?.requests).toHaveLength(1);
    await world.clock.run(() => second.ended);
    expect(textOf(second.items as { type: string }[])).toBe(ANSWER);
    expect(tab.engines).toHaveLength(1);
    expect(tab.engines[0]?.overlaps).toBe(0);
  });

  it('[HUB20] an engine that does not fall silent is given up, and a fresh one answers', async () => {
    const world = createWorld({ faults: [{ kind: 'hangs-at', token: 1 }] });
    const tab = world.addTab();
    const controller = new AbortController();
    const first = collect(world.hub.api.generateStream({ prompt: 'One' }, controller.signal));
    await world.clock.advance(300);
    controller.abort();
    await flush();
    expect(first.error).toMatchObject({ code: 'request/aborted', details: { text: 'The ' } });
    const second = collect(world.hub.api.generateStream({ prompt: 'Two' }));
    await world.clock.run(() => second.ended);
    expect(textOf(second.items as { type: string }[])).toBe(ANSWER);
    expect(tab.engines).toHaveLength(2);
    expect(tab.stopped).toEqual([tab.engines[0]?.engineId]);
  });

  it('[HUB21] an engine without memory is not tried again by itself', async () => {
    const world = createWorld({ faults: [{ kind: 'out-of-memory' }] });
    const tab = world.addTab();
    const reply = await sendAndFinish(world, 'Hi');
    expect(reply.message).toMatchObject({
      status: 'failed',
      error: { code: 'engine/out-of-memory', retryable: false },
    });
    expect(tab.engines).toHaveLength(1);
    expect(tab.stopped).toHaveLength(1);
  });
});
