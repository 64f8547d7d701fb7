import { describe, expect, it } from 'vitest';
import type { ErrorReason } from '../../../src/contracts/error-reasons.ts';
import type { ErrorCode } from '../../../src/errors/index.ts';
import type { FakeProvider } from '../../servers/fake-providers/providers.ts';
import type { ScenarioName } from '../../servers/fake-providers/scenarios.ts';
import { failureOf, requestOf, useBench } from './bench.ts';
import { SUBJECTS, type Subject } from './subjects.ts';

interface Expected {
  readonly code: ErrorCode;
  readonly reason?: ErrorReason;
  /** Of `details`; undefined where it must be absent. */
  readonly retryAfterMs?: number;
}

type Row = Expected & { readonly except?: Partial<Record<FakeProvider, Expected | null>> };

const AUTH: Expected = { code: 'provider/auth' };
const PERMISSION: Expected = { code: 'provider/permission' };
const NO_MODEL: Expected = { code: 'provider/model-not-found' };
const RETIRED: Expected = { code: 'provider/model-not-found', reason: 'retired' };
const LIMITED: Expected = { code: 'provider/rate-limited' };
const QUOTA: Expected = { code: 'provider/quota-exhausted' };
const ARREARS: Expected = { code: 'provider/quota-exhausted', reason: 'arrears' };
const TOO_LONG: Expected = { code: 'provider/context-too-long' };
const UNAVAILABLE: Expected = { code: 'provider/unavailable' };
const LOADING: Expected = { code: 'provider/unavailable', reason: 'model-loading' };

/** What each refusal is for the caller; null where the provider has no such thing. */
const ROWS: Readonly<Partial<Record<ScenarioName, Row>>> = {
  '401': AUTH,
  '401-no-cors': AUTH,
  '403-region': { ...PERMISSION, reason: 'region', except: eachExcept('openai', PERMISSION) },
  // OpenAI has one code for a model that is not there and one that the project may not use.
  '403-permission': { ...PERMISSION, except: { openai: NO_MODEL } },
  '403-firewall': {
    ...PERMISSION,
    reason: 'firewall',
    except: { ...eachExcept('openai', null), azure: { ...PERMISSION, reason: 'firewall' } },
  },
  '403-entra-only': { ...AUTH, reason: 'entra-only', except: eachExcept('azure', null) },
  '404-model': { ...NO_MODEL, except: { azure: { ...NO_MODEL, reason: 'deployment' } } },
  '404-path': {
    code: 'provider/bad-request',
    except: {
      openai: { code: 'provider/bad-request', reason: 'not-an-api' },
      azure: { code: 'provider/bad-request', reason: 'api-version' },
      // Wrong path and wrong model are one to it: the model is the path.
      'baidu-v1': NO_MODEL,
      compatible: { code: 'provider/bad-request', reason: 'not-an-api' },
      ollama: { code: 'provider/bad-request', reason: 'not-an-api' },
      lmstudio: { code: 'provider/bad-request', reason: 'not-an-api' },
      llamacpp: { code: 'provider/bad-request', reason: 'not-an-api' },
    },
  },
  // OpenAI and those after its manner say the same of models that never were.
  'retired-model': { ...NO_MODEL, except: { azure: RETIRED, 'baidu-v2': RETIRED } },
  '429-rate': {
    ...LIMITED,
    retryAfterMs: 120,
    // No hint was ever seen of Alibaba.
    except: { 'alibaba-compatible': LIMITED, 'alibaba-native': LIMITED },
  },
  '429-rate-text': { ...LIMITED, retryAfterMs: 120, except: { azure: { ...LIMITED, retryAfterMs: 1000 } } },
  '429-quota': {
    ...QUOTA,
    except: {
      // Azure has no prepaid quota: it is a limit per minute.
      azure: { ...LIMITED, retryAfterMs: 1000 },
      'baidu-v2': ARREARS,
    },
  },
  '429-too-large': {
    ...TOO_LONG,
    reason: 'request-too-large',
    except: {
      ...eachExcept('openai', TOO_LONG),
      azure: { ...LIMITED, retryAfterMs: 1000 },
    },
  },
  arrears: {
    ...ARREARS,
    except: {
      ...each(['openai', 'baidu-v1', 'compatible', 'ollama', 'lmstudio', 'llamacpp'], QUOTA),
      azure: PERMISSION,
    },
  },
  'free-quota': {
    ...QUOTA,
    reason: 'free-quota',
    except: {
      ...each(['openai', 'azure', 'baidu-v1', 'baidu-v2', 'compatible', 'ollama', 'lmstudio', 'llamacpp'], null),
    },
  },
  '400-context': TOO_LONG,
  '400-bad-request': { code: 'provider/bad-request' },
  '400-content-filter': {
    code: 'provider/content-filter',
    // Baidu v1 answers with a finish reason (ADP5); LM Studio has no such filter.
    except: { 'baidu-v1': null, lmstudio: null },
  },
  '500': UNAVAILABLE,
  '503-overloaded': UNAVAILABLE,
  'loading-model': { ...UNAVAILABLE, except: each(['compatible', 'ollama', 'lmstudio', 'llamacpp'], LOADING) },
  'html-502': UNAVAILABLE,
};

