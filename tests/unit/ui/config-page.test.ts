import { describe, expect, it, vi } from 'vitest';
import type { ConfigPreview } from '../../../src/contracts/config.ts';
import { AppError } from '../../../src/errors/index.ts';
import { createConfigState, type ConfigClient } from '../../../src/ui/settings/config/config-state.svelte.ts';
import { problemLine } from '../../../src/ui/settings/config/problem-line.ts';

const NOTHING: ConfigPreview = { problems: [], warnings: [], changes: [] };

function clientDouble(fails: { import?: AppError } = {}) {
  let text = 'first';
  const imported: string[] = [];
  let listener: Parameters<ConfigClient['subscribe']>[0] = () => undefined;
  const client: ConfigClient = {
    exportConfig: vi.fn(async () => text),
    async importConfig(yaml) {
      if (fails.import) throw fails.import;
      imported.push(yaml);
      text = yaml;
      return { warnings: [{ line: 1, column: 1, path: 'x', message: 'is new' }] };
    },
    previewConfig: async (yaml) =>
      yaml === 'bad' ? { ...NOTHING, problems: [{ line: 1, column: 1, path: '', message: 'is bad' }] } : NOTHING,
    subscribe(added) {
      listener = added;
      return () => undefined;
    },
  };
  return { client, imported, emit: (event: Parameters<typeof listener>[0]) => listener(event) };
}

describe('the page of the configuration', () => {
  it('[CFP1] nothing is applied before it was looked at, and undo brings back what was', async () => {
    const { client, imported } = clientDouble();
    const state = createConfigState(client);
    await state.apply();
    await state.undo();
    expect(imported).toEqual([]);
    await state.look('a file', 'second');
    expect(state.looked).toMatchObject({ source: 'a file', text: 'second' });
    expect(imported).toEqual([]);
    await state.apply();
    expect(state.looked).toBeNull();
    expect(state.applied).toMatchObject({ source: 'a file', before: 'first', warnings: [{ path: 'x' }] });
    expect(state.text).toBe('second');
    await state.undo();
    expect(imported).toEqual(['second', 'first']);
    expect([state.applied, state.undone, state.text]).toEqual([null, true, 'first']);
    await state.look('another', 'bad');
    expect(state.undone).toBe(false);
    expect(state.looked?.preview.problems).toHaveLength(1);
    state.leave();
    expect(state.looked).toBeNull();
  });

  it('[CFP2] a refusal is shown, and what was looked at stays to be applied again', async () => {
    const { client } = clientDouble({ import: new AppError('vault/locked', 'Locked.') });
    const state = createConfigState(client);
    await state.look('a file', 'second');
    await state.apply();
    expect(state.error?.code).toBe('vault/locked');
    expect(state.looked?.text).toBe('second');
    expect([state.applied, state.busy]).toEqual([null, false]);
  });

  it('[CFP3] follows what forms and other tabs change', async () => {
    const { client, emit } = clientDouble();
    const state = createConfigState(client);
    state.follow();
    emit({ type: 'providers-changed' });
    await vi.waitFor(() => expect(state.text).toBe('first'));
    emit({ type: 'conversations-changed' });
    expect(client.exportConfig).toHaveBeenCalledTimes(1);
  });
});

describe('the line of a problem', () => {
  const TEXT = '\uFEFFcache_size: many\r\nmodels:\n  cloud:\n    openai: { api_key: sk-canary-12345678, models: [] }\n';

  it('[CFP4] marks the word at the place', () => {
    expect(problemLine(TEXT, 1, 13)).toEqual({ before: 'cache_size: ', marked: 'many', after: '' });
    expect(problemLine('a: "b c" # d', 1, 4)).toEqual({ before: 'a: ', marked: '"b c"', after: ' # d' });
    expect(problemLine('a: { b: 1 }', 1, 4)).toMatchObject({ marked: '{', after: ' b: 1 }' });
    expect(problemLine(TEXT, 99, 1)).toBeNull();
    expect(problemLine('a\n\nb', 2, 1)).toBeNull();
    expect(problemLine('a', 1, 50)).toEqual({ before: 'a', marked: '', after: '' });
  });

  it('[CFP5] hides secrets, wherever the place is', () => {
    for (const text of [
      TEXT.split('\n')[3] ?? '',
      'api_key: "a secret with words"',
      "secret_key: 'abc'",
      'api_key: [abcdef, ghi]',
      '      - sk-canary-12345678',
    ]) {
      for (let column = 1; column <= text.length + 1; column += 1) {
        const shown = problemLine(text, 1, column);
        expect(`${shown?.before ?? ''}${shown?.marked ?? ''}${shown?.after ?? ''}`).not.toMatch(
          /canary|secret with|abc|ghi/u,
        );
      }
    }
    expect(problemLine('api_key: "${NAME}"', 1, 10)).toMatchObject({ marked: '"${NAME}"' });
  });

  it('[CFP6] shows the part of a long line around the place', () => {
    const shown = problemLine(`${'x '.repeat(200)}HERE ${'y '.repeat(200)}`, 1, 401);
    expect(shown?.marked).toBe('HERE');
    expect(shown?.before.startsWith('…')).toBe(true);
    expect(shown?.after.endsWith('…')).toBe(true);
    expect((shown?.before.length ?? 0) + (shown?.after.length ?? 0)).toBeLessThan(140);
  });
});
