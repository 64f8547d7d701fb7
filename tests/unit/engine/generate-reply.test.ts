import { describe, expect, it } from 'vitest';
import type { EngineGenerateRequest, EnginePart } from '../../../src/contracts/engine.ts';
import { AppError } from '../../../src/errors/index.ts';
import { generateReply } from '../../../src/engine/generate-reply.ts';
import type { LoadedModel } from '../../../src/engine/loaded-model.ts';
import { collect, fixedRandom, scriptedModel, stepClock } from './engine-doubles.ts';

const deps = { clock: stepClock(), random: fixedRandom, yieldToEvents: () => Promise.resolve() };
const ask = (content: string) => [{ role: 'user', content } as const];
const textOf = (parts: readonly EnginePart[]) =>
  parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('');

function finishOf(parts: readonly EnginePart[]) {
  const finish = parts.at(-1);
  if (finish?.type !== 'finish') throw new Error('The last part is no finish');
  return finish;
}

function run(model: LoadedModel, request: EngineGenerateRequest, signal = new AbortController().signal) {
  return collect(generateReply(model, request, signal, deps));
}

describe('a reply', () => {
  it('[ENG1] is whole characters, then one finish with its figures', async () => {
    const { model } = scriptedModel('Grüße, 世界 👋');
    const parts = await run(model, { messages: ask('hi') });
    expect(textOf(parts)).toBe('Grüße, 世界 👋');
    expect(textOf(parts)).not.toContain('\uFFFD');
    expect(parts.filter((part) => part.type === 'finish')).toHaveLength(1);
    const finish = finishOf(parts);
    expect(finish.finishReason).toBe('stop');
    expect(finish.outputTokens).toBe(new TextEncoder().encode('Grüße, 世界 👋').length);
    expect(finish.inputTokens).toBe('<user:hi><assistant:'.length);
    expect(finish.cachedTokens).toBe(0);
    expect(finish.firstTokenMs).toBeGreaterThan(0);
  });

  it('[ENG2] ends before a stop string that comes in pieces, and never shows any of it', async () => {
    const { model } = scriptedModel('one two STOP three');
    const parts = await run(model, { messages: ask('hi'), stop: ['STOP', 'never'] });
    expect(textOf(parts)).toBe('one two ');
    expect(finishOf(parts).finishReason).toBe('stop');
    expect(finishOf(parts).outputTokens).toBe('one two STOP'.length);
  });

  it('[ENG2] shows what only looked like a stop string', async () => {
    const { model } = scriptedModel('a STO');
    expect(textOf(await run(model, { messages: ask('hi'), stop: ['STOP'] }))).toBe('a STO');
  });

  it('[ENG3] ends with length at maxTokens', async () => {
    const { model } = scriptedModel('abcdef');
    const parts = await run(model, { messages: ask('hi'), maxTokens: 3 });
    expect(textOf(parts)).toBe('abc');
    expect(finishOf(parts).finishReason).toBe('length');
  });

  it('[ENG3] ends with length where the context is full', async () => {
    const { model, held } = scriptedModel('x'.repeat(1000), 100);
    const parts = await run(model, { messages: ask('hi') });
    expect(finishOf(parts).finishReason).toBe('length');
    expect(finishOf(parts).inputTokens + finishOf(parts).outputTokens).toBe(100);
    expect(held.length).toBeLessThanOrEqual(100);
  });

  it('[ENG3] shows an unfinished character at the end as U+FFFD', async () => {
    const { model } = scriptedModel('é');
    expect(textOf(await run(model, { messages: ask('hi'), maxTokens: 1 }))).toBe('\uFFFD');
  });

  it('[ENG4] goes on with the last message and stores both as one', async () => {
    const { model } = scriptedModel('Hello world');
    const messages = [...ask('hi'), { role: 'assistant', content: 'Hello' } as const];
    expect(textOf(await run(model, { messages, continueLast: true }))).toBe(' world');
    expect(model.replies.recall('Hello world')).toEqual([...new TextEncoder().encode('Hello world')]);
  });
});

