import type { Diagnosis, DoctorEvent, DoctorStep, DoctorVerdict, ProviderConfig } from '../../contracts/provider.ts';
import { AppError, redactError } from '../../errors/index.ts';
import { baseUrlOf } from '../../providers/base-url.ts';
import { orAborted } from '../abort.ts';
import { CHECKS, type CheckResult, type DoctorDeps, type Examination } from './checks.ts';
import { verdictOf } from './verdict-of.ts';

const STEPS: readonly DoctorStep[] = ['address', 'secret', 'online', 'reachable', 'cors', 'models', 'answer'];
const SKIPPED: CheckResult = { outcome: 'skipped' };

/**
 * Follows the way to a provider step by step, and ends with one verdict; with nothing more when the signal aborts. `model` is
 * what the provider calls it or its Switchyard id; the first chat model of the configuration when left out. Every step is
 * started and ended, those after the one that failed as skipped.
 */
export async function* diagnose(
  deps: DoctorDeps,
  config: ProviderConfig,
  model: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<DoctorEvent> {
  const host = URL.parse(baseUrlOf(config))?.host ?? '';
  const examination: Examination = { config, model: modelToAsk(config, model), deps, signal, host };
  let failure: CheckResult | null = null;
  for (const step of STEPS) {
    if (signal.aborted) return;
    yield { type: 'step-started', step };
    const startedMs = deps.clock.monotonicMs();
    const result: CheckResult = failure && !failure.goesOn ? SKIPPED : await runCheck(step, examination);
    if (isAborted(signal)) return;
    const tookMs = Math.round(result.tookMs ?? deps.clock.monotonicMs() - startedMs);
    const found = result.found === undefined ? {} : { found: deps.redact(result.found) };
    yield { type: 'step-ended', step, outcome: result.outcome, tookMs, ...found };
    if (result.outcome === 'failed') failure = result;
    // An answer is what counts: it makes up for a list that could not be had.
    if (step === 'answer' && result.outcome === 'passed') failure = null;
  }
  const diagnosis = await conclude(examination, failure);
  if (!isAborted(signal)) yield { type: 'verdict', diagnosis };
}

/** The signal may have aborted since it was asked before. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

async function runCheck(step: DoctorStep, examination: Examination): Promise<CheckResult> {
  try {
    return await orAborted(CHECKS[step](examination), examination.signal);
  } catch (error) {
    return { outcome: 'failed', error: AppError.from(error) };
  }
}

function modelToAsk({ label, models }: ProviderConfig, wanted: string | undefined): Examination['model'] {
  const task = (name: string): string | undefined => models.find((model) => model.name === name)?.task;
  if (wanted !== undefined) {
    const isId = !models.some(({ name }) => name === wanted) && wanted.startsWith(`${label}_`);
    const name = isId ? wanted.slice(label.length + 1) : wanted;
    return { name, isEmbedding: task(name) === 'embedding' };
  }
  const first = models.find((model) => (model.task ?? 'text_generation') === 'text_generation') ?? models[0];
  return first ? { name: first.name, isEmbedding: first.task === 'embedding' } : null;
}

async function conclude(examination: Examination, failure: CheckResult | null): Promise<Diagnosis> {
  const { deps, config, host, model, modelCount, firstTokenMs } = examination;
  const lifecycle = failure && model ? await deps.lifecycleOf?.(model.name) : undefined;
  const isRetired = lifecycle?.state === 'retired';
  const verdict = verdictIn(failure, { kind: config.kind, skewMs: skewOf(examination), isRetired });
  const error = failure?.error;
  return {
    verdict,
    host,
    ...(modelCount === undefined ? {} : { modelCount }),
    ...(firstTokenMs === undefined ? {} : { firstTokenMs: Math.round(firstTokenMs) }),
    ...(model ? { model: model.name } : {}),
    ...(verdict === 'model-retired' && lifecycle?.successor !== undefined ? { successor: lifecycle.successor } : {}),
    ...(error ? { error: redactError(error, deps.redact).toWire() } : {}),
  };
}

function verdictIn(failure: CheckResult | null, context: Parameters<typeof verdictOf>[1]): DoctorVerdict {
  if (!failure) return 'works';
  if (failure.verdict) return failure.verdict;
  return failure.error ? verdictOf(failure.error, context) : 'unexpected';
}

/** Positive when this device is behind the server. Null where the server's time can't be read. */
function skewOf({ probe, deps }: Examination): number | null {
  const date = probe?.found.type === 'readable' ? Date.parse(probe.found.headers.get('date') ?? '') : Number.NaN;
  return Number.isNaN(date) ? null : date - deps.clock.now();
}
