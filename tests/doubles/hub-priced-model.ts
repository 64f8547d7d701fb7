import type { GeneratePart } from '../../src/contracts/generation.ts';
import type { Clock } from '../../src/contracts/ports.ts';
import type { Price } from '../../src/contracts/provider.ts';
import type { AppError } from '../../src/errors/index.ts';
import { costOf } from '../../src/providers/catalogue/cost.ts';
import type { Model, ModelRequest } from '../../src/hub/model.ts';

export interface PricedScript {
  /** Pieces of the answer, one every 10 ms. */
  pieces: readonly string[];
  reasoning?: string;
  finishReason: 'stop' | 'length' | 'content-filter';
  /** Thrown after so many pieces; -1 before anything is sent. */
  failure: { readonly after: number; readonly error: AppError } | null;
  /** Its input and output tokens as the provider counts them. */
  usage: { readonly inputTokens: number; readonly outputTokens: number };
}

/** A cloud model with a price, whose every request is counted. */
export interface PricedModel extends Model {
  readonly script: PricedScript;
  readonly requests: ModelRequest[];
}

const PIECE_MS = 10;

export function createPricedModel(
  clock: Clock,
  options: { readonly provider?: string; readonly price?: Price | null } & Partial<PricedScript> = {},
): PricedModel {
  const { provider = 'openai', price = { currency: 'USD', input: 1, output: 1 }, ...script } = options;
  const id = `${provider}_gpt`;
  const requests: ModelRequest[] = [];
  const told: PricedScript = {
    pieces: ['Yes', ', ', 'indeed.'],
    finishReason: 'stop',
    failure: null,
    usage: { inputTokens: 100, outputTokens: 50 },
    ...script,
  };
  async function* generateStream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<GeneratePart> {
    requests.push(request);
    const { pieces, reasoning, failure, finishReason } = told;
    if (failure?.after === -1) throw failure.error;
    yield { type: 'request-sent', sent: sentRequest(provider) };
    if (reasoning !== undefined) yield { type: 'reasoning-delta', text: reasoning };
    for (const [index, text] of pieces.entries()) {
      if (failure?.after === index) throw failure.error;
      await clock.sleep(PIECE_MS, signal);
      yield { type: 'text-delta', text };
    }
    const usage = { ...told.usage, source: 'provider' } as const;
    yield {
      type: 'finish',
      result: {
        text: pieces.join(''),
        ...(reasoning === undefined ? {} : { reasoning }),
        model: id,
        provider,
        finishReason,
        usage,
        cost: costOf(usage, price ?? undefined, 'USD'),
        timing: { queuedMs: 0, firstTokenMs: 0, totalMs: 0, tokensPerSecond: 0 },
        route: [],
      },
    };
  }
  const done = (): Promise<void> => Promise.resolve();
  return {
    id,
    provider,
    task: 'text_generation',
    concurrency: 16,
    needsNetwork: true,
    script: told,
    requests,
    keys: () => [null],
    info: () => ({
      id,
      provider,
      task: 'text_generation',
      location: 'cloud',
      displayName: id,
      state: 'ready',
      ...(price === null ? {} : { price }),
    }),
    generateStream,
    probe: done,
    prepare: done,
    download: done,
    unload: done,
    remove: done,
    dispose: done,
  };
}

function sentRequest(provider: string) {
  const url = `https://${provider}.example/v1`;
  return { method: 'POST', url, host: provider, proxied: false, headers: {}, body: '{}', sizeBytes: 2, sentAt: 0 };
}
