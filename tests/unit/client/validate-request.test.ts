import { describe, expect, it } from 'vitest';
import { toWireRequest, type RequestProblem } from '../../../src/client/validate-request.ts';
import { AppError } from '../../../src/errors/index.ts';

function problemsOf(request: unknown): readonly RequestProblem[] {
  try {
    toWireRequest(request);
  } catch (error) {
    if (error instanceof AppError && error.code === 'provider/bad-request') {
      return error.details['problems'] as readonly RequestProblem[];
    }
    throw error;
  }
  return [];
}

describe('toWireRequest', () => {
  it('[CLI1] keeps the fields that cross threads and drops signal, onProgress and what is undefined', () => {
    const request = {
      prompt: 'Hi',
      model: undefined,
      temperature: 0,
      topP: 1,
      topK: 0,
      seed: 7,
      stop: ['\n'],
      signal: new AbortController().signal,
      onProgress: () => undefined,
      unknown: 1,
    };
    expect(toWireRequest(request)).toEqual({ prompt: 'Hi', temperature: 0, topP: 1, topK: 0, seed: 7, stop: ['\n'] });
  });

  it.each([
    ['neither prompt nor messages', {}, 'prompt'],
    ['both prompt and messages', { prompt: 'a', messages: [{ role: 'user', content: 'a' }] }, 'prompt'],
    ['an empty prompt', { prompt: '' }, 'prompt'],
    ['no messages', { messages: [] }, 'messages'],
    ['an unknown role', { messages: [{ role: 'robot', content: 'a' }] }, 'messages[0].role'],
    ['content that is no text', { messages: [{ role: 'user', content: ['a'] }] }, 'messages[0].content'],
    ['a message that is no object', { messages: ['a'] }, 'messages[0]'],
    ['no number', { prompt: 'a', temperature: '1' }, 'temperature'],
    ['NaN', { prompt: 'a', temperature: NaN }, 'temperature'],
    ['a temperature below 0', { prompt: 'a', temperature: -0.1 }, 'temperature'],
    ['topP above 1', { prompt: 'a', topP: 1.1 }, 'topP'],
    ['half a token', { prompt: 'a', topK: 1.5 }, 'topK'],
    ['no tokens', { prompt: 'a', maxTokens: 0 }, 'maxTokens'],
    ['a repetition penalty of 0', { prompt: 'a', repetitionPenalty: 0 }, 'repetitionPenalty'],
    ['one stop string', { prompt: 'a', stop: 'x' }, 'stop'],
    ['an empty stop string', { prompt: 'a', stop: [''] }, 'stop'],
    ['a signal that is none', { prompt: 'a', signal: {} }, 'signal'],
    ['a listener that is none', { prompt: 'a', onProgress: 1 }, 'onProgress'],
    ['no object', null, ''],
  ])('[CLI2] %s is provider/bad-request and names the field', (_what, request, path) => {
    expect(problemsOf(request).map((problem) => problem.path)).toEqual([path]);
  });

  it('[CLI2] all problems are named at once', () => {
    expect(problemsOf({ prompt: 1, topP: 2, maxTokens: -1 }).map((problem) => problem.path)).toEqual([
      'prompt',
      'topP',
      'maxTokens',
    ]);
  });
});
