import type { DoctorEvent, ProviderConfig } from '../../../../src/contracts/provider.ts';
import { AppError, createSecretMask, type ErrorCode } from '../../../../src/errors/index.ts';
import type { DoctorDeps } from '../../../../src/hub/doctor/checks.ts';
import { diagnose } from '../../../../src/hub/doctor/diagnose.ts';
import type { Probe } from '../../../../src/hub/network/probe.ts';
import type { ProviderAdapter, ProviderPart, ProviderReply } from '../../../../src/providers/provider.ts';
import { createFakeClock, type FakeClock } from '../../../doubles/hub-fake-ports.ts';

export const KEY = 'sk-canary-0123456789';

export const REPLY: ProviderReply = { text: '', finishReason: 'length', notes: [] };

export function readable(status = 200, headers: Record<string, string> = {}): Probe {
  return { type: 'readable', status, headers: new Headers(headers) };
}

export function providerError(code: ErrorCode, details: Record<string, unknown> = {}, message = 'said no'): AppError {
  return new AppError(code, message, { details: { status: 400, ...details } });
}

export const UNREACHABLE = new AppError('network/unreachable', 'No answer came.');

export interface Patient {
  readonly clock: FakeClock;
  readonly deps: DoctorDeps;
  /** What the adapter was asked. */
  readonly asked: { readonly model: string; readonly maxTokens: number | undefined; readonly signal: AbortSignal }[];
  config: ProviderConfig;
  online: boolean;
  origin: string;
  probe: Probe | Error;
  proxied: boolean;
  /** `details.reason` that a look into `network/unreachable` finds. */
  reason: string;
  secrets: Record<string, 'present' | 'missing' | 'locked'>;
  /** Null: the provider has no list. */
  list: (() => Promise<readonly { name: string }[]>) | null;
  stream: (request: { readonly maxTokens?: number }, signal: AbortSignal) => AsyncIterable<ProviderPart>;
  retired: string | null;
  examine(model?: string, signal?: AbortSignal): Promise<DoctorEvent[]>;
}

/** A provider that works, until a test makes something of it ill. */
export function healthyPatient(change: Partial<ProviderConfig> = {}): Patient {
  const clock = createFakeClock();
  const mask = createSecretMask();
  mask.add(KEY);
  const asked: Patient['asked'] = [];
  const adapter = (): ProviderAdapter => ({
    generateText: () => Promise.reject(new Error('the doctor streams')),
    generateStream(request, signal) {
      asked.push({ model: request.model, maxTokens: request.maxTokens, signal });
      return patient.stream(request, signal);
    },
    async embed({ model }, signal) {
      asked.push({ model, maxTokens: undefined, signal });
      return { vectors: [[1]] };
    },
    listModels: patient.list && (() => patient.list?.() ?? Promise.resolve([])),
    chatUrl: () => '',
  });
  const patient: Patient = {
    clock,
    asked,
    config: { label: 'openai', kind: 'openai', keys: ['KEY'], proxy: 'off', models: [{ name: 'luna' }], ...change },
    online: true,
    origin: 'https://app.example',
    probe: readable(),
    proxied: false,
    reason: 'cors-or-key',
    secrets: { KEY: 'present' },
    list: () => Promise.resolve([{ name: 'luna' }, { name: 'terra' }]),
    async *stream() {
      await clock.sleep(600);
      yield { type: 'text-delta', text: 'Hello' };
      throw new Error('the doctor should have left');
    },
    retired: null,
    deps: {
      network: {
        online: () => patient.online,
        get origin() {
          return patient.origin;
        },
        localNetworkPermission: () => Promise.resolve(null),
      },
      clock,
      adapterOf: adapter,
      explain: (error) =>
        Promise.resolve(
          error.code === 'network/unreachable' && error.details['reason'] === undefined
            ? new AppError(error.code, error.message, { details: { reason: patient.reason } })
            : error,
        ),
      probe: ({ baseUrl = 'https://api.openai.com' }) =>
        patient.probe instanceof Error
          ? Promise.reject(patient.probe)
          : Promise.resolve({ host: new URL(baseUrl).host, proxied: patient.proxied, found: patient.probe }),
      secretState: (name) => patient.secrets[name] ?? 'missing',
      redact: mask.redact,
      lifecycleOf: () => (patient.retired === null ? undefined : { state: 'retired', successor: patient.retired }),
    },
    async examine(model, signal = new AbortController().signal) {
      const events: DoctorEvent[] = [];
      let ended = false;
      const run = async (): Promise<void> => {
        for await (const event of diagnose(patient.deps, patient.config, model, signal)) events.push(event);
      };
      const done = run().finally(() => (ended = true));
      done.catch(() => undefined);
      await clock.run(() => ended);
      await done;
      return events;
    },
  };
  return patient;
}

/** `step outcome found`, one a line, and the verdict. */
export function summary(events: readonly DoctorEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.type === 'step-started') return [];
    if (event.type === 'verdict') return [event.diagnosis.verdict];
    return [[event.step, event.outcome, ...(event.found === undefined ? [] : [event.found])].join(' ')];
  });
}
