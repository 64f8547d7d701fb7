import type { Clock, NetworkFacts } from '../../contracts/ports.ts';
import type { DoctorStep, DoctorVerdict, ModelLifecycle, ProviderConfig } from '../../contracts/provider.ts';
import { AppError, type RedactText } from '../../errors/index.ts';
import { baseUrlOf } from '../../providers/base-url.ts';
import type { ProviderAdapter } from '../../providers/provider.ts';
import { addressSpaceOf, parseAddress } from '../network/address.ts';
import type { HostProbe } from '../network/create-provider-network.ts';
import { PROXY_ERROR_HEADER } from '../network/proxy-route.ts';
import { maskUrl } from '../network/sent-request.ts';
import { startTimer } from '../timer.ts';
import { hearFirstWords } from './first-words.ts';

export interface DoctorDeps {
  readonly network: NetworkFacts;
  readonly clock: Clock;
  readonly adapterOf: (config: ProviderConfig) => ProviderAdapter | Promise<ProviderAdapter>;
  /** ProviderNetwork's, for this configuration. */
  readonly explain: (error: AppError, config: ProviderConfig) => Promise<AppError>;
  readonly probe: (config: ProviderConfig) => Promise<HostProbe>;
  readonly secretState: (name: string) => 'present' | 'missing' | 'locked' | Promise<'present' | 'missing' | 'locked'>;
  readonly redact: RedactText;
  /** What the catalogue says of a model's end. */
  readonly lifecycleOf?: (model: string) => ModelLifecycle | undefined | Promise<ModelLifecycle | undefined>;
}

/** How one check ended. A verdict ends the examination; an error without one is kept for the end. */
export interface CheckResult {
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly found?: string | undefined;
  readonly error?: AppError;
  /** For verdicts that no error stands behind. */
  readonly verdict?: DoctorVerdict;
  /** The examination goes on: a later check may show that it does not matter. */
  readonly goesOn?: boolean;
  /** When it is not the time that the check itself took. */
  readonly tookMs?: number;
}

/** What is examined, and what has been found so far. */
export interface Examination {
  readonly config: ProviderConfig;
  readonly model: { readonly name: string; readonly isEmbedding: boolean } | null;
  readonly deps: DoctorDeps;
  readonly signal: AbortSignal;
  host: string;
  probe?: HostProbe;
  /** The first request with the key; made by the first check that needs it. */
  contact?: Promise<Contact>;
  modelCount?: number;
  /** The address of the list answered that there is nothing. */
  hasNoList?: boolean;
  firstTokenMs?: number;
}

interface Contact {
  readonly error?: AppError;
  readonly tookMs: number;
}

const LIST_LIMIT_MS = 20_000;
const ANSWER_LIMIT_MS = 60_000;
const PASSED: CheckResult = { outcome: 'passed' };
const SKIPPED: CheckResult = { outcome: 'skipped' };

export const CHECKS: Readonly<Record<DoctorStep, (examination: Examination) => Promise<CheckResult>>> = {
  address: checkAddress,
  secret: checkSecret,
  online: checkOnline,
  reachable: checkReachable,
  cors: checkCors,
  models: checkModels,
  answer: checkAnswer,
};

function checkAddress(examination: Examination): Promise<CheckResult> {
  const { config, deps } = examination;
  const address = baseUrlOf(config);
  const found = maskUrl(address, deps.redact);
  try {
    examination.host = parseAddress(address).host;
    return Promise.resolve({ outcome: 'passed', found });
  } catch (thrown) {
    const error = AppError.from(thrown);
    const isMixed = error.details['reason'] === 'insecure-address' && deps.network.origin.startsWith('https:');
    return Promise.resolve({ outcome: 'failed', found, error, verdict: isMixed ? 'mixed-content' : 'bad-address' });
  }
}

async function checkSecret({ config, deps }: Examination): Promise<CheckResult> {
  const names = config.secretKey === undefined ? config.keys : [...config.keys, config.secretKey];
  if (names.length === 0)
    return config.kind === 'openai-compatible' ? SKIPPED : { outcome: 'failed', verdict: 'missing-secret' };
  const states = await Promise.all(names.map(async (name) => [name, await deps.secretState(name)] as const));
  const missing = states.filter(([, state]) => state === 'missing').map(([name]) => name);
  if (states.some(([, state]) => state === 'locked')) return { outcome: 'failed', verdict: 'vault-locked' };
  // Of several keys, those that are there are enough.
  const isEnough =
    missing.length === 0 || (missing.length < config.keys.length && !missing.includes(config.secretKey ?? ''));
  if (!isEnough) return { outcome: 'failed', found: missing.join(', '), verdict: 'missing-secret' };
  return { outcome: 'passed', found: names.filter((name) => !missing.includes(name)).join(', ') };
}

function checkOnline({ config, deps }: Examination): Promise<CheckResult> {
  // This machine is reached without any network.
  if (addressSpaceOf(new URL(baseUrlOf(config)).hostname) === 'loopback') return Promise.resolve(SKIPPED);
  return Promise.resolve(deps.network.online() ? PASSED : { outcome: 'failed', verdict: 'offline' });
}

