import type { ChatMessage, Cost, GeneratePart, Usage } from '../../contracts/generation.ts';
import { cloudModelId, type ModelInfo } from '../../contracts/model.ts';
import type { Clock } from '../../contracts/ports.ts';
import type {
  CatalogueModel,
  ModelLifecycle,
  ProviderConfig,
  ProviderModel,
  SentRequest,
} from '../../contracts/provider.ts';
import { AppError } from '../../errors/index.ts';
import type { ProviderAdapter, ProviderRequest } from '../../providers/provider.ts';
import { createAsyncQueue } from '../async-queue.ts';
import type { Model, ModelCall, ModelEmbedRequest, ModelRequest } from '../model.ts';
import { badRequest } from '../validate-request.ts';
import { resultOfReply, usageOf } from './provider-result.ts';
import { createWatchdog } from './watchdog.ts';

/** What the catalogue knows of one model. */
export interface ModelFacts {
  readonly known: CatalogueModel | undefined;
  readonly lifecycle: ModelLifecycle | undefined;
  readonly cost: (usage: Usage) => Cost;
}

export interface CloudModelDeps {
  readonly clock: Clock;
  /** An adapter for one request with this key; `record` hears what leaves. Throws what says why there is none. */
  readonly open: (key: string | null, record: (sent: SentRequest) => void) => Promise<ProviderAdapter>;
  /** Narrows an error down as well as the browser allows. */
  readonly explain: (error: AppError, signal: AbortSignal) => Promise<AppError>;
  readonly facts: () => Promise<ModelFacts>;
  readonly estimateTokens: (text: string) => number;
  /** True while a secret that it needs is not in the vault. */
  readonly needsKey: () => boolean;
  readonly keys: () => readonly (string | null)[];
  readonly needsNetwork: boolean;
}

/** Clouds have no way to go on with an open message: they are asked to. */
const CONTINUE: ChatMessage = {
  role: 'user',
  content: 'Continue exactly where your last message stopped. Do not repeat anything and do not comment.',
};

/** A model of a provider. Nothing of it is on the device, so most of a model's life is over before it begins. */
export function createCloudModel(config: ProviderConfig, model: ProviderModel, deps: CloudModelDeps): Model {
  const id = cloudModelId(config.label, model.name);
  const task = model.task ?? 'text_generation';
  let facts: ModelFacts | null = null;
  const learn = async (): Promise<ModelFacts> => (facts ??= await deps.facts());

  return {
    id,
    provider: config.label,
    task,
    // Without a limit of its own, that of all models together holds.
    concurrency: model.maxConcurrent ?? Number.POSITIVE_INFINITY,
    needsNetwork: deps.needsNetwork,
    keys: deps.keys,
    info: () => infoOf(config, model, facts, deps.needsKey()),
    probe: async () => {
      await learn().catch(() => undefined); // Without the catalogue there are no prices; the request says why.
    },
    prepare: () => Promise.resolve(),
    generateStream: (request, signal, call) => answer({ config, model, id, deps, learn }, request, signal, call),
    ...(task === 'embedding'
      ? { embed: (request, signal, call) => embed({ config, model, id, deps, learn }, request, signal, call) }
      : {}),
    download: () => Promise.resolve(),
    unload: () => Promise.resolve(),
    remove: () => Promise.resolve(),
    dispose: () => Promise.resolve(),
  } satisfies Model;
}

interface CloudScope {
  readonly config: ProviderConfig;
  readonly model: ProviderModel;
  readonly id: string;
  readonly deps: CloudModelDeps;
  readonly learn: () => Promise<ModelFacts>;
}

async function* answer(
  scope: CloudScope,
  request: ModelRequest,
  caller: AbortSignal,
  call: ModelCall,
): AsyncGenerator<GeneratePart> {
  if (scope.model.task === 'embedding') throw badRequest('model', 'this model makes embeddings, not text');
  const { deps } = scope;
  const facts = await scope.learn();
  const parts = createAsyncQueue<GeneratePart>();
  const { totalMs } = call.timeouts;
  const watchdog = createWatchdog(deps.clock, caller, request.stream === false ? { totalMs } : call.timeouts);
  const left = new AbortController();
  const signal = AbortSignal.any([watchdog.signal, left.signal]);
  run(scope, facts, request, { signal, watchdog, key: call.key, push: (part) => parts.push(part) })
    .then(
      () => parts.end(),
      (error: unknown) => parts.fail(error),
    )
    .finally(() => watchdog.dispose());
  try {
    yield* parts;
  } finally {
    left.abort(new AppError('request/aborted', 'The reader left.'));
  }
}

