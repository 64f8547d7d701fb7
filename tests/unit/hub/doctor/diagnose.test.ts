import { describe, expect, it } from 'vitest';
import type { DoctorEvent } from '../../../../src/contracts/provider.ts';
import { AppError } from '../../../../src/errors/index.ts';
import {
  healthyPatient,
  KEY,
  providerError,
  readable,
  REPLY,
  summary,
  UNREACHABLE,
  type Patient,
} from './doctor-doubles.ts';

const STEPS = ['address', 'secret', 'online', 'reachable', 'cors', 'models', 'answer'];

function diagnosisOf(events: readonly DoctorEvent[]) {
  const last = events.at(-1);
  if (last?.type !== 'verdict') throw new Error('no verdict');
  return last.diagnosis;
}

const failsWith = (error: AppError): Patient['stream'] =>
  // eslint-disable-next-line require-yield
  async function* () {
    throw error;
  };

describe('connection doctor', () => {
  it('[DOC1] follows the way step by step, each started and ended, and ends with one verdict', async () => {
    const patient = healthyPatient();
    const events = await patient.examine();
    expect(summary(events)).toEqual([
      'address passed https://api.openai.com/v1',
      'secret passed KEY',
      'online passed',
      'reachable passed api.openai.com',
      'cors passed HTTP 200',
      'models passed 2',
      'answer passed luna',
      'works',
    ]);
    expect(events.slice(0, -1).map((event) => ('step' in event ? `${event.type} ${event.step}` : ''))).toEqual(
      STEPS.flatMap((step) => [`step-started ${step}`, `step-ended ${step}`]),
    );
    expect(events.at(-2)).toMatchObject({ step: 'answer', tookMs: 600 });
    expect(diagnosisOf(events)).toEqual({
      verdict: 'works',
      host: 'api.openai.com',
      modelCount: 2,
      firstTokenMs: 600,
      model: 'luna',
    });
  });

  it('[DOC2] asks for a few tokens, and leaves at the first words', async () => {
    const patient = healthyPatient();
    await patient.examine('openai_terra');
    expect(patient.asked).toMatchObject([{ model: 'terra', maxTokens: 16, signal: { aborted: true } }]);
  });

  it('[DOC2] thoughts, and an end without words, are answers too', async () => {
    for (const part of [{ type: 'reasoning-delta', text: 'hm' } as const, { type: 'finish', reply: REPLY } as const]) {
      const patient = healthyPatient();
      patient.stream = async function* () {
        yield { type: 'text-delta', text: '' };
        await patient.clock.sleep(20);
        yield part;
      };
      expect(diagnosisOf(await patient.examine())).toMatchObject({ verdict: 'works', firstTokenMs: 20 });
    }
  });

  it('[DOC2] a model that refuses so few tokens is asked without a limit', async () => {
    const patient = healthyPatient();
    patient.stream = async function* ({ maxTokens }) {
      if (maxTokens !== undefined)
        throw providerError('provider/bad-request', {}, 'max_tokens or model output limit was reached');
      yield { type: 'text-delta', text: 'Hello' };
    };
    expect(diagnosisOf(await patient.examine()).verdict).toBe('works');
    expect(patient.asked.map(({ maxTokens }) => maxTokens)).toEqual([16, undefined]);
  });

  it('[DOC2] an answer that ends before it begins is none', async () => {
    const patient = healthyPatient();
    patient.stream = async function* () {
      yield { type: 'text-delta', text: '' };
    };
    expect(diagnosisOf(await patient.examine())).toMatchObject({
      verdict: 'unexpected',
      error: { code: 'stream/truncated' },
    });
  });

  it('[DOC2] a model of embeddings is asked for one', async () => {
    const patient = healthyPatient({ models: [{ name: 'vectors', task: 'embedding' }] });
    expect(summary(await patient.examine()).slice(-2)).toEqual(['answer passed vectors', 'works']);
    expect(patient.asked).toHaveLength(1);
  });

  it('[DOC2] without a model nothing is asked, and without a list the answer decides', async () => {
    const none = healthyPatient({ models: [] });
    expect(summary(await none.examine()).slice(-3)).toEqual(['models passed 2', 'answer skipped', 'works']);
    expect(none.asked).toEqual([]);
    const unlisted = healthyPatient();
    unlisted.list = null;
    unlisted.probe = { type: 'opaque' };
    expect(summary(await unlisted.examine()).slice(-4)).toEqual([
      'cors passed',
      'models skipped',
      'answer passed luna',
      'works',
    ]);
    expect(unlisted.asked).toHaveLength(1);
  });

  it('[DOC3] the steps after the one that failed are skipped', async () => {
    const patient = healthyPatient();
    patient.online = false;
    expect(summary(await patient.examine())).toEqual([
      'address passed https://api.openai.com/v1',
      'secret passed KEY',
      'online failed',
      'reachable skipped',
      'cors skipped',
      'models skipped',
      'answer skipped',
      'offline',
    ]);
  });

  it('[DOC3] a list that can’t be had does not matter when the model answers', async () => {
    const patient = healthyPatient();
    patient.list = () => Promise.reject(providerError('provider/permission', { status: 403 }));
    expect(summary(await patient.examine()).slice(-3)).toEqual([
      'models failed HTTP 403',
      'answer passed luna',
      'works',
    ]);
  });

  it('[DOC3] a key that lists models but can’t chat is reported with both', async () => {
    const patient = healthyPatient();
    patient.stream = failsWith(providerError('provider/quota-exhausted', { status: 429 }));
    const events = await patient.examine();
    expect(summary(events).slice(-3)).toEqual(['models passed 2', 'answer failed HTTP 429', 'no-credit']);
    expect(diagnosisOf(events)).toMatchObject({
      modelCount: 2,
      model: 'luna',
      error: { code: 'provider/quota-exhausted' },
    });
  });

  it('[DOC4] an abort ends it quietly', async () => {
    for (const stopAt of [0, 3, 9]) {
      const patient = healthyPatient();
      patient.stream = async function* (_request, signal) {
        await patient.clock.sleep(1_000_000, signal);
        yield { type: 'text-delta', text: 'never' };
      };
      const abort = new AbortController();
      const { redact } = patient.deps;
      let seen = 0;
      Object.assign(patient.deps, {
        redact: (text: string) => (++seen === stopAt ? (abort.abort(), text) : redact(text)),
      });
      if (stopAt === 0) abort.abort();
      if (stopAt === 9) void patient.clock.sleep(50).then(() => abort.abort());
      const events = await patient.examine(undefined, abort.signal);
      expect(events.some(({ type }) => type === 'verdict')).toBe(false);
      expect(patient.clock.sleepers).toBe(0);
    }
  });

  it('[DOC4] a provider that says nothing ends it in time', async () => {
    const patient = healthyPatient();
    patient.stream = async function* (_request, signal) {
      await patient.clock.sleep(10_000_000, signal);
      yield { type: 'text-delta', text: 'never' };
    };
    const events = await patient.examine();
    expect(diagnosisOf(events)).toMatchObject({ verdict: 'provider-down', error: { code: 'timeout/first-token' } });
    expect(events.at(-2)).toMatchObject({ step: 'answer', outcome: 'failed', tookMs: 60_000 });
  });

  it('[DOC5] shows no secret, wherever one may stand', async () => {
    const patient = healthyPatient({ kind: 'openai-compatible', baseUrl: `https://x.example/${KEY}/v1?key=abc` });
    patient.stream = failsWith(
      providerError('provider/auth', { providerMessage: `Incorrect ${KEY}`, status: 401 }, `Bad ${KEY}`),
    );
    const events = await patient.examine();
    expect(JSON.stringify(events)).not.toMatch(/canary|abc/u);
    expect(summary(events)[0]).toBe('address passed https://x.example/•••/v1?key=•••');
  });

  it('[DOC5] a failure of its own is a verdict too', async () => {
    const patient = healthyPatient();
    patient.probe = new Error('a bug');
    expect(diagnosisOf(await patient.examine())).toMatchObject({
      verdict: 'unexpected',
      error: { code: 'app/internal' },
    });
  });
});

