import type { Attempt, EmbedResult } from '../contracts/generation.ts';
import type { EmbedRequest } from '../contracts/provider.ts';
import { AppError } from '../errors/index.ts';
import { abortErrorOf, orAborted } from './abort.ts';
import type { ModelCall, ModelEmbedRequest } from './model.ts';
import { factsOf, inPool, type AttemptFacts } from './monitor/attempt-end.ts';
import type { RouterDeps } from './router.ts';
import type { Lane } from './routing/lanes.ts';
import { isPool } from './routing/route-plan.ts';
import { runRoute } from './routing/run-route.ts';
import type { Target } from './routing/targets.ts';
import { badRequest } from './validate-request.ts';

/** Embeddings of any number of texts. Counts as one request of its model. */
export type Embedder = (request: EmbedRequest, signal: AbortSignal) => Promise<EmbedResult>;

export function createEmbedder(deps: RouterDeps, caller = ''): Embedder {
  return async (request, signal) => {
    const asked = checkedRequest(request);
    const found = await orAborted(deps.models.find(request.model), signal);
    const plan = deps.plans.planOf(found);
    const makers = plan.targets.filter(({ model }) => model.embed);
    if (makers.length === 0) throw badRequest('model', `"${request.model}" makes no embeddings`);
    const monitor = inPool(deps.monitor, isPool(found) ? found.config.name : null);
    const startedMs = deps.clock.monotonicMs();
    const route: Attempt[] = [];
    const scope = { signal, route, started: false, onRetry: () => undefined };
    const messages = asked.input.map((content) => ({ role: 'user' as const, content }));
    try {
      const attempt = (target: Target, call: ModelCall, lane: Lane) =>
        embedAt({ ...deps, monitor }, target, asked, call, { signal: lane.signal, route, caller });
      const made = await runRoute(
        deps,
        { ...plan, targets: makers },
        { messages: messages.slice(0, 1), wants: 'embeddings' },
        scope,
        attempt,
      );
      const totalMs = deps.clock.monotonicMs() - startedMs;
      const { waitedMs = 0 } = route.at(-1) ?? {};
      const timing = { queuedMs: waitedMs, firstTokenMs: totalMs, totalMs, tokensPerSecond: 0 };
      return { ...made, timing, route };
    } catch (error) {
      const known = AppError.from(error);
      throw new AppError(known.code, known.message, { details: { ...known.details, route }, cause: known });
    }
  };
}

/** One try at one target, noted in the route and by the monitor once. */
async function embedAt(
  deps: RouterDeps,
  target: Target,
  request: ModelEmbedRequest,
  call: ModelCall,
  { signal, route, caller }: { readonly signal: AbortSignal; readonly route: Attempt[]; readonly caller: string },
): Promise<Omit<EmbedResult, 'timing' | 'route'>> {
  const { model, key, load } = target;
  if (!model.embed) throw badRequest('model', `"${model.id}" makes no embeddings`);
  const startedMs = deps.clock.monotonicMs();
  const asked = { model: model.id, ...(key === null ? {} : { key }) };
  const { estimateTokens } = deps.fitness;
  const prompt = (): number => request.input.reduce((sum, text) => sum + estimateTokens(text), 0);
  const slot = await deps.slots.acquire({
    ...{ model, key, signal, caller, priority: 'interactive', arrivedMs: startedMs },
    expectedTokens: () => ({ prompt: prompt(), reply: 0 }),
    onPlace: () => undefined,
  });
  const endLoad = load.begin();
  const waitedMs = deps.clock.monotonicMs() - startedMs;
  let actualTokens: number | undefined;
  const took = (): number => deps.clock.monotonicMs() - startedMs - waitedMs;
  try {
    const made = await orAborted(model.embed(request, signal, call), signal);
    actualTokens = made.usage.inputTokens;
    const tookMs = took();
    route.push({ ...asked, outcome: 'ok', waitedMs, tookMs });
    const timing = { queuedMs: waitedMs, firstTokenMs: tookMs, totalMs: tookMs, tokensPerSecond: 0 };
    deps.monitor.record({ outcome: 'success', result: { ...made, timing }, ...factsOf(target, route), operation });
    deps.slots.answered(target);
    return { ...made, model: model.id, provider: model.provider };
  } catch (error) {
    const known = signal.aborted ? abortErrorOf(signal) : AppError.from(error);
    route.push({ ...asked, outcome: 'failed', code: known.code, waitedMs, tookMs: took() });
    const facts: AttemptFacts = { ...factsOf(target, route), operation };
    deps.monitor.record(
      signal.aborted ? { outcome: 'aborted', ...facts } : { outcome: 'error', code: known.code, ...facts },
    );
    if (!signal.aborted) deps.slots.failed(target, known);
    throw known;
  } finally {
    endLoad(null);
    slot.release(actualTokens);
  }
}

const operation = 'embeddings';

function checkedRequest({ model, input, dimensions }: EmbedRequest): ModelEmbedRequest {
  if (typeof model !== 'string' || model === '') throw badRequest('model', 'embeddings need a model');
  const given: unknown = input;
  if (!Array.isArray(given) || given.length === 0) throw badRequest('input', 'there is no text');
  if (!given.every((text): text is string => typeof text === 'string' && text !== '')) {
    throw badRequest('input', 'every text must be a string that is not empty');
  }
  if (dimensions !== undefined && !(Number.isSafeInteger(dimensions) && dimensions > 0)) {
    throw badRequest('dimensions', `dimensions can't be ${dimensions}`);
  }
  return { input: given, ...(dimensions === undefined ? {} : { dimensions }) };
}
