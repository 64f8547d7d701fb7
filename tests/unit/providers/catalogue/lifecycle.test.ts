import { beforeAll, describe, expect, it } from 'vitest';
import { lifecycleAt, loadCatalogue, type Catalogue } from '../../../../src/providers/catalogue/index.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');

let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await loadCatalogue();
});

describe('where a model stands', () => {
  it.each([
    ['gpt-3.5-turbo', 'retired', '2026-10-23', 'gpt-5.6-terra'],
    ['gpt-3.5-turbo-0125', 'retired', '2026-10-23', 'gpt-5.6-terra'],
    ['gpt-4', 'retired', '2026-10-23', 'gpt-5.6-sol'],
    ['gpt-4-0613', 'retired', '2026-10-23', 'gpt-5.6-sol'],
    ['gpt-4-turbo', 'retired', '2026-10-23', 'gpt-5.6-sol'],
    ['gpt-4-turbo-2024-04-09', 'retired', '2026-10-23', 'gpt-5.6-sol'],
    ['gpt-4-1106-preview', 'retired', '2026-10-23', undefined],
    ['gpt-4-0314', 'retired', '2026-03-26', undefined],
    ['gpt-4-32k', 'retired', '2025-06-06', undefined],
    ['gpt-3.5-turbo-1106', 'retired', '2026-09-28', undefined],
    ['o3-mini', 'retired', '2026-10-23', undefined],
    ['gpt-4o-2024-05-13', 'retired', '2026-10-23', undefined],
    ['gpt-4o', 'retiring', '2027-01-14', 'gpt-6-luna'],
    ['gpt-4o-2024-11-20', 'retiring', '2027-01-14', 'gpt-6-luna'],
    ['gpt-4o-mini', 'retiring', '2027-01-14', 'gpt-6-luna'],
    ['gpt-4.1', 'retiring', '2027-01-14', 'gpt-6-luna'],
    ['gpt-4.1-mini', 'retiring', '2027-01-14', 'gpt-6-luna'],
    ['gpt-5', 'retiring', '2026-12-11', 'gpt-6.1-sol'],
    ['gpt-5-mini', 'retiring', '2026-12-11', 'gpt-6.1-terra'],
    ['gpt-5-nano', 'retiring', '2026-12-11', undefined],
    ['o3', 'retiring', '2026-12-11', undefined],
  ] as const)('[CAT3] openai %s is %s (%s), then %s', (name, state, date, successor) => {
    expect(catalogue.lifecycle('openai', name, NOW)).toEqual({ state, date, ...(successor && { successor }) });
  });

  it.each([
    ['ernie-bot', '2026-08-31', 'ernie-5.1'],
    ['ERNIE-Bot-turbo', '2026-08-31', 'ernie-4.5-turbo-20260402'],
    ['eb-instant', '2026-08-31', 'ernie-4.5-turbo-20260402'],
    ['ernie-bot-4', '2026-08-31', 'ernie-5.1'],
    ['completions_pro', '2026-08-31', 'ernie-5.1'],
    ['ernie-5.0', '2026-10-29', 'ernie-5.1'],
    ['ernie-4.5-turbo-128k', '2026-10-29', 'ernie-4.5-turbo-20260402'],
    ['ernie-x1.1-preview', '2026-09-29', undefined],
    ['ernie-speed-128k', '2026-01-27', undefined],
    ['ernie-lite-8k', '2026-01-27', undefined],
    ['ernie-tiny-8k', '2026-01-27', undefined],
  ] as const)('[CAT3] baidu %s is retired (%s), then %s', (name, date, successor) => {
    expect(catalogue.lifecycle('baidu', name, NOW)).toEqual({
      state: 'retired',
      date,
      ...(successor && { successor }),
    });
  });

  it.each([
    ['qwen-turbo', '2026-07-13', 'qwen-flash'],
    ['qwen-max', '2026-07-13', 'qwen3.8-max'],
    ['qwen-vl-plus', '2026-07-13', undefined],
    ['qwen3-32b', '2026-10-10', undefined],
  ] as const)('[CAT3] alibaba %s is retired (%s), then %s', (name, date, successor) => {
    expect(catalogue.lifecycle('alibaba', name, NOW)).toEqual({
      state: 'retired',
      date,
      ...(successor && { successor }),
    });
  });

  it('[CAT3] Azure keeps its own calendar, and one that has ended is never offered as the successor', () => {
    expect(catalogue.lifecycle('azure', 'gpt-35-turbo', NOW)).toEqual({ state: 'retired' });
    expect(catalogue.lifecycle('azure', 'gpt-4o', NOW)).toEqual({
      state: 'retired',
      date: '2026-06-05',
      successor: 'gpt-5.1',
    });
    expect(catalogue.lifecycle('azure', 'gpt-4o-mini', NOW)).toMatchObject({ successor: 'gpt-5-mini' });
    expect(catalogue.lifecycle('azure', 'gpt-5-mini', NOW)).toEqual({ state: 'retiring', date: '2027-02-06' });
    expect(catalogue.lifecycle('azure', 'gpt-5', NOW)).toBeUndefined();
    expect(catalogue.lifecycle('azure', 'my-deployment', NOW)).toBeUndefined();
  });

  it('[CAT3] a model that goes on has a successor at most, no lifecycle', () => {
    for (const [kind, name, successor] of [
      ['alibaba', 'text-embedding-v1', 'text-embedding-v4'],
      ['alibaba', 'qwen-plus', 'qwen3.7-plus'],
      ['openai', 'text-embedding-ada-002', 'text-embedding-3-small'],
    ] as const) {
      expect(catalogue.lifecycle(kind, name, NOW)).toBeUndefined();
      expect(catalogue.find(kind, '', name)?.successor).toBe(successor);
    }
    expect(catalogue.lifecycle('openai', 'gpt-6-luna', NOW)).toBeUndefined();
    expect(catalogue.lifecycle('baidu', 'embedding-v1', NOW)).toBeUndefined();
  });

  it('[CAT3] it is retiring for 120 days and retired from the first moment of the date', () => {
    const end = Date.parse('2027-04-01T00:00:00Z');
    const state = (nowMs: number) => catalogue.lifecycle('openai', 'gpt-5.1', nowMs)?.state;
    expect(state(end - 120 * 86_400_000 - 1)).toBeUndefined();
    expect(state(end - 120 * 86_400_000)).toBe('retiring');
    expect(state(end - 1)).toBe('retiring');
    expect(state(end)).toBe('retired');
    expect(state(NOW)).toBeUndefined();
  });

  it('[CAT3] an openai-compatible address that is a vendor itself has its lifecycle, another has none', () => {
    expect(catalogue.lifecycle('openai-compatible', 'gpt-4', NOW)).toBeUndefined();
    expect(catalogue.lifecycle('openai-compatible', 'gpt-4', NOW, 'https://api.openai.com/v1')?.state).toBe('retired');
  });

  it('[CAT3] a date that a provider sent and that is none says nothing', () => {
    expect(lifecycleAt({ shutdownDate: 'soon' }, NOW)).toBeUndefined();
    expect(lifecycleAt({}, NOW)).toBeUndefined();
    expect(lifecycleAt({ shutdownDate: '2026-11-24' }, NOW)).toEqual({ state: 'retired', date: '2026-11-24' });
  });
});