describe('verdicts', () => {
  type Ill = readonly [verdict: string, step: string, make: (patient: Patient) => void];
  const list =
    (code: Parameters<typeof providerError>[0], details = {}, message?: string) =>
    (patient: Patient) => {
      patient.list = () => Promise.reject(providerError(code, details, message));
    };
  const answer =
    (code: Parameters<typeof providerError>[0], details = {}, message?: string) =>
    (patient: Patient) => {
      patient.stream = failsWith(providerError(code, details, message));
    };
  const compatible = (baseUrl: string) => (patient: Patient) => {
    patient.config = { ...patient.config, kind: 'openai-compatible', baseUrl };
  };
  const silent = (reason: string) => (patient: Patient) => {
    patient.probe = { type: 'silent', timedOut: false };
    patient.list = () => Promise.reject(UNREACHABLE);
    patient.reason = reason;
  };
  const unreadable = (reason: string) => (patient: Patient) => {
    silent(reason)(patient);
    patient.probe = { type: 'opaque' };
  };

  it.each<Ill>([
    ['bad-address', 'address', compatible('')],
    ['bad-address', 'address', compatible('ftp://x')],
    ['mixed-content', 'address', compatible('http://x.example/v1')],
    [
      'bad-address',
      'address',
      (patient) => {
        compatible('http://x.example/v1')(patient);
        patient.origin = 'http://localhost:4173';
      },
    ],
    ['missing-secret', 'secret', (patient) => (patient.secrets = {})],
    ['missing-secret', 'secret', (patient) => (patient.config = { ...patient.config, keys: [] })],
    ['missing-secret', 'secret', (patient) => (patient.config = { ...patient.config, secretKey: 'OTHER' })],
    ['vault-locked', 'secret', (patient) => (patient.secrets = { KEY: 'locked' })],
    ['offline', 'online', (patient) => (patient.online = false)],
    ['host-unreachable', 'reachable', silent('host-unreachable')],
    ['local-network-denied', 'reachable', silent('local-network-denied')],
    ['cors', 'cors', unreadable('cors')],
    ['cors-or-key', 'cors', unreadable('cors-or-key')],
    ['server-cors-off', 'cors', unreadable('server-cors-off')],
    ['redirected', 'cors', unreadable('redirected')],
    [
      'proxy-unreachable',
      'reachable',
      (p) => (p.probe = new AppError('config/invalid', '', { details: { reason: 'proxy-missing' } })),
    ],
    ['proxy-unreachable', 'reachable', silent('proxy-unreachable')],
    [
      'proxy-refused',
      'reachable',
      (patient) => {
        patient.proxied = true;
        patient.probe = readable(403, { 'x-switchyard-proxy': 'origin-refused' });
      },
    ],
    ['cors-or-key', 'models', (patient) => (patient.list = () => Promise.reject(UNREACHABLE))],
    ['key-refused', 'models', list('provider/auth', { status: 401 })],
    ['clock-wrong', 'models', list('provider/auth', { status: 401 }, 'The token is not yet valid')],
    [
      'clock-wrong',
      'models',
      (patient) => {
        list('provider/auth')(patient);
        patient.probe = readable(200, { date: new Date(patient.clock.now() + 3_600_000).toUTCString() });
      },
    ],
    [
      'key-refused',
      'models',
      (patient) => {
        list('provider/auth', {}, 'API key expired')(patient);
        patient.probe = readable(200, { date: new Date(patient.clock.now() + 60_000).toUTCString() });
      },
    ],
    ['wrong-region', 'models', list('provider/auth', { reason: 'region' })],
    ['no-permission', 'answer', answer('provider/permission')],
    ['no-permission', 'answer', answer('provider/permission', { reason: 'firewall' })],
    ['no-credit', 'answer', answer('provider/quota-exhausted')],
    ['no-credit', 'answer', answer('provider/permission', { reason: 'free-quota' })],
    ['model-unknown', 'answer', answer('provider/model-not-found')],
    ['model-retired', 'answer', answer('provider/model-not-found', { reason: 'retired' })],
    ['deployment-unknown', 'answer', answer('provider/model-not-found', { reason: 'deployment' })],
    ['rate-limited', 'answer', answer('provider/rate-limited')],
    ['provider-down', 'answer', answer('provider/unavailable')],
    ['bad-address', 'answer', answer('provider/bad-request', { reason: 'not-an-api' })],
    ['unexpected', 'answer', answer('provider/bad-request')],
    ['works', '', answer('provider/content-filter')],
  ])('[DOC6] %s at %s', async (verdict, step, make) => {
    const patient = healthyPatient();
    make(patient);
    const lines = summary(await patient.examine());
    expect(lines.at(-1)).toBe(verdict);
    expect(lines.filter((line) => line.includes(' failed')).map((line) => line.split(' ')[0])).toEqual(
      step === '' ? [] : [step],
    );
  });

  it('[DOC6] a retired model is named with what takes its place', async () => {
    const patient = healthyPatient();
    answer('provider/model-not-found')(patient);
    patient.retired = 'terra';
    expect(diagnosisOf(await patient.examine())).toMatchObject({
      verdict: 'model-retired',
      model: 'luna',
      successor: 'terra',
    });
  });

  it('[DOC6] where neither the list nor the chat is there, the address is wrong', async () => {
    const patient = healthyPatient();
    list('provider/model-not-found', { status: 404 })(patient);
    answer('provider/model-not-found', { status: 404 })(patient);
    expect(summary(await patient.examine()).at(-1)).toBe('bad-address');
    answer('provider/model-not-found', { status: 404, providerCode: 'model_not_found' })(patient);
    expect(summary(await patient.examine()).at(-1)).toBe('model-unknown');
  });

  it('[DOC7] a host that seems silent or closed is well when the request with the key is answered', async () => {
    for (const probe of [{ type: 'silent', timedOut: true }, { type: 'opaque' }, { type: 'redirected' }] as const) {
      const patient = healthyPatient({ proxy: 'auto' });
      patient.probe = probe;
      expect(summary(await patient.examine()).slice(3)).toEqual([
        'reachable passed api.openai.com',
        'cors passed',
        'models passed 2',
        'answer passed luna',
        'works',
      ]);
    }
  });

  it('[DOC7] a refusal that could be read shows that CORS works', async () => {
    const patient = healthyPatient();
    patient.probe = { type: 'opaque' };
    list('provider/auth', { status: 401 })(patient);
    expect(summary(await patient.examine()).slice(4)).toEqual([
      'cors passed',
      'models failed HTTP 401',
      'answer skipped',
      'key-refused',
    ]);
  });

  it('[DOC8] one of several keys is enough, and servers without keys need none', async () => {
    const several = healthyPatient({ keys: ['GONE', 'KEY'] });
    expect(summary(await several.examine())[1]).toBe('secret passed KEY');
    const local = healthyPatient({ kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:11434/v1', keys: [] });
    local.online = false;
    expect(summary(await local.examine()).slice(1, 4)).toEqual([
      'secret skipped',
      'online skipped',
      'reachable passed 127.0.0.1:11434',
    ]);
  });
});
