import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/index.ts';
import { linesOf, problemsOf } from './problems-of.ts';

const MIB = 1024 * 1024;

describe('hostile texts', () => {
  it('[CFG20] duplicate keys are refused at any depth, also where nothing is read', () => {
    const text = 'cache_size: 1\nnonsense:\n  - { a: 1, b: { c: 1, c: 2 } }\n"cache_size": 2\n';
    expect(linesOf(problemsOf(text))).toEqual(['3:24 nonsense[0].b.c is there twice', '4:1 cache_size is there twice']);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('[CFG20] the key %s is refused at any depth', (key) => {
    const text = `${key}: 1\nnonsense: [{ "${key}": { } }]\npools:\n  ${key}: {}\n`;
    expect(linesOf(problemsOf(text))).toEqual([
      `1:1 ${key} must not be used as a key`,
      `2:14 nonsense[0].${key} must not be used as a key`,
      `4:3 pools.${key} must not be used as a key`,
    ]);
  });

  it.each([
    ['a list', '? [a]\n: 1', '1:3  has a key that is no word'],
    ['nothing', ': 1', '1:1  has a key that is no word'],
    ['an alias', 'x: &a b\n*a : 1', '2:1  has a key that is no word'],
  ])('[CFG20] a key that is %s is refused', (_, text, line) => {
    expect(linesOf(problemsOf(text))).toContain(line);
  });

  it.each(['!!binary aGk=', '!local 5', '!!set { a }', '!!timestamp 2024-10-21', '!<tag:x> 5'])(
    '[CFG21] the tag of %s is refused',
    (value) => {
      expect(problemsOf(`nonsense: ${value}`)).toMatchObject([{ line: 1, path: 'nonsense' }]);
    },
  );

  it('[CFG21] tags of the core schema are understood', () => {
    const { config } = parseConfig('cache_size: !!int 7\ndefault_model: ! local_smollm2-135m-instruct_text_generation');
    expect(config.limits.cacheSize).toBe(7);
    expect(problemsOf('cache_size: !!str 7')).toMatchObject([{ line: 1, column: 19 }]);
  });

  it('[CFG21] YAML 1.1 is refused; its merge keys are not read, which is said', () => {
    expect(problemsOf('%YAML 1.1\n---\ncache_size: 1')).toMatchObject([{ message: 'must be YAML 1.2' }]);
    expect(parseConfig('%YAML 1.2\n---\ncache_size: 1').config.limits.cacheSize).toBe(1);
    const { config, warnings } = parseConfig('x: &x { attempts: 9 }\nretry: { <<: *x }');
    expect(config.limits.retry.attempts).toBe(3);
    expect(warnings.map(({ message }) => message)).toContain(
      'is not read: YAML 1.2 has no merge keys, so write the keys out',
    );
  });

  it('[CFG22] an alias stands for its anchor, and a problem is told where the value stands', () => {
    const { config } = parseConfig('x: &n 7\ncache_size: *n\nretry: &r { attempts: 2 }');
    expect(config.limits.cacheSize).toBe(7);
    expect(linesOf(problemsOf('x: &n\n  many\ncache_size: *n'))).toEqual([
      '2:3 cache_size must be a whole number from 0 to 100000, is "many"',
    ]);
  });

  it.each([
    ['of an anchor that is not there', 'cache_size: *a', '1:13 cache_size'],
    ['of a later anchor', 'a: *x\nb: &x 1', '1:4 a'],
    ['of the list it stands in', 'a: &x [*x]', '1:8 a[0]'],
  ])('[CFG22] an alias %s is refused', (_, text, where) => {
    expect(linesOf(problemsOf(text))).toEqual([`${where} is an alias of an anchor that is not defined before it`]);
  });

  it('[CFG22] aliases that multiply are refused soon', () => {
    const many = (name: string, of: string): string => `${name}: &${name} [${Array(25).fill(of).join(', ')}]\n`;
    const keys = `k: &k [${Array(3000).fill('x').join(', ')}]\n`;
    const labels = Array.from({ length: 80 }, (_, index) => `l${index}: { provider: openai, api_key: *k }`).join(', ');
    expect(problemsOf(`${keys}models: { cloud: { ${labels} } }`).map(({ message }) => message)).toContain(
      'must not be that large; aliases count as what they stand for',
    );
    const laughs = many('a', 'x') + many('b', '*a') + many('c', '*b') + many('d', '*c') + many('e', '*d');
    expect(problemsOf(`${laughs}${many('f', '*e')}`)).toMatchObject([
      { message: 'is one alias too many: there may be 100' },
    ]);
  });

  it('[CFG23] at most 1 MiB of text, counted in bytes', () => {
    const comment = (bytes: number): string => `cache_size: 1 #${'字'.repeat(Math.floor(bytes / 3))}`;
    expect(parseConfig(comment(MIB - 20)).config.limits.cacheSize).toBe(1);
    expect(linesOf(problemsOf(comment(MIB)))).toEqual(['1:1  must have at most 1 MiB of text']);
  });

  it.each([
    ['', 'is empty'],
    ['# nothing\n', 'is empty'],
    ['~', 'is empty'],
    ['[]', 'must be a mapping with keys like models, pools, default_model, is a list'],
    ['a: 1\n---\nb: 2', 'is not valid YAML: there must be one document only'],
    ['a: "b', 'is not valid YAML: Missing closing "quote'],
    ['a:\n\t- b', 'is not valid YAML: Tabs are not allowed as indentation'],
  ])('[CFG23] %j is refused with a reason', (text, message) => {
    expect(problemsOf(text).map((problem) => problem.message)).toContain(message);
  });

  it('[CFG23] what is no text at all is refused', () => {
    expect(problemsOf({ models: {} } as unknown as string)).toMatchObject([{ message: 'must be text', line: 1 }]);
  });

  it.each([
    ['nested lists', '['.repeat(MIB)],
    ['nested mappings', 'a: {'.repeat(MIB / 4)],
    ['nested dashes', '- '.repeat(MIB / 2)],
    ['nested keys', '? '.repeat(MIB / 2)],
    ['nested lines', Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ])('[CFG23] %s are refused before they cost anything', (_, text) => {
    const [problem] = problemsOf(text);
    expect(problem?.message).toBe('must not be nested more than 32 deep');
  });

  it.each([
    ['many keys', Array.from({ length: 24_000 }, (_, index) => `k${index}:`).join('\n')],
    ['many commas', `[${','.repeat(90_000)}`],
    ['many escapes', `a: "${'\\x'.repeat(MIB / 2 - 10)}`],
    ['many closing braces', '}'.repeat(90_000)],
    ['many slashes', `proxy_url: "${'://'.repeat(300_000)}"`],
    [
      'many keys of providers',
      `models: { cloud: { ${Array.from({ length: 4000 }, (_, n) => `l${n}: { api_key: k${n}-secret }`).join()} } }`,
    ],
  ])('[CFG23] %s end soon', { timeout: 10_000 }, (_, text) => {
    try {
      parseConfig(text);
    } catch (error) {
      expect(error).toMatchObject({ code: 'config/invalid' });
    }
  });

  it('[CFG23] no more than 500 problems are told', () => {
    const models = Array.from({ length: 2000 }, (_, index) => `{ name: m${index}, seed: x }`).join(', ');
    expect(problemsOf(`models: { cloud: { openai: { models: [${models}] } } }`)).toHaveLength(500);
  });
});
