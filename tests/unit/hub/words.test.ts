import { describe, expect, it } from 'vitest';
import { editDistance, suggestionsFor } from '../../../src/hub/suggestions.ts';
import { titleOf } from '../../../src/hub/title.ts';
import { validateRequest } from '../../../src/hub/validate-request.ts';

describe('suggestions', () => {
  const ids = ['local_smollm2-135m-instruct_text_generation', 'openai_gpt-6-luna', 'openai_gpt-6', 'smart'];

  it('[MGR3] suggests ids that differ by a few letters, closest first, or contain what was asked', () => {
    expect(suggestionsFor('openai_gpt6', ids)).toEqual(['openai_gpt-6', 'openai_gpt-6-luna'].slice(0, 1));
    expect(suggestionsFor('local_smollm2', ids)).toEqual([ids[0]]);
    expect(suggestionsFor('SMART', ids)).toEqual(['smart']);
    expect(suggestionsFor('nothing-like-it', ids)).toEqual([]);
  });

  it('[MGR3] the distance is that of Levenshtein', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('abc', 'abc')).toBe(0);
  });
});

describe('title', () => {
  it('[REP12] is the first line with words, its spaces folded', () => {
    expect(titleOf('\n   \n  How   do\tI cook rice?  \nSecond line')).toBe('How do I cook rice?');
  });

  it('[REP12] is cut at 60 characters as people count them, never inside one', () => {
    const family = '👩‍👩‍👧‍👦';
    const title = titleOf(family.repeat(80));
    expect(title).toBe(`${family.repeat(59)}…`);
    expect(titleOf('x'.repeat(60))).toBe('x'.repeat(60));
  });
});

describe('request', () => {
  it('[ROU1] a prompt is one user message, and the system text comes first', () => {
    expect(validateRequest({ prompt: 'Hi', system: 'Be brief.', temperature: 0, stop: ['\n'] })).toEqual({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      temperature: 0,
      stop: ['\n'],
    });
  });

  it.each([
    ['messages', {}],
    ['messages', { prompt: 'a', messages: [{ role: 'user', content: 'b' }] }],
    ['messages', { prompt: '  ' }],
    ['messages', { messages: [] }],
    ['messages', { messages: [{ role: 'tool', content: 'x' }] }],
    ['messages', { messages: [{ role: 'user', content: 5 }] }],
    ['messages', { messages: [null] }],
    ['messages', { messages: 'text' }],
    ['system', { prompt: 'a', system: 3 }],
    ['continueLast', { prompt: 'a', continueLast: true }],
    ['temperature', { prompt: 'a', temperature: -1 }],
    ['temperature', { prompt: 'a', temperature: Number.NaN }],
    ['topP', { prompt: 'a', topP: 1.5 }],
    ['topK', { prompt: 'a', topK: 1.5 }],
    ['minP', { prompt: 'a', minP: '0.1' }],
    ['seed', { prompt: 'a', seed: 0.5 }],
    ['repetitionPenalty', { prompt: 'a', repetitionPenalty: 0 }],
    ['maxTokens', { prompt: 'a', maxTokens: 0 }],
    ['timeoutMs', { prompt: 'a', timeoutMs: 0 }],
    ['stop', { prompt: 'a', stop: [''] }],
  ])('[ROU2] names the field that is not valid: %s %j', (field, request) => {
    let error: unknown;
    try {
      validateRequest(request as never);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'provider/bad-request', details: { field } });
  });
});