async function checkReachable(examination: Examination): Promise<CheckResult> {
  const probe = await examination.deps.probe(examination.config);
  examination.probe = probe;
  const { found, host } = probe;
  if (found.type === 'silent') return (await failedContact(examination)) ?? { outcome: 'passed', found: host };
  const refusal = found.type === 'readable' && probe.proxied ? found.headers.get(PROXY_ERROR_HEADER) : null;
  return refusal === null
    ? { outcome: 'passed', found: host }
    : { outcome: 'failed', found: refusal, verdict: 'proxy-refused' };
}

async function checkCors(examination: Examination): Promise<CheckResult> {
  const found = examination.probe?.found;
  if (found?.type === 'readable') return { outcome: 'passed', found: `HTTP ${found.status}` };
  // Errors, such as the one for a request without a key, may lack CORS headers where good answers have them.
  return (await failedContact(examination)) ?? PASSED;
}

/** The result of a check that the first request with the key decides, when no answer to that came. */
async function failedContact(examination: Examination): Promise<CheckResult | null> {
  const { error } = await contactOf(examination);
  return error && !isAnswer(error) ? { outcome: 'failed', error } : null;
}

function isAnswer(error: AppError): boolean {
  return error.details['status'] !== undefined
    ? error.code !== 'network/unreachable'
    : error.code.startsWith('stream/');
}

async function checkModels(examination: Examination): Promise<CheckResult> {
  const adapter = await examination.deps.adapterOf(examination.config);
  if (!adapter.listModels) return SKIPPED;
  const { error, tookMs } = await contactOf(examination);
  if (!error) return { outcome: 'passed', found: String(examination.modelCount ?? 0), tookMs };
  // Some servers have no list, and some keys may chat but not see it.
  const goesOn = examination.model !== null && isAnswer(error) && error.code !== 'provider/auth';
  examination.hasNoList = error.code === 'provider/model-not-found';
  const verdict = examination.hasNoList ? ({ verdict: 'bad-address' } as const) : {};
  return { outcome: 'failed', found: foundIn(error), error, goesOn, tookMs, ...verdict };
}

async function checkAnswer(examination: Examination): Promise<CheckResult> {
  const { deps, config, model } = examination;
  if (!model) return SKIPPED;
  const adapter = await deps.adapterOf(config);
  const { error, tookMs } = adapter.listModels ? await contact(examination, answer) : await contactOf(examination);
  // A filter that minds the greeting has let the key and the model pass.
  if (!error || error.code === 'provider/content-filter') return { outcome: 'passed', found: model.name, tookMs };
  // Neither the list nor the chat is there, and nobody says that it is the model: the path is wrong.
  const isNowhere =
    examination.hasNoList && error.code === 'provider/model-not-found' && !error.details['providerCode'];
  return { outcome: 'failed', found: foundIn(error), error, tookMs, ...(isNowhere ? { verdict: 'bad-address' } : {}) };
}

function foundIn(error: AppError): string | undefined {
  const status = error.details['status'];
  return typeof status === 'number' ? `HTTP ${status}` : undefined;
}

function contactOf(examination: Examination): Promise<Contact> {
  return (examination.contact ??= contact(examination, listOrAnswer));
}

async function listOrAnswer(examination: Examination, adapter: ProviderAdapter, signal: AbortSignal): Promise<void> {
  if (adapter.listModels) examination.modelCount = (await adapter.listModels(signal)).length;
  else await answer(examination, adapter, signal);
}

async function answer(examination: Examination, adapter: ProviderAdapter, signal: AbortSignal): Promise<void> {
  const { model, deps } = examination;
  if (!model) throw new AppError('provider/bad-request', 'There is no model to ask.');
  if (model.isEmbedding) await adapter.embed({ model: model.name, input: ['Hi'] }, signal);
  else examination.firstTokenMs = await hearFirstWords({ adapter, clock: deps.clock, model: model.name, signal });
}

type Request = (examination: Examination, adapter: ProviderAdapter, signal: AbortSignal) => Promise<void>;

/** Makes a request with the key, in limited time; its error is looked into. */
async function contact(examination: Examination, request: Request): Promise<Contact> {
  const { deps, config, signal } = examination;
  const limit = new AbortController();
  const limitMs = request === answer ? ANSWER_LIMIT_MS : LIST_LIMIT_MS;
  const stop = startTimer(deps.clock, limitMs, () => limit.abort(tooLate(limitMs)));
  const startedMs = deps.clock.monotonicMs();
  const tookMs = (): number => deps.clock.monotonicMs() - startedMs;
  try {
    const adapter = await deps.adapterOf(config);
    await request(examination, adapter, AbortSignal.any([signal, limit.signal]));
    return { tookMs: tookMs() };
  } catch (error) {
    const ended = tookMs();
    return { error: await deps.explain(AppError.from(error), config), tookMs: ended };
  } finally {
    stop();
  }
}

function tooLate(limitMs: number): AppError {
  return new AppError('timeout/first-token', `No answer came within ${limitMs / 1000} seconds.`);
}
