import { describe, expect, it } from 'vitest';
import { exportConfig, parseConfig } from '../../../src/config/index.ts';
import { problemsOf } from './problems-of.ts';

const file = (limits: string, model = ''): string =>
  `models: { cloud: { openai: { api_key: "\${KEY}", ${limits} models: [{ name: m${model} }] } } }`;

describe('limits of a provider', () => {
  it('[CFG40] max_concurrent, rpm and tpm of a provider and max_concurrent of a model are read and written', () => {
    const { config, warnings } = parseConfig(file('max_concurrent: 4, rpm: 60, tpm: 90000,', ', max_concurrent: 2'));
    expect(warnings).toEqual([]);
    expect(config.providers[0]).toMatchObject({ maxConcurrent: 4, rpm: 60, tpm: 90_000 });
    expect(config.providers[0]?.models[0]).toEqual({ name: 'm', maxConcurrent: 2 });
    expect(parseConfig(exportConfig(config)).config).toEqual(config);
  });

  it('[CFG40] what is left out has no limit', () => {
    const provider = parseConfig(file('')).config.providers[0];
    expect(Object.keys(provider ?? {})).not.toEqual(expect.arrayContaining(['rpm']));
    expect(provider).not.toHaveProperty('maxConcurrent');
  });

  it('[CFG40] 0, fractions and words are refused, each at its place', () => {
    const problems = problemsOf(file('max_concurrent: 0, rpm: 1.5, tpm: many,'));
    expect(problems.map(({ path }) => path)).toEqual([
      'models.cloud.openai.max_concurrent',
      'models.cloud.openai.rpm',
      'models.cloud.openai.tpm',
    ]);
  });
});