function each(
  fakes: readonly FakeProvider[],
  expected: Expected | null,
): Partial<Record<FakeProvider, Expected | null>> {
  return Object.fromEntries(fakes.map((fake) => [fake, expected]));
}

function eachExcept(fake: FakeProvider, expected: Expected | null): Partial<Record<FakeProvider, Expected | null>> {
  return each(
    SUBJECTS.map((subject) => subject.fake).filter((name) => name !== fake),
    expected,
  );
}

/** The rows that a subject has. */
function rowsOf(subject: Subject): readonly (readonly [ScenarioName, Expected])[] {
  return (Object.entries(ROWS) as [ScenarioName, Row][]).flatMap(([scenario, { except, ...expected }]) => {
    const own = except?.[subject.fake];
    return own === null ? [] : [[scenario, own ?? expected] as const];
  });
}

/** A token that is refused is fetched anew, once. */
function isRefusedToken(subject: Subject, expected: Expected): boolean {
  return subject.fake === 'baidu-v1' && expected.code === 'provider/auth';
}

describe.each(SUBJECTS)('provider contract, failures: $name', (subject) => {
  const bench = useBench();
  const signal = new AbortController().signal;

  it.each(rowsOf(subject))('[ADP20] a refusal has its class, streamed and not: %s', async (scenario, expected) => {
    const attempts = isRefusedToken(subject, expected) ? 2 : 1;
    bench.play(subject, scenario, { times: 2 * attempts });
    const streamed = await bench.stream(subject);
    const whole = await failureOf(bench.adapter(subject).generateText(requestOf(subject), signal));
    for (const error of [streamed.error, whole]) {
      const { reason, retryAfterMs, status } = error?.details ?? {};
      expect({ code: error?.code, reason, retryAfterMs, status }).toEqual({
        code: expected.code,
        reason: expected.reason,
        retryAfterMs: expected.retryAfterMs,
        status: bench.arrived(subject)[0]?.status,
      });
    }
    expect(streamed.parts).toEqual([]);
    // Trying again is the hub's.
    expect(bench.arrived(subject)).toHaveLength(2 * attempts);
  });

  it('[ADP21] the provider’s own words and request id are in the details', async () => {
    bench.play(subject, '500');
    const { error } = await bench.stream(subject);
    expect(error?.details['providerMessage']).toMatch(/\w{4}/u);
    expect(error?.message).not.toBe('');
    if (subject.fake === 'openai') expect(error?.details['requestId']).toMatch(/^req_fake-\d+$/u);
    if (subject.fake.startsWith('baidu')) expect(error?.details['requestId']).toMatch(/^as-fake-\d+$/u);
  });

  it('[ADP22] a key that a refusal quotes is redacted', async () => {
    bench.play(subject, '401-echo-key');
    const { error } = await bench.stream(subject);
    expect(error?.code).toBe('provider/auth');
    const told = JSON.stringify([error?.toWire(), error?.message, error?.stack]);
    for (const secret of Object.values(subject.secrets)) expect(told).not.toContain(secret);
    // An access token is as good as the key.
    expect(told).not.toContain('24.fake-');
  });

  it('[ADP23] status 200 with an error inside is that error, streamed and not', async () => {
    bench.play(subject, 'http-200-error');
    const streamed = await bench.stream(subject);
    const whole = await failureOf(bench.adapter(subject).generateText(requestOf(subject), signal));
    for (const error of [streamed.error, whole]) {
      expect(error?.code).toBe('provider/unavailable');
      expect(error?.details['providerMessage']).toMatch(/error/iu);
    }
    expect(streamed.reply).toBeUndefined();
  });

  it('[ADP24] an error in the middle of a stream keeps the text and has its class', async () => {
    bench.play(subject, 'error-mid-stream');
    const { text, reply, error } = await bench.stream(subject);
    expect(text).not.toBe('');
    expect(reply).toBeUndefined();
    expect(error?.code).toBe('provider/unavailable');
    expect(error?.details['text']).toBe(text);
  });

  it.each(['no-finish-reason', 'done-without-finish-reason', 'reset'] as const)(
    '[ADP25] a stream that ends without a finish reason is truncated and keeps its text: %s',
    async (scenario) => {
      bench.play(subject, scenario);
      const { text, reply, error } = await bench.stream(subject);
      expect(text).not.toBe('');
      expect(reply).toBeUndefined();
      expect(error?.code).toBe('stream/truncated');
      expect(error?.retryable).toBe(true);
      expect(error?.details['text']).toBe(text);
    },
  );

  it('[ADP26] a stream that breaks anywhere after its first text is truncated and keeps the text; before it, nothing came', async () => {
    const codes = new Set<string | undefined>();
    for (const dropAfterBytes of [40, 1111, 3000, 6000, 9000]) {
      bench.settle(subject, { dropAfterBytes, tokens: 100 });
      const { text, reply, error } = await bench.stream(subject);
      expect(reply).toBeUndefined();
      expect(error?.code).toBe(text === '' ? 'network/unreachable' : 'stream/truncated');
      if (text !== '') expect(error?.details['text']).toBe(text);
      codes.add(error?.code);
    }
    expect(codes.size).toBe(2);
  });

  it('[ADP27] a stream without a single event is truncated, not an empty reply', async () => {
    bench.play(subject, 'empty-stream');
    const { reply, error } = await bench.stream(subject);
    expect(reply).toBeUndefined();
    expect(error?.code).toBe('stream/truncated');
  });

  it('[ADP28] a page of HTML is no answer, whatever its status', async () => {
    bench.play(subject, 'html-200');
    const streamed = await bench.stream(subject);
    const whole = await failureOf(bench.adapter(subject).generateText(requestOf(subject), signal));
    for (const error of [streamed.error, whole]) {
      expect(error?.code).toBe('stream/malformed');
      expect(error?.details['reason']).toBe('not-an-api');
    }
  });

  it('[ADP29] no answer at all is network/unreachable', async () => {
    bench.play(subject, 'reset-before-headers');
    const streamed = await bench.stream(subject);
    expect(streamed.error?.code).toBe('network/unreachable');
    const whole = await failureOf(bench.adapter(subject).generateText(requestOf(subject), signal));
    expect(whole.code).toBe('network/unreachable');
    const refused = bench.adapter(subject, { baseUrl: 'http://127.0.0.1:64999' });
    expect((await failureOf(refused.generateText(requestOf(subject), signal))).code).toBe('network/unreachable');
  });

  it('[ADP30] the ending of a model’s name chooses the scenario, too: a fake needs no control plane', async () => {
    const { error } = await bench.stream(subject, { model: `${subject.model}-503-overloaded` });
    expect(error?.code).toBe('provider/unavailable');
  });
});
