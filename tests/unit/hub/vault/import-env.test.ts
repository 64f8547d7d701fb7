import { describe, expect, it } from 'vitest';
import type { AppError } from '../../../../src/errors/index.ts';
import { parseEnv } from '../../../../src/hub/vault/parse-env.ts';
import { createVaultWorld, failureOf, names } from './vault-world.ts';

function valuesOf(text: string): Record<string, string> {
  const { entries, problems } = parseEnv(text);
  expect(problems).toEqual([]);
  return Object.fromEntries(entries.map(({ name, value }) => [name, value]));
}

describe('a .env text', () => {
  it.each<[string, string, Record<string, string>]>([
    ['plain lines', 'A=1\nB=two\n', { A: '1', B: 'two' }],
    ['no line end at the end', 'A=1', { A: '1' }],
    ['nothing', '', {}],
    ['comments and blank lines', '# A=0\n\n  # more\n\t\nA=1\n#', { A: '1' }],
    ['Windows and old Mac line ends', 'A=1\r\nB=2\rC=3\r\n', { A: '1', B: '2', C: '3' }],
    ['a byte order mark', '\ufeffA=1', { A: '1' }],
    ['export', 'export A=1\n  export\tB=2\nexport=3', { A: '1', B: '2', export: '3' }],
    ['space around', '  A  =  1  \nB\t=\t2\t', { A: '1', B: '2' }],
    ['inline comments', 'A=1 # one\nB=2\t#two\nC= # none', { A: '1', B: '2', C: '' }],
    ['a # inside a key', 'A=ab#cd\nB=#no value', { A: 'ab#cd', B: '' }],
    ['= in a value', 'A=b=c==', { A: 'b=c==' }],
    ['empty values', 'A=\nB=""\nC=\'\'', { A: '', B: '', C: '' }],
    ['double quotes', 'A="1 # one" # comment\nB=" 2 "#comment', { A: '1 # one', B: ' 2 ' }],
    ['escapes in double quotes', String.raw`A="a\nb\tc\"d\\e\$f\q"`, { A: 'a\nb\tc"d\\e$f\\q' }],
    [
      'single quotes and backticks as they are',
      String.raw`A='a\n"b"' # c` + '\nB=`it\'s "b"`',
      { A: 'a\\n"b"', B: 'it\'s "b"' },
    ],
    [
      'several lines in double quotes',
      'A="1\n# not a comment\nB=no\n"\nC=3',
      { A: '1\n# not a comment\nB=no\n', C: '3' },
    ],
    ['dollars as they are', 'A=$B${C}', { A: '$B${C}' }],
    ['quotes inside a plain value', 'A=it\'s "it"', { A: 'it\'s "it"' }],
    ['a comment with a line separator in it', '# a\u2028b\nA=1 # c\u2028d', { A: '1' }],
  ])('[ENV1] reads %s', (_what, text, values) => {
    expect(valuesOf(text)).toEqual(values);
  });

  it('[ENV1] stores all of them, but no blanks, and resolves to the names in order', async () => {
    const world = createVaultWorld();
    const vault = world.open();
    await vault.set('A', 'old');
    world.store.writes.length = 0;
    expect(await vault.importEnv('B=value of b\nA="value of a"\nEMPTY=\nBLANK="  "\n')).toEqual(['B', 'A']);
    expect(world.store.writes).toEqual(['replace']);
    expect(await names(vault)).toEqual(['A', 'B']);
    expect(await vault.secret('A')).toBe('value of a');
    expect(await world.open().secret('B')).toBe('value of b');
    expect(await vault.importEnv('# nothing')).toEqual([]);
    expect(world.store.writes).toEqual(['replace']);
  });

  it('[ENV2] gives all problems at once with line and column, and stores nothing', async () => {
    const world = createVaultWorld();
    const vault = world.open();
    const text = [
      '# a comment',
      'GOOD=value',
      '  sk-pasted-without-a-name',
      'export  1A=5',
      "ALSO='not closed",
      'REST="closed" and more',
      'TWO="a',
      'b" c',
      'KEY="two\\nlines"',
      'GOOD=again',
      '=value',
      'WIDE = \u200bkey',
      'OPEN="not closed',
      'A=1',
    ].join('\r\n');
    const error = (await failureOf(vault.importEnv(text))) as AppError;
    expect(error.code).toBe('config/invalid');
    const problems = error.details['problems'] as { line: number; column: number; path: string; message: string }[];
    expect(problems.map(({ line, column, path }) => [line, column, path])).toEqual([
      [3, 3, ''],
      [4, 9, ''],
      [5, 6, 'ALSO'],
      [6, 15, 'REST'],
      [8, 4, 'TWO'],
      [9, 5, 'KEY'],
      [10, 1, 'GOOD'],
      [11, 1, ''],
      [12, 8, 'WIDE'],
      [13, 6, 'OPEN'],
    ]);
    expect(error.message).toContain('Line 3, column 3');
    expect(await names(vault)).toEqual([]);
    expect(world.store.writes).toEqual([]);
  });

  it('[ENV2] a problem never quotes the text', async () => {
    const vault = createVaultWorld().open();
    const secret = 'sk-synthetic-9876543210';
    for (const text of [
      secret,
      `${secret}=`,
      `=${secret}`,
      `A="${secret}`,
      `A='${secret}' x`,
      `A=${secret}\u0001`,
      `A=1\nA=${secret}`,
    ]) {
      const error = (await failureOf(vault.importEnv(text))) as AppError;
      expect(JSON.stringify(error.toWire()), text).not.toContain(secret);
    }
  });

  it('[ENV2] what is no text, or far too long, is refused', async () => {
    const vault = createVaultWorld().open();
    for (const text of [undefined, 5, 'A=1\n'.repeat(300_000)]) {
      expect(await failureOf(vault.importEnv(text as string))).toMatchObject({
        code: 'provider/bad-request',
        details: { field: 'text' },
      });
    }
  });

  it('[ENV3] a long text of nothing but problems is read in time', () => {
    const text = `${'"'.repeat(20)}\nA="\\\n${' '.repeat(50)}=`.repeat(3000);
    const began = performance.now();
    expect(parseEnv(text).problems.length).toBeGreaterThan(1000);
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
