import type { GeneratePart } from '../../src/contracts/generation.ts';
import type { Clock } from '../../src/contracts/ports.ts';
import type { Model, ModelRequest } from '../../src/hub/model.ts';

/** A model that needs no engine, as cloud models will. */
export interface FakeModel extends Model {
  /** Requests that it works on now. */
  active: number;
}

export function createFakeModel(id: string, clock: Clock, tookMs = 100): FakeModel {
  async function* generateStream(_request: ModelRequest, signal: AbortSignal): AsyncGenerator<GeneratePart> {
    model.active += 1;
    try {
      await clock.sleep(tookMs, signal);
      yield { type: 'text-delta', text: 'Yes.' };
      yield {
        type: 'finish',
        result: {
          text: 'Yes.',
          model: id,
          provider: 'fake',
          finishReason: 'stop',
          usage: { inputTokens: 1, outputTokens: 1, source: 'provider' },
          cost: { amount: null, currency: 'USD', source: 'estimated' },
          timing: { queuedMs: 0, firstTokenMs: 0, totalMs: 0, tokensPerSecond: 0 },
          route: [],
        },
      };
    } finally {
      model.active -= 1;
    }
  }
  const model: FakeModel = {
    id,
    provider: 'fake',
    task: 'text_generation',
    concurrency: 1,
    needsNetwork: false,
    keys: () => [null],
    active: 0,
    info: () => ({
      id,
      task: 'text_generation',
      provider: 'fake',
      location: 'cloud',
      displayName: id,
      state: 'ready',
    }),
    probe: () => Promise.resolve(),
    prepare: () => Promise.resolve(),
    generateStream,
    download: () => Promise.resolve(),
    unload: () => Promise.resolve(),
    remove: () => Promise.resolve(),
    dispose: () => Promise.resolve(),
  };
  return model;
}
