import { describe, expect, it } from 'vitest';
import type { HubEvent } from '../../../src/contracts/hub.ts';
import type { ModelInfo } from '../../../src/contracts/model.ts';
import { AppError } from '../../../src/errors/index.ts';
import { collect, createWorld, flush, SECOND_MODEL, sendAndFinish, STARTER_ID } from '../../doubles/hub-doubles.ts';

const SECOND_ID = 'local_second_text_generation';

function statesOf(events: readonly HubEvent[], id = STARTER_ID): string[] {
  return events
    .flatMap((event) => (event.type === 'models-changed' ? [event.models] : []))
    .map((models) => models.find((model) => model.id === id)?.state ?? 'absent');
}

describe('model manager', () => {
  it('[MGR1] lists the starter as the default, with what its manifest says', async () => {
    const { hub } = createWorld();
    expect(await hub.api.listModels()).toEqual([
      {
        id: STARTER_ID,
        task: 'text_generation',
        provider: 'local',
        location: 'device',
        displayName: 'SmolLM2 135M',
        state: 'downloaded',
        isDefault: true,
        sizeBytes: 100,
        storedBytes: 100,
        contextTokens: 4096,
        parameterCount: 135,
        license: 'Apache-2.0',
      } satisfies ModelInfo,
    ]);
  });

  it('[MGR2] keeps registered models over a restart and falls back to the starter when the chosen one is gone', async () => {
    const world = createWorld();
    const { api } = world.hub;
    expect(await api.registerModel(SECOND_MODEL)).toMatchObject({ id: SECOND_ID, isDefault: false });
    await api.switchModel(SECOND_ID);
    const next = world.startHub();
    expect((await next.api.listModels()).map((model) => [model.id, model.isDefault])).toEqual([
      [STARTER_ID, false],
      [SECOND_ID, true],
    ]);
    await api.unregisterModel(SECOND_ID);
    expect((await api.listModels()).map((model) => [model.id, model.isDefault])).toEqual([[STARTER_ID, true]]);
  });

  it('[MGR3] an unknown id is model/not-found with suggestions, wherever it is given', async () => {
    const { hub } = createWorld();
    const expected = { code: 'model/not-found', details: { suggestions: [STARTER_ID] } };
    const id = 'local_smollm2';
    await expect(hub.api.getModelInfo(id)).rejects.toMatchObject(expected);
    await expect(hub.api.switchModel(id)).rejects.toMatchObject(expected);
    await expect(hub.api.load(id)).rejects.toMatchObject(expected);
    await expect(hub.api.getMetrics(id)).rejects.toMatchObject(expected);
    await expect(hub.api.sendMessage({ conversationId: null, text: 'Hi', model: id })).rejects.toMatchObject(expected);
  });

  it.each([
    ['provider', { ...SECOND_MODEL, provider: 'elsewhere' }],
    ['name', { ...SECOND_MODEL, name: '../up' }],
    ['task', { ...SECOND_MODEL, task: 'embedding' }],
    ['baseUrl', { ...SECOND_MODEL, baseUrl: '/models/second' }],
    ['contextTokens', { ...SECOND_MODEL, contextTokens: 0 }],
    ['topP', { ...SECOND_MODEL, defaults: { topP: 2 } }],
  ])('[MGR4] refuses a descriptor that is not valid and names the field: %s', async (field, descriptor) => {
    const { hub } = createWorld();
    const expected = { code: 'provider/bad-request', details: { field } };
    await expect(hub.api.registerModel(descriptor as never)).rejects.toMatchObject(expected);
    expect(await hub.api.listModels()).toHaveLength(1);
  });

  it('[MGR4] the starter can not be replaced or unregistered', async () => {
    const { hub } = createWorld();
    const expected = { code: 'provider/bad-request', details: { reason: 'starter' } };
    await expect(hub.api.registerModel({ ...SECOND_MODEL, name: 'smollm2-135m-instruct' })).rejects.toMatchObject(
      expected,
    );
    await expect(hub.api.unregisterModel(STARTER_ID)).rejects.toMatchObject(expected);
  });

  it('[MGR5] shows download and load to every request that waits, and in the list', async () => {
    const world = createWorld();
    world.stores.weights.stored = 0;
    world.addTab();
    const events = collect(world.hub.api.events());
    const first = collect(world.hub.api.generateStream({ prompt: 'Hi' }));
    await world.clock.advance(350);
    const second = collect(world.hub.api.generateStream({ prompt: 'Hello' }));
    await flush();
    expect(second.items).toEqual([
      {
        type: 'progress',
        progress: { phase: 'download', receivedBytes: 33, totalBytes: 110, bytesPerSecond: null },
      },
    ]);
    await world.clock.run(() => first.items.some((part) => part.type === 'progress' && part.progress.phase === 'load'));
    const third = collect(world.hub.api.generateStream({ prompt: 'Hey' }));
    await flush();
    expect(third.items[0]).toMatchObject({ type: 'progress', progress: { phase: 'load' } });
    await world.clock.run(() => first.ended && second.ended && third.ended);
    for (const stream of [first, second]) {
      const phases = stream.items.map((part) => (part.type === 'progress' ? part.progress.phase : part.type));
      expect([...new Set(phases)].filter((phase) => phase !== 'queued')).toEqual([
        'download',
        'load',
        'prefill',
        'text-delta',
        'finish',
      ]);
    }
    await world.clock.advance(200);
    expect([...new Set(statesOf(events.items))]).toEqual(['not-downloaded', 'downloading', 'loading', 'ready']);
    expect(world.stores.weights.calls).toHaveLength(1);
    expect(world.stores.weights.calls[0]?.urls).toContain('/runtime.wasm');
    expect(world.tabs[0]?.engines).toHaveLength(1);
  });

  it('[MGR6] a download is aborted with its last waiter, and not before', async () => {
    const world = createWorld();
    const { weights } = world.stores;
    weights.stored = 0;
    const one = new AbortController();
    const two = new AbortController();
    const first = world.hub.api.download(STARTER_ID, one.signal).catch((error: unknown) => error);
    const second = world.hub.api.download(STARTER_ID, two.signal).catch((error: unknown) => error);
    await world.clock.advance(300);
    one.abort();
    expect(await first).toMatchObject({ code: 'request/aborted' });
    await flush();
    expect(weights.aborts).toBe(0);
    two.abort();
    expect(await second).toMatchObject({ code: 'request/aborted' });
    await flush();
    expect(weights.aborts).toBe(1);
    expect(await world.hub.api.getModelInfo(STARTER_ID)).toMatchObject({ state: 'not-downloaded' });
    const again = world.hub.api.download(STARTER_ID);
    await world.clock.advance(2000);
    await again;
    expect(await world.hub.api.getModelInfo(STARTER_ID)).toMatchObject({ state: 'downloaded' });
  });

  it('[MGR7] a failed download is told and the next request tries again', async () => {
    const world = createWorld();
    world.stores.weights.failEnsure = new AppError('network/unreachable', 'offline');
    world.addTab();
    const failed = await sendAndFinish(world, 'Hi');
    expect(failed.message).toMatchObject({ status: 'failed', error: { code: 'network/unreachable' } });
    expect(await world.hub.api.getModelInfo(STARTER_ID)).toMatchObject({
      state: 'failed',
      error: { code: 'network/unreachable' },
    });
    world.stores.weights.failEnsure = null;
    expect((await sendAndFinish(world, 'Hi')).message).toMatchObject({ status: 'complete' });
  });

  it('[MGR8] a damaged file is fetched again, once, and loaded by a fresh engine', async () => {
    const world = createWorld({ faults: [{ kind: 'load-corrupt' }] });
    const tab = world.addTab();
    const reply = await sendAndFinish(world, 'Hi');
    expect(reply.message).toMatchObject({ status: 'complete', text: 'The capital is Paris.' });
    expect(world.stores.weights.calls.map((call) => call.verify)).toEqual([false, true]);
    expect(tab.engines).toHaveLength(2);
    expect(tab.engines[0]?.disposed).toBe(true);
    expect(tab.stopped).toEqual([tab.engines[0]?.engineId]);
  });

  it('[MGR8] a file that stays damaged is an error after one repair', async () => {
    const world = createWorld({ faults: [{ kind: 'load-corrupt' }, { kind: 'load-corrupt' }] });
    const tab = world.addTab();
    const reply = await sendAndFinish(world, 'Hi');
    expect(reply.message).toMatchObject({ status: 'failed', error: { code: 'storage/corrupt' } });
    expect(tab.engines).toHaveLength(2);
  });

  it('[MGR9] unload and remove are refused while the model answers, and free memory and disk after', async () => {
    const world = createWorld();
    const tab = world.addTab();
    const stream = collect(world.hub.api.generateStream({ prompt: 'Hi' }));
    await world.clock.advance(200);
    const busy = { code: 'provider/bad-request', details: { reason: 'busy' } };
    await expect(world.hub.api.unload(STARTER_ID)).rejects.toMatchObject(busy);
    await expect(world.hub.api.remove(STARTER_ID)).rejects.toMatchObject(busy);
    await world.clock.run(() => stream.ended);
    await world.hub.api.unload(STARTER_ID);
    expect(tab.stopped).toHaveLength(1);
    expect(await world.hub.api.getModelInfo(STARTER_ID)).toMatchObject({ state: 'downloaded' });
    await world.hub.api.remove(STARTER_ID);
    expect(world.stores.weights.removed).toEqual([
      'sha-weights-smollm2-135m-instruct',
      'sha-tokenizer-smollm2-135m-instruct',
    ]);
    expect(await world.hub.api.getModelInfo(STARTER_ID)).toMatchObject({ state: 'not-downloaded', storedBytes: 0 });
  });

  it('[MGR10] a long download changes the list at most ten times a second', async () => {
    const world = createWorld();
    world.stores.weights.stored = 0;
    world.stores.weights.downloadMs = 100;
    await world.hub.api.listModels();
    const events = collect(world.hub.api.events());
    await flush();
    const download = world.hub.api.download(STARTER_ID);
    await world.clock.advance(1000);
    await download;
    expect(events.items.length).toBeLessThanOrEqual(4);
    expect(statesOf(events.items).at(-1)).toBe('downloaded');
  });

  it('[MGR11] load puts the model into memory before anything is asked; the context is at most what the model can', async () => {
    const world = createWorld();
    const tab = world.addTab({ threads: 4 });
    await world.hub.api.registerModel({ ...SECOND_MODEL, contextTokens: 100_000 });
    const loading = world.hub.api.load(SECOND_ID);
    await world.clock.advance(500);
    await loading;
    expect(tab.engines[0]?.loads[0]).toMatchObject({ threads: 4, contextTokens: 8192 });
    expect(await world.hub.api.getModelInfo(SECOND_ID)).toMatchObject({ state: 'ready', contextTokens: 8192 });
  });

  it("[MGR12] a descriptor's defaults apply where a request says nothing", async () => {
    const world = createWorld();
    const tab = world.addTab();
    await world.hub.api.registerModel({ ...SECOND_MODEL, defaults: { temperature: 0.2, topK: 5, maxTokens: 64 } });
    const stream = collect(world.hub.api.generateStream({ model: SECOND_ID, prompt: 'Hi', topK: 9 }));
    await world.clock.run(() => stream.ended);
    expect(tab.engines[0]?.requests[0]).toEqual({
      messages: [{ role: 'user', content: 'Hi' }],
      temperature: 0.2,
      topK: 9,
      maxTokens: 64,
    });
  });

  it('[MGR13] a model whose source can not be asked is listed all the same', async () => {
    const world = createWorld();
    world.stores.weights.failManifest = new AppError('network/unreachable', 'offline');
    expect(await world.hub.api.listModels()).toMatchObject([{ id: STARTER_ID, state: 'not-downloaded' }]);
  });
});
