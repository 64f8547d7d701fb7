import { describe, expect, it } from 'vitest';
import { ERROR_REASONS } from '../../../src/contracts/error-reasons.ts';
import type { Diagnosis, DoctorEvent, DoctorVerdict } from '../../../src/contracts/provider.ts';
import { AppError } from '../../../src/errors/index.ts';
import { errorDetail, needsCloudHelp } from '../../../src/ui/chat/error-detail.ts';
import { actionFor, corsCommand } from '../../../src/ui/doctor/doctor-action.ts';
import { createDoctorState } from '../../../src/ui/doctor/doctor-state.svelte.ts';
import { errorWords, providerSays, retryAfterMs } from '../../../src/ui/doctor/error-words.ts';
import { CLOUD_WORDS } from '../../../src/ui/i18n/cloud/cloud-words.ts';
import type { VerdictFacts } from '../../../src/ui/i18n/cloud/doctor-en.ts';
import { en } from '../../../src/ui/i18n/en.ts';
import { createClientDouble } from '../../doubles/client-double.ts';

const STEPS: readonly DoctorEvent[] = [
  { type: 'step-started', step: 'address' },
  { type: 'step-ended', step: 'address', outcome: 'passed', tookMs: 0, found: 'https://api.openai.com/v1' },
  { type: 'step-started', step: 'secret' },
  { type: 'step-ended', step: 'secret', outcome: 'failed', tookMs: 3, found: 'OPENAI_API_KEY' },
  { type: 'step-started', step: 'online' },
  { type: 'step-ended', step: 'online', outcome: 'skipped', tookMs: 0 },
  { type: 'verdict', diagnosis: { verdict: 'missing-secret', host: 'api.openai.com' } },
];

describe('the connection check', () => {
  it('[UI100] shows every step as it happens and ends with the diagnosis', async () => {
    const { client, cloud } = createClientDouble();
    cloud.diagnosis = () => STEPS;
    const doctor = createDoctorState(client.providers);
    const seen: string[] = [];
    cloud.pause = async () => {
      seen.push(doctor.steps.map(({ step, outcome }) => `${step} ${outcome}`).join(', '));
    };
    await doctor.run('openai');
    expect(seen.slice(0, 4)).toEqual([
      'address running',
      'address passed',
      'address passed, secret running',
      'address passed, secret failed',
    ]);
    expect(doctor.phase).toBe('done');
    expect(doctor.diagnosis?.verdict).toBe('missing-secret');
    expect(doctor.steps[1]).toMatchObject({ found: 'OPENAI_API_KEY', tookMs: 3 });
  });

  it('[UI101] a cancel ends it at once, and nothing that comes later is shown', async () => {
    const { client, cloud } = createClientDouble();
    cloud.diagnosis = () => STEPS;
    let go: () => void = () => undefined;
    cloud.pause = () => new Promise((resolve) => (go = resolve));
    const doctor = createDoctorState(client.providers);
    const running = doctor.run('openai');
    await Promise.resolve();
    await Promise.resolve();
    expect(doctor.phase).toBe('running');
    doctor.cancel();
    expect(doctor.phase).toBe('cancelled');
    expect(doctor.steps.every((step) => step.outcome !== 'running')).toBe(true);
    go();
    await running;
    expect([doctor.phase, doctor.diagnosis, doctor.steps.length]).toEqual(['cancelled', null, 1]);
  });

  it('[UI101] a second run replaces the first', async () => {
    const { client, cloud } = createClientDouble();
    const models: (string | undefined)[] = [];
    cloud.diagnosis = (_label, model) => {
      models.push(model);
      return STEPS;
    };
    const doctor = createDoctorState(client.providers);
    const first = doctor.run('openai');
    await doctor.run('openai', 'gpt-6-luna');
    await first;
    expect(doctor.phase).toBe('done');
    expect(doctor.steps).toHaveLength(3);
    expect(models).toEqual([undefined, 'gpt-6-luna']);
  });

  it('[UI102] a check that breaks off or ends without a verdict has failed, and says why', async () => {
    const { client, cloud } = createClientDouble();
    cloud.diagnosis = () => STEPS.slice(0, 3);
    const doctor = createDoctorState(client.providers);
    await doctor.run('openai');
    expect([doctor.phase, doctor.error?.code]).toEqual(['failed', 'hub/lost']);
    cloud.diagnosis = () => {
      throw new AppError('provider/bad-request', 'There is no such provider.');
    };
    await doctor.run('openai');
    expect([doctor.phase, doctor.error?.code, doctor.steps]).toEqual(['failed', 'provider/bad-request', []]);
  });
});

const VERDICTS = Object.keys(CLOUD_WORDS.en.doctor.verdicts) as DoctorVerdict[];
const FACTS: VerdictFacts = {
  provider: 'OpenAI',
  host: 'api.openai.com',
  model: 'gpt-6-luna',
  successor: 'gpt-7',
  modelCount: 24,
  firstToken: '0.6 s',
  local: false,
  country: false,
};
const context = { provider: undefined, proxyUrl: '', canRetry: false };
const diagnosis = (verdict: DoctorVerdict, more: Partial<Diagnosis> = {}): Diagnosis => ({
  verdict,
  host: 'api.openai.com',
  ...more,
});

