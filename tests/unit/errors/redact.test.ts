import { describe, expect, it } from 'vitest';
import { AppError, createSecretMask, redactError, redactValue, redactWireError } from '../../../src/errors/index.ts';

const CANARY = 'sk-synthetic-canary';
const mask = createSecretMask();
mask.add(CANARY);
mask.add('4111111111111111');
mask.add('429');

describe('redacting errors', () => {
  it('[RED10] an error keeps its code and what is no secret; message, details, stack and cause keep no secret', () => {
    const error = new AppError('provider/rate-limited', `wrong key ${CANARY}`, {
      details: {
        status: 429,
        url: `https://h/?key=${CANARY}`,
        nested: [{ headers: { authorization: `Bearer ${CANARY}` } }],
      },
      cause: new Error(CANARY),
    });
    const redacted = redactError(error, mask.redact);
    expect(redacted).toBeInstanceOf(AppError);
    expect(redacted.toWire()).toEqual({
      code: 'provider/rate-limited',
      retryable: true,
      message: 'wrong key •••',
      details: { status: 429, url: 'https://h/?key=•••', nested: [{ headers: { authorization: 'Bearer •••' } }] },
    });
    expect(redacted.cause).toBeUndefined();
    expect(redacted.stack).toContain('wrong key •••');
    expect(redacted.stack).toContain('redact.test');
    expect(redacted.stack).not.toContain(CANARY);
    // The original is as it was.
    expect(error.message).toContain(CANARY);
  });

  it('[RED10] the same for an error that is stored', () => {
    const wire = { code: 'future/code', message: CANARY, retryable: true, details: { [CANARY]: CANARY } };
    expect(redactWireError(wire, mask.redact)).toEqual({
      code: 'future/code',
      message: '•••',
      retryable: true,
      details: { '•••': '•••' },
    });
  });

  it('[RED11] values at any depth, of any kind', () => {
    const value = {
      text: CANARY,
      number: 4111111111111111,
      big: 4111111111111111n,
      other: [1, true, null, undefined, 0.5],
      error: new TypeError(`failed: ${CANARY}`),
      bytes: new TextEncoder().encode(CANARY),
      map: new Map([[CANARY, CANARY]]),
      call: () => CANARY,
      symbol: Symbol(CANARY),
      bare: Object.assign(Object.create(null) as object, { key: CANARY }),
    };
    expect(redactValue(value, mask.redact)).toEqual({
      text: '•••',
      number: '•••',
      big: '•••',
      other: [1, true, null, undefined, 0.5],
      error: { name: 'TypeError', message: 'failed: •••' },
      bytes: '[Uint8Array]',
      map: '[Map]',
      call: '[function]',
      symbol: '[symbol]',
      bare: { key: '•••' },
    });
  });

  it('[RED11] short numbers stay numbers, because programs read them', () => {
    expect(redactValue({ status: 429, text: 'status 429' }, mask.redact)).toEqual({ status: 429, text: 'status •••' });
  });

  it('[RED11] cycles and depths end, and a field named __proto__ stays a field', () => {
    const cycle: Record<string, unknown> = { key: CANARY };
    cycle['self'] = cycle;
    cycle['list'] = [cycle, { again: cycle }];
    expect(redactValue(cycle, mask.redact)).toEqual({
      key: '•••',
      self: '[circular]',
      list: ['[circular]', { again: '[circular]' }],
    });
    let deep: unknown = CANARY;
    for (let level = 0; level < 1000; level += 1) deep = [deep];
    expect(JSON.stringify(redactValue(deep, mask.redact))).not.toContain(CANARY);
    const hostile = redactValue(JSON.parse('{"__proto__":{"polluted":"x"}}'), mask.redact) as object;
    expect(Object.keys(hostile)).toEqual(['__proto__']);
    expect((hostile as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