describe('a prompt', () => {
  it('[ENG5] is read in chunks of 128 with progress after each', async () => {
    const { model, runs } = scriptedModel('ok');
    const parts = await run(model, { messages: ask('q'.repeat(260)) });
    const prefill = parts.filter((part) => part.type === 'prefill').map((part) => part.processedTokens);
    expect(prefill).toEqual([0, 128, 256, 278]);
    expect(runs.slice(0, 3).map((each) => each.tokens.length)).toEqual([128, 128, 22]);
  });

  it('[ENG6] of the next turn costs only its new tokens', async () => {
    const { model, runs } = scriptedModel('fine');
    const first = await run(model, { messages: ask('hi') });
    const before = runs.length;
    const messages = [...ask('hi'), { role: 'assistant', content: textOf(first) } as const, ...ask('and you?')];
    const finish = finishOf(await run(model, { messages }));
    expect(finish.cachedTokens).toBe('<user:hi><assistant:fine'.length + 1 - 1);
    expect(runs[before]?.pastTokens).toBe(finish.cachedTokens);
    expect(runs[before]?.tokens).toHaveLength(finish.inputTokens - finish.cachedTokens);
  });

  it('[ENG6] that is the same again computes its last token only', async () => {
    const { model, runs } = scriptedModel('fine');
    await run(model, { messages: ask('hi') });
    const before = runs.length;
    const finish = finishOf(await run(model, { messages: ask('hi') }));
    expect(finish.cachedTokens).toBe(finish.inputTokens - 1);
    expect(runs[before]?.tokens).toHaveLength(1);
  });

  it('[ENG6] that was edited is computed from the first difference', async () => {
    const { model } = scriptedModel('fine');
    await run(model, { messages: ask('one two three') });
    const finish = finishOf(await run(model, { messages: ask('one two four') }));
    expect(finish.cachedTokens).toBe('<user:one two '.length);
  });

  it('[ENG7] drops the oldest turns and says how many messages', async () => {
    const { model } = scriptedModel('ok', 200);
    const turn = [...ask('q'.repeat(40)), { role: 'assistant', content: 'a'.repeat(15) } as const];
    const messages = [{ role: 'system', content: 'sys' } as const, ...turn, ...turn, ...turn, ...ask('last')];
    const parts = await run(model, { messages });
    expect(parts[0]).toEqual({ type: 'context-trimmed', droppedMessages: 4 });
    expect(finishOf(parts).inputTokens).toBeLessThanOrEqual(150);
  });
});

describe('a cancel', () => {
  it('[ENG8] is heard within one token and carries the text so far', async () => {
    const { model, runs } = scriptedModel('abcdefgh');
    const abort = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const part of generateReply(model, { messages: ask('hi') }, abort.signal, deps)) {
        if (part.type !== 'text-delta') continue;
        seen.push(part.text);
        if (part.text === 'c') abort.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'request/aborted', details: { text: 'abc' } });
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(runs).toHaveLength(3);
  });

  it('[ENG8] is heard within one chunk while the prompt is read', async () => {
    const { model, runs } = scriptedModel('abc', 2000);
    const abort = new AbortController();
    const request = { messages: ask('q'.repeat(1000)) };
    const reading = (async () => {
      for await (const part of generateReply(model, request, abort.signal, deps)) {
        if (part.type === 'prefill' && part.processedTokens === 256) abort.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'request/aborted' });
    expect(runs).toHaveLength(2);
    expect(model.sequence.length()).toBe(256);
  });

  it('[ENG8] before the call computes nothing', async () => {
    const { model, runs } = scriptedModel('abc');
    const signal = AbortSignal.abort();
    await expect(run(model, { messages: ask('hi') }, signal)).rejects.toBeInstanceOf(AppError);
    expect(runs).toHaveLength(0);
  });

  it('[ENG6] keeps what was written for the next turn', async () => {
    const { model } = scriptedModel('abcdefgh');
    for await (const part of generateReply(model, { messages: ask('hi') }, new AbortController().signal, deps)) {
      if (part.type === 'text-delta' && part.text === 'd') break;
    }
    expect(model.replies.recall('abcd')).toEqual([97, 98, 99, 100]);
  });
});

describe('a request', () => {
  const bad: [string, EngineGenerateRequest][] = [
    ['no messages', { messages: [] }],
    ['maxTokens 0', { messages: ask('hi'), maxTokens: 0 }],
    ['maxTokens 1.5', { messages: ask('hi'), maxTokens: 1.5 }],
    ['temperature below 0', { messages: ask('hi'), temperature: -1 }],
    ['topP above 1', { messages: ask('hi'), topP: 1.1 }],
    ['topK 2.5', { messages: ask('hi'), topK: 2.5 }],
    ['NaN', { messages: ask('hi'), minP: Number.NaN }],
    ['continueLast of a question', { messages: ask('hi'), continueLast: true }],
  ];
  it.each(bad)('[ENG9] with %s is refused with provider/bad-request', async (_name, request) => {
    const { model, runs } = scriptedModel('abc');
    await expect(run(model, request)).rejects.toMatchObject({ code: 'provider/bad-request' });
    expect(runs).toHaveLength(0);
  });
});