describe('what a verdict says', () => {
  it.each(['en', 'zh-CN'] as const)('[UI103] in %s every verdict is one sentence and one action', (locale) => {
    const { verdicts, actions } = CLOUD_WORDS[locale].doctor;
    for (const verdict of VERDICTS) {
      expect(verdicts[verdict](FACTS), verdict).toMatch(locale === 'en' ? /[.]$/u : /。$/u);
      expect(verdicts[verdict](FACTS), verdict).not.toMatch(/undefined|null/u);
      expect(actions[actionFor(diagnosis(verdict), context)](FACTS).trim(), verdict).not.toBe('');
    }
  });

  it('[UI103] a good end says how many models and how fast, as far as it is known', () => {
    const { works } = CLOUD_WORDS.en.doctor.verdicts;
    expect(works(FACTS)).toBe('Works: 24 models, first answer in 0.6 s.');
    expect(works({ ...FACTS, modelCount: 1, firstToken: null })).toBe('Works: 1 model.');
    expect(works({ ...FACTS, modelCount: null, firstToken: null })).toBe('Works.');
    expect(CLOUD_WORDS['zh-CN'].doctor.verdicts.works(FACTS)).toBe('连接正常：24 个模型，首次回答用时 0.6 s。');
  });

  it('[UI104] the action fits the provider and the place', () => {
    const provider = { kind: 'alibaba', proxy: 'off' } as const;
    const withProxy = { provider, proxyUrl: 'https://relay.example', canRetry: false };
    const act = (verdict: DoctorVerdict, where: Parameters<typeof actionFor>[1], more: Partial<Diagnosis> = {}) =>
      actionFor(diagnosis(verdict, more), where);
    expect(act('cors', context)).toBe('set-proxy');
    expect(act('cors', withProxy)).toBe('use-proxy');
    expect(act('cors', { ...withProxy, provider: { ...provider, proxy: 'on' } })).toBe('set-proxy');
    expect(act('host-unreachable', withProxy)).toBe('use-proxy');
    expect(act('host-unreachable', withProxy, { host: 'localhost:11434' })).toBe('again');
    expect(act('wrong-region', withProxy)).toBe('choose-region');
    expect(act('wrong-region', context)).toBe('edit-address');
    const error = { code: 'provider/permission', message: '', retryable: false, details: { reason: 'region' } };
    expect(act('wrong-region', withProxy, { error })).toBe('again');
    expect(act('no-credit', withProxy)).toBe('open-billing');
    expect(act('no-credit', { ...context, provider: { kind: 'openai-compatible', proxy: 'off' } })).toBe('again');
    expect(act('model-retired', context, { successor: 'gpt-7' })).toBe('use-successor');
    expect(act('model-retired', context)).toBe('choose-model');
    expect(act('works', context, { model: 'm' })).toBe('chat');
    expect(act('works', context)).toBe('choose-model');
    expect(act('works', { ...context, canRetry: true }, { model: 'm' })).toBe('retry');
  });

  it('[UI105] a local server gets the exact command for this page', () => {
    const origin = 'https://chat.example';
    expect(corsCommand('localhost:11434', origin)).toBe('OLLAMA_ORIGINS=https://chat.example ollama serve');
    expect(corsCommand('localhost:1234', origin)).toBe('lms server start --cors');
    expect(corsCommand('10.0.0.5:8000', origin)).toContain(`--allowed-origins '["https://chat.example"]'`);
    expect(corsCommand('box.local', origin)).toBe('Access-Control-Allow-Origin: https://chat.example');
  });
});

describe('words for errors', () => {
  it('[UI106] every reason has its own words in both languages', () => {
    for (const reason of ERROR_REASONS) {
      for (const locale of ['en', 'zh-CN'] as const) {
        const words = errorWords({ code: 'provider/auth', details: { reason } }, locale);
        expect(words, reason).toBe(CLOUD_WORDS[locale].reasons[reason]);
      }
    }
  });

  it('[UI106] without a known reason the code speaks, and hostile ones do no harm', () => {
    expect(errorWords({ code: 'provider/auth', details: {} }, 'en')).toBe(en.errors['provider/auth']);
    expect(errorWords({ code: 'provider/auth', details: { reason: 'toString' } }, 'en')).toBe(
      en.errors['provider/auth'],
    );
    const country = errorWords({ code: 'provider/permission', details: { reason: 'region' } }, 'en');
    expect(country).toBe(CLOUD_WORDS.en.error.country);
    expect(errorWords({ code: 'no/such', details: { reason: 7 } }, 'en')).toBe(en.unknownError);
  });

  it('[UI107] the provider’s code, request and wait are read only where they are what they should be', () => {
    const details = { providerCode: 'invalid_api_key', requestId: 'req_1', status: 401, retryAfterMs: 12_000 };
    expect(providerSays({ details })).toEqual({
      code: 'invalid_api_key',
      requestId: 'req_1',
      status: 401,
      message: null,
    });
    expect(retryAfterMs({ details })).toBe(12_000);
    const wrong = { providerCode: 7, requestId: '', status: '401', retryAfterMs: Number.POSITIVE_INFINITY };
    expect(providerSays({ details: wrong })).toEqual({ code: null, requestId: null, status: null, message: null });
    expect(retryAfterMs({ details: wrong })).toBeNull();
  });

  it('[UI108] the technical side repeats neither the text so far nor the route', () => {
    const error = {
      code: 'stream/truncated',
      message: 'It broke off.',
      retryable: true,
      details: { text: 'long '.repeat(100), route: [], status: 200 },
    };
    expect(errorDetail(error)).toBe('stream/truncated: It broke off.\n{\n  "status": 200\n}');
    expect(needsCloudHelp(error, 'openai_x')).toBe(true);
    expect(needsCloudHelp(error, 'local_x_text_generation')).toBe(false);
    expect(needsCloudHelp(error, undefined)).toBe(false);
    expect(needsCloudHelp({ ...error, code: 'vault/locked' }, undefined)).toBe(true);
  });
});
