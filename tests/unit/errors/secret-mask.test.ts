import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSecretMask, MASK } from '../../../src/errors/index.ts';

function masked(text: string, ...secrets: readonly string[]): string {
  const mask = createSecretMask();
  for (const secret of secrets) mask.add(secret);
  return mask.redact(text);
}

function utf8Base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

const SECRET = 'sk-a+b/c d"e\\f&é\'~0123456789';

describe('the mask', () => {
  it('[RED1] masks a value wherever it stands, and nothing else', () => {
    expect(masked('key sk-synthetic!', 'sk-synthetic')).toBe('key •••!');
    expect(masked('sk-synthetic', 'sk-synthetic')).toBe('•••');
    expect(masked('sk-synthetiC', 'sk-synthetic')).toBe('sk-synthetiC');
    expect(masked('a.c abc', 'aaaaaa', 'a.c')).toBe('••• abc');
    expect(masked('nothing known')).toBe('nothing known');
    expect(masked('', 'sk-synthetic')).toBe('');
    expect(masked('text', '')).toBe('text');
  });

  it.each<[string, (secret: string) => string]>([
    ['encodeURIComponent', encodeURIComponent],
    ['encodeURI', encodeURI],
    ['URLSearchParams', (secret) => new URLSearchParams({ key: secret }).toString()],
    ['a query of URL', (secret) => new URL(`https://h/?key=${secret.replace(/&/gu, '%26')}`).search],
    [
      'lower-case percent encoding',
      (secret) => encodeURIComponent(secret).replace(/%../gu, (hex) => hex.toLowerCase()),
    ],
    ['percent encoding twice', (secret) => encodeURIComponent(encodeURIComponent(secret))],
    ['JSON', (secret) => JSON.stringify({ key: secret })],
    ['JSON in JSON', (secret) => JSON.stringify(JSON.stringify({ key: secret }))],
    ['JSON with escaped slashes', (secret) => JSON.stringify(secret).replace(/\//gu, '\\/')],
    ['JSON of ASCII only', (secret) => JSON.stringify(secret).replace(/é/gu, '\\u00e9')],
    [
      'JSON for HTML',
      (secret) => JSON.stringify(secret).replace(/[&']/gu, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
    ],
    ['HTML', (secret) => secret.replace(/&/gu, '&amp;').replace(/"/gu, '&quot;').replace(/'/gu, '&#39;')],
    ['base64', utf8Base64],
    ['base64url', (secret) => Buffer.from(secret).toString('base64url')],
    ['base64 of Latin-1', (secret) => Buffer.from(secret, 'latin1').toString('base64')],
    ['base64 in a query', (secret) => encodeURIComponent(utf8Base64(secret))],
    ['basic authentication', (secret) => utf8Base64(`user:${secret}`)],
    ['base64 of a JSON around', (secret) => utf8Base64(`{"k":"${secret}"} `)],
  ])('[RED2] masks it in %s', (_how, write) => {
    const text = `before ${write(SECRET)} after`;
    const out = masked(text, SECRET);
    expect(out).toContain(MASK);
    expect(out).toMatch(/^before .* after$/u);
    // Neither the beginning nor the end of the secret is left, in any of these.
    for (const part of [SECRET.slice(0, 5), '0123456789', '3456789', utf8Base64('0123456789').slice(0, 12)]) {
      expect(out).not.toContain(part);
    }
  });

  it('[RED2] bits that base64 shares with the neighbours are masked too', () => {
    const secret = 'abcdef';
    for (const before of ['', 'x', 'xy']) {
      const out = masked(utf8Base64(`${before}${secret}zzzz`), secret);
      const rest = Buffer.from(out.replace(/.*•••/u, ''), 'base64').toString('latin1');
      expect(out).toContain(MASK);
      expect(rest).not.toContain('f');
    }
  });

  it('[RED3] a short value is masked only as a whole word', () => {
    expect(masked('key: abc, abcd, xabc, abc_, "abc" abc', 'abc')).toBe('key: •••, abcd, xabc, abc_, "•••" •••');
    expect(masked('字abc abc字 (abc)', 'abc')).toBe('字abc abc字 (•••)');
    expect(masked('k=a%2Fb&j=a/b', 'a/b')).toBe('k=•••&j=•••');
    expect(masked('xabcdefx', 'abcdef')).toBe('x•••x');
  });

  it('[RED4] values that overlap or contain each other leave no rest', () => {
    expect(masked('<abcdefgh>', 'abcdef', 'cdefgh')).toBe('<•••>');
    expect(masked('<abcdefgh>', 'abcdef', 'abcdefgh')).toBe('<•••>');
    expect(masked('<abababab>', 'ababab')).toBe('<•••>');
    expect(masked('<aaaaaaaaa>', 'aaaaaa')).toBe('<•••>');
    expect(masked('abcdef abcdef', 'abcdef')).toBe('••• •••');
    expect(masked('\u{1f511}\u{1f511}key123 \u{1f511}key123', '\u{1f511}key123')).toBe('\u{1f511}••• •••');
  });

  it('[RED5] a very long value is masked as a whole, in every writing', () => {
    const secret = Array.from(
      { length: 8192 },
      (_, index) => 'abcXYZ019+/-_.~ "\\é'[(index * 7 + (index >> 5)) % 19],
    ).join('');
    for (const text of [secret, JSON.stringify(secret), encodeURIComponent(secret), utf8Base64(`x${secret}`)]) {
      expect(masked(`<${text}>`, secret).length).toBeLessThan(20);
    }
  });

  it('[RED6] hostile texts and values take no exponential time', () => {
    const began = performance.now();
    const values = ['\\'.repeat(40) + '"x', '"'.repeat(60), '\\"'.repeat(40) + 'y', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaab'];
    masked('\\'.repeat(3000) + '"', ...values);
    masked('\\"'.repeat(3000), ...values);
    masked('%25'.repeat(3000) + 'a'.repeat(20_000), ...values);
    expect(performance.now() - began).toBeLessThan(3000);
  });

  it('[RED7] no text that has a secret in it, at any place and in any writing, has it afterwards', () => {
    const secret = fc.string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
      minLength: 6,
      maxLength: 60,
    });
    const writings: readonly ((text: string) => string)[] = [
      (text) => text,
      encodeURIComponent,
      (text) => JSON.stringify(text).slice(1, -1),
      utf8Base64,
    ];
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.nat(3)), { maxLength: 8 }),
        fc.nat(3),
        (secrets, parts, writing) => {
          const write = writings[writing] ?? String;
          const text = parts
            .map((part) => (typeof part === 'string' ? part : (secrets[part % secrets.length] ?? '')))
            .join('');
          const out = masked(write(text), ...secrets);
          for (const one of secrets) {
            expect(out).not.toContain(one);
            expect(out).not.toContain(encodeURIComponent(one));
            expect(out).not.toContain(JSON.stringify(one).slice(1, -1));
            expect(out).not.toContain(utf8Base64(one).slice(0, Math.floor((one.length * 8) / 6)));
          }
          // And what has no secret in it stays.
          if (parts.every((part) => typeof part === 'string') && secrets.every((one) => !text.includes(one))) {
            if (writing === 0) expect(out).toBe(text);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