interface Run {
  readonly signal: AbortSignal;
  readonly watchdog: { fed(): void };
  readonly key: string | null;
  readonly push: (part: GeneratePart) => void;
}

async function run(scope: CloudScope, facts: ModelFacts, request: ModelRequest, to: Run): Promise<void> {
  const { deps, config, id } = scope;
  const startedMs = deps.clock.monotonicMs();
  let firstMs: number | null = null;
  let reasoningSinceMs: number | null = null;
  let textSinceMs: number | null = null;
  try {
    const adapter = await deps.open(to.key, (sent) => to.push({ type: 'request-sent', sent }));
    const asked = providerRequestOf(scope.model, request);
    for await (const part of partsOf(adapter, asked, request.stream !== false, to.signal)) {
      if (part.type === 'text-delta' || part.type === 'reasoning-delta') {
        to.watchdog.fed();
        firstMs ??= deps.clock.monotonicMs();
        if (part.type === 'reasoning-delta') reasoningSinceMs ??= deps.clock.monotonicMs();
        else textSinceMs ??= deps.clock.monotonicMs();
      }
      if (part.type !== 'finish') {
        to.push(part);
        continue;
      }
      const usage = usageOf(part.reply, request, deps.estimateTokens);
      const times = { startedMs, firstMs, endedMs: deps.clock.monotonicMs(), reasoningSinceMs, textSinceMs };
      const result = resultOfReply(part.reply, usage, times, { model: id, provider: config.label, costOf: facts.cost });
      to.push({ type: 'finish', result });
      return;
    }
  } catch (error) {
    throw await deps.explain(AppError.from(error), to.signal);
  }
}

/** An answer that comes all at once, as a stream of one piece. Its time to the first token is the whole time. */
async function* partsOf(
  adapter: ProviderAdapter,
  request: ProviderRequest,
  stream: boolean,
  signal: AbortSignal,
): ReturnType<ProviderAdapter['generateStream']> extends AsyncIterable<infer Part> ? AsyncGenerator<Part> : never {
  if (stream) {
    yield* adapter.generateStream(request, signal);
    return;
  }
  const reply = await adapter.generateText(request, signal);
  for (const note of reply.notes) yield { type: 'note', note };
  if (reply.reasoning !== undefined && reply.reasoning !== '') yield { type: 'reasoning-delta', text: reply.reasoning };
  if (reply.text !== '') yield { type: 'text-delta', text: reply.text };
  yield { type: 'finish', reply };
}

function providerRequestOf(model: ProviderModel, request: ModelRequest): ProviderRequest {
  const { continueLast, stream: _stream, messages, ...asked } = request;
  return {
    ...model.defaults,
    ...asked,
    model: model.name,
    messages: continueLast ? [...messages, CONTINUE] : messages,
  };
}

async function embed(
  { deps, model, learn }: CloudScope,
  { input, dimensions }: ModelEmbedRequest,
  caller: AbortSignal,
  { key, timeouts }: ModelCall,
): Promise<Awaited<ReturnType<NonNullable<Model['embed']>>>> {
  const facts = await learn();
  const watchdog = createWatchdog(deps.clock, caller, { totalMs: timeouts.totalMs });
  try {
    const adapter = await deps.open(key, () => undefined);
    const request = { model: model.name, input, ...(dimensions === undefined ? {} : { dimensions }) };
    const { vectors, inputTokens } = await adapter.embed(request, watchdog.signal);
    const estimated = input.reduce((sum, text) => sum + deps.estimateTokens(text), 0);
    const usage: Usage =
      inputTokens === undefined
        ? { inputTokens: estimated, outputTokens: 0, source: 'estimated' }
        : { inputTokens, outputTokens: 0, source: 'provider' };
    return { vectors, usage, cost: facts.cost(usage) };
  } catch (error) {
    throw await deps.explain(AppError.from(error), caller);
  } finally {
    watchdog.dispose();
  }
}

function infoOf(
  config: ProviderConfig,
  model: ProviderModel,
  facts: ModelFacts | null,
  needsKey: boolean,
): Omit<ModelInfo, 'isDefault'> {
  const contextTokens = model.contextTokens ?? facts?.known?.contextTokens;
  const price = model.price ?? facts?.known?.price;
  return {
    id: cloudModelId(config.label, model.name),
    task: model.task ?? 'text_generation',
    provider: config.label,
    location: 'cloud',
    displayName: model.displayName ?? facts?.known?.displayName ?? model.name,
    state: needsKey ? 'needs-key' : 'ready',
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...(price === undefined ? {} : { price }),
    ...(facts?.lifecycle === undefined ? {} : { lifecycle: facts.lifecycle }),
  };
}
