import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportConfig, parseConfig } from '../../../src/config/index.ts';
import type { ConfigProblem } from '../../../src/contracts/config.ts';
import { AppError } from '../../../src/errors/index.ts';
import { arbitraryConfig } from './arbitrary-config.ts';

const example = readFileSync(new URL('../../unit/config/fixtures/design-example.yaml.txt', import.meta.url), 'utf8');
const seed = readFileSync(new URL('../../unit/config/fixtures/seed-models-config.yaml.txt', import.meta.url), 'utf8');

/** Null when the text was read. Anything but `config/invalid` is thrown on. */
function problemsIn(text: string): readonly ConfigProblem[] | null {
  try {
    parseConfig(text);
    return null;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'config/invalid') throw error;
    return error.details['problems'] as ConfigProblem[];
  }
}

/** Every problem stands in the text and says something. */
function expectSense(text: string, problems: readonly ConfigProblem[] | null): void {
  if (!problems) return;
  expect(problems.length).toBeGreaterThan(0);
  const lines = text.replace(/^\uFEFF/u, '').split('\n');
  for (const { line, column, message } of problems) {
    expect(message).not.toBe('');
    expect(column).toBeGreaterThanOrEqual(1);
    expect(column).toBeLessThanOrEqual((lines[line - 1] ?? expect.unreachable(`line ${line}`)).length + 1);
  }
}

const SIGNS = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ': ',
  '- ',
  '? ',
  '\n',
  '  ',
  '#',
  '&a ',
  '*a',
  '!t ',
  '!!int ',
  '|',
  '>',
  '"',
  "'",
  '%',
  '---',
  '...',
  '\t',
  '\\',
  '${A}',
  '<<',
  '~',
  'null',
  '1',
  '-0',
  '.nan',
  'models',
  'cloud',
  'openai',
  'api_key',
  '__proto__',
  'constructor',
  '\uFEFF',
  '\0',
  '\r',
  '\u2028',
  '\uD800',
];

describe('parseConfig with any text', () => {
  it('[CFG40] reads it or refuses it with problems that stand in it: signs of YAML at random', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...SIGNS), { maxLength: 60 }), (parts) => {
        const text = parts.join('');
        expectSense(text, problemsIn(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('[CFG40] … any characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => expectSense(text, problemsIn(text))),
      { numRuns: 800 },
    );
  });

  it('[CFG40] … the examples with pieces cut out, doubled and mixed with signs', () => {
    const edit = fc.record({
      at: fc.nat(),
      remove: fc.nat({ max: 30 }),
      insert: fc.array(fc.constantFrom(...SIGNS), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.constantFrom(example, seed), fc.array(edit, { minLength: 1, maxLength: 4 }), (text, edits) => {
        const edited = edits.reduce((before, { at, remove, insert }) => {
          const start = at % before.length;
          return `${before.slice(0, start)}${insert.join('')}${before.slice(start + remove)}`;
        }, text);
        expectSense(edited, problemsIn(edited));
      }),
      { numRuns: 800 },
    );
  });
});

describe('exportConfig and parseConfig', () => {
  it('[CFG31] any configuration is the same after export and import', () => {
    fc.assert(
      fc.property(arbitraryConfig, (config) => {
        const text = exportConfig(config);
        const { config: again, secrets } = parseConfig(text);
        expect(again).toEqual(config);
        expect(secrets).toEqual([]);
        expect(exportConfig(again)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});

/** Every plain value of the seed's file that has a type or a range, with its path. */
const PLACES = [
  ...seed.matchAll(
    /^( *)(?:- )?(name|path|max_length|max_tokens|temperature|max_concurrent_requests|cache_size|error_threshold|default_model): (.+)$/gmu,
  ),
].map((match) => {
  const [whole, , key = '', value = ''] = match;
  const start = match.index + whole.length - value.length;
  return { key, start, end: start + value.length };
});

describe('places of problems', () => {
  it('[CFG41] a wrong value at a random place is told exactly there, whatever stands before it', () => {
    expect(PLACES.length).toBeGreaterThan(30);
    fc.assert(
      fc.property(
        fc.constantFrom(...PLACES),
        fc.constantFrom('{}', '[]', '[a, b]', '~', '"line\\nbreak"', '.inf'),
        fc.array(fc.constantFrom('# comment\n', '\n', '# 字 😀 &*!\n', '# \t\r\n')),
        fc.boolean(),
        ({ key, start, end }, wrong, before, crlf) => {
          const prefix = before.join('');
          const raw = `${prefix}${seed.slice(0, start)}${wrong}${seed.slice(end)}`;
          const text = crlf ? raw.replace(/\r?\n/gu, '\r\n') : raw;
          const upTo = `${prefix}${seed.slice(0, start)}`.split('\n');
          const problems = problemsIn(text) ?? expect.unreachable(`${key}: ${wrong} was accepted`);
          const there = problems.filter(
            ({ line, column }) => line === upTo.length && column === (upTo.at(-1) ?? '').length + 1,
          );
          expect(there).toMatchObject([{ path: expect.stringMatching(new RegExp(`(^|\\.)${key}$`, 'u')) as string }]);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('[CFG41] several wrong values are told at once', () => {
    fc.assert(
      fc.property(fc.subarray(PLACES, { minLength: 2, maxLength: 8 }), (places) => {
        const text = [...places]
          .sort((a, b) => b.start - a.start)
          .reduce((before, { start, end }) => `${before.slice(0, start)}{}${before.slice(end)}`, seed);
        const problems = problemsIn(text) ?? [];
        expect(
          problems.filter(({ message }) => message.endsWith('is a mapping')).map(({ path }) => path.split('.').at(-1)),
        ).toEqual(places.toSorted((a, b) => a.start - b.start).map(({ key }) => key));
      }),
      { numRuns: 200 },
    );
  });
});
