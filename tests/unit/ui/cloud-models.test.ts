import { describe, expect, it } from 'vitest';
import type { GenerateResult } from '../../../src/contracts/generation.ts';
import type { ModelInfo } from '../../../src/contracts/model.ts';
import { lifecycleWords, modelFacts, modelStatus } from '../../../src/ui/chat/describe-model.ts';
import { noteWords, replyFacts } from '../../../src/ui/chat/describe-reply.ts';
import { groupModels, matchesSearch } from '../../../src/ui/chat/model-search.ts';
import { headerLines, prettyBody } from '../../../src/ui/chat/sent-body.ts';
import { en } from '../../../src/ui/i18n/en.ts';
import { createFormatters } from '../../../src/ui/i18n/format.ts';
import { zhCN } from '../../../src/ui/i18n/zh-CN.ts';
import { STARTER_INFO } from '../../doubles/client-double.ts';

const format = createFormatters('en');

const CLOUD: ModelInfo = {
  id: 'openai_gpt-6-luna',
  task: 'text_generation',
  provider: 'openai',
  location: 'cloud',
  displayName: 'GPT-6 Luna',
  state: 'ready',
  isDefault: false,
  contextTokens: 400_000,
  price: { currency: 'USD', input: 0.1, output: 0.5 },
};

const RESULT: Omit<GenerateResult, 'text'> = {
  model: CLOUD.id,
  provider: 'openai',
  finishReason: 'stop',
  usage: { inputTokens: 40, outputTokens: 212, source: 'provider' },
  cost: { amount: 0.00042, currency: 'USD', source: 'provider' },
  timing: { queuedMs: 0, firstTokenMs: 612, totalMs: 3000, tokensPerSecond: 88 },
  route: [],
};

describe('search among models', () => {
  it.each(['gpt6', 'GPT 6', 'gpt-6 luna', 'luna gpt', 'ＧＰＴ６', 'openai luna', '  luna '])(
    '[UI80] %j finds it whatever the case, hyphens and spaces',
    (query) => {
      expect(matchesSearch(query, [CLOUD.displayName, CLOUD.id, 'OpenAI'])).toBe(true);
    },
  );

  it.each(['gpt7', 'luna qwen', 'x'])('[UI80] %j does not', (query) => {
    expect(matchesSearch(query, [CLOUD.displayName, CLOUD.id, 'Open-AI'])).toBe(false);
  });

  it('[UI80] Chinese names are found', () => {
    expect(matchesSearch('通义', ['阿里云通义千问'])).toBe(true);
  });

  it('[UI81] this device comes first, then each provider once, in the order of the list', () => {
    const other = { ...CLOUD, id: 'a_x', provider: 'a' };
    const groups = groupModels([other, CLOUD, STARTER_INFO, { ...other, id: 'a_y' }]);
    expect(groups.map((group) => [group.provider, group.models.map((model) => model.id)])).toEqual([
      ['local', [STARTER_INFO.id]],
      ['a', ['a_x', 'a_y']],
      ['openai', [CLOUD.id]],
    ]);
    expect(groupModels([CLOUD]).map((group) => group.provider)).toEqual(['openai']);
  });
});

describe('what is said of a cloud model', () => {
  it('[UI82] price, context and state; nothing that is not known', () => {
    expect(modelFacts(CLOUD, en, format)).toEqual([
      '$0.10 in, $0.50 out per million tokens',
      'reads up to 400,000 tokens',
    ]);
    expect(modelFacts({ ...CLOUD, state: 'needs-key' }, en, format)[0]).toBe('needs a key');
    expect(modelStatus(CLOUD, en, format, 'OpenAI')).toBe('in the cloud (OpenAI)');
  });

  it('[UI82] when it ends', () => {
    expect(lifecycleWords({ state: 'retired', date: '2026-10-23' }, en, format)).toBe('retired');
    expect(lifecycleWords({ state: 'retiring', date: '2027-01-14' }, en, format)).toBe('ends Jan 14, 2027');
    expect(lifecycleWords({ state: 'retiring' }, en, format)).toBe('ends soon');
  });
});

describe('what is said of a reply', () => {
  it('[UI83] a cloud reply says its cost, a local one does not', () => {
    expect(replyFacts(RESULT, en, format)).toEqual(['212 tokens', '612 ms to first', '88 tok/s', '$0.00042']);
    expect(replyFacts({ ...RESULT, provider: 'local' }, en, format)).toHaveLength(3);
  });

  it('[UI83] what is estimated says so, and an unknown price is no number', () => {
    const usage = { inputTokens: 1, outputTokens: 1, source: 'estimated' } as const;
    const cost = { amount: 0.01, currency: 'CNY', source: 'estimated' } as const;
    const facts = replyFacts({ ...RESULT, usage, cost }, en, format);
    expect(facts[0]).toBe('about 1 token');
    expect(facts.at(-1)).toBe('about CN¥0.01');
    const unknown = replyFacts({ ...RESULT, cost: { ...cost, amount: null } }, en, format);
    expect(unknown).toHaveLength(3);
  });

  it('[UI84] every note of an attempt is a sentence in both languages', () => {
    const notes = [
      { type: 'parameter-clamped', parameter: 'temperature', from: 2, to: 1 },
      { type: 'parameter-dropped', parameter: 'seed' },
      { type: 'messages-joined', count: 1 },
      { type: 'malformed-event', count: 3 },
    ] as const;
    expect(notes.map((note) => noteWords(note, en, format))).toEqual([
      'temperature: 1 was sent instead of 2, which is outside the provider’s range',
      'seed was not sent: this model does not take it',
      '1 message was joined with the one before, as the provider wants turns to alternate',
      '3 parts of the answer could not be read and were skipped',
    ]);
    for (const note of notes) expect(noteWords(note, zhCN, format)).toMatch(/\p{Script=Han}/u);
  });

  it('[UI85] a body is made readable where it is JSON and left alone where not', () => {
    expect(prettyBody('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
    expect(prettyBody('{"a":')).toBe('{"a":');
    expect(headerLines({ 'content-type': 'application/json', authorization: 'Bearer ••••' })).toBe(
      'authorization: Bearer ••••\ncontent-type: application/json',
    );
  });
});
