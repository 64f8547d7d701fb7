import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/errors/index.ts';
import { openAnswer } from '../../../../src/providers/wire/open-answer.ts';
import { providerError } from '../../../../src/providers/wire/provider-error.ts';
import { tellsFailure, wordsOf } from '../../../../src/providers/wire/provider-words.ts';
import { readEvents, type ServerSentEvent } from '../../../../src/providers/wire/read-events.ts';
import { readText } from '../../../../src/providers/wire/send.ts';
import { untilAborted } from '../../../../src/providers/wire/until-aborted.ts';
import { waitHintMs } from '../../../../src/providers/wire/wait-hint.ts';
import { bodyOf, type Piece } from '../chat-completions/fake-endpoint.ts';

async function eventsOf(...pieces: readonly Piece[]): Promise<readonly ServerSentEvent[]> {
  const events: ServerSentEvent[] = [];
  for await (const event of readEvents(bodyOf(...pieces))) events.push(event);
  return events;
}

describe('server-sent events', () => {
  it('[WIR1] have their type, their data and the comments before them', async () => {
    expect(await eventsOf('id:1\nevent:result\n:HTTP_STATUS/200\ndata:a\ndata: b\n\n', ': x\n\ndata: c\n\n')).toEqual([
      { event: 'result', data: 'a\nb', comments: ['HTTP_STATUS/200'] },
      { data: 'c', comments: ['x'] },
    ]);
  });

  it('[WIR1] a last event without its blank line comes, and says so', async () => {
    expect(await eventsOf('data: a\n\ndata: b')).toEqual([
      { data: 'a', comments: [] },
      { data: 'b', comments: [], unfinished: true },
    ]);
  });

  it('[WIR1] only the newest comments are kept', async () => {
    const [event] = await eventsOf(...Array.from({ length: 1000 }, (_, index) => `: ${index}\n`), 'data: a\n\n');
    expect(event?.comments).toEqual(['992', '993', '994', '995', '996', '997', '998', '999']);
  });

  it('[WIR2] throw what the body throws', async () => {
    const broken = new TypeError('network error');
    await expect(eventsOf('data: a\n\n', broken)).rejects.toBe(broken);
  });

  it('[WIR2] end with the signal, also where the body hangs', async () => {
    const controller = new AbortController();
    const reading = (async () => {
      for await (const _ of readEvents(bodyOf('data: a\n\n', { hang: true }), controller.signal)) controller.abort();
    })();
    await expect(reading).rejects.toMatchObject({ code: 'request/aborted' });
    const started = readEvents(bodyOf('data: a\n\n'), AbortSignal.abort());
    await expect(started.next()).rejects.toMatchObject({ code: 'request/aborted' });
  });
});

describe('an answer', () => {
  const { signal } = new AbortController();

  it('[WIR3] is told by its first characters, not by its content type', async () => {
    expect(await openAnswer(bodyOf('\n ', ' {"a"', ':1}'), signal)).toEqual({ kind: 'text', text: '\n  {"a":1}' });
    expect(await openAnswer(bodyOf('<html>'), signal)).toEqual({ kind: 'text', text: '<html>' });
    expect(await openAnswer(bodyOf(' \n'), signal)).toEqual({ kind: 'empty' });
    expect(await openAnswer(null, signal)).toEqual({ kind: 'empty' });
    expect((await openAnswer(bodyOf('\n', 'data: a\n\n'), signal)).kind).toBe('events');
  });

  it('[WIR3] that failed is read up to a limit', async () => {
    expect(await readText(new Response('x'.repeat(500)), signal, 100)).toHaveLength(100);
  });
});

describe('words of providers', () => {
  it.each([
    [
      { error: { message: 'm', type: 't', param: 'p', code: 'c' } },
      { code: 'c', type: 't', parameter: 'p', message: 'm' },
    ],
    [{ error: { message: 'm', code: 503, type: null } }, { code: '503', message: 'm' }],
    [{ error: 'text' }, { message: 'text' }],
    [
      { code: 'InvalidApiKey', message: 'm', request_id: 'r' },
      { code: 'InvalidApiKey', message: 'm', requestId: 'r' },
    ],
    [
      { error: { code: 'c', message: 'm' }, id: 'as-1' },
      { code: 'c', message: 'm', requestId: 'as-1' },
    ],
    [
      { error_code: 110, error_msg: 'm' },
      { code: '110', message: 'm' },
    ],
    [
      { statusCode: 401, message: 'm' },
      { code: '401', message: 'm' },
    ],
    [{ error: 'invalid_client', error_description: 'd' }, { message: 'invalid_client' }],
    [{ detail: 'Not Found' }, { message: 'Not Found' }],
    [[{ error: { message: 'm' } }], { message: 'm' }],
    [
      { type: 'response.failed', response: { error: { code: 'c', message: 'm' } } },
      { code: 'c', message: 'm' },
    ],
  ])('[WIR4] %j', (json, words) => {
    expect(wordsOf(json, JSON.stringify(json))).toEqual(words);
  });

  it('[WIR4] of a page only its title, of text all of it', () => {
    expect(wordsOf(undefined, '<!doctype html><title>502 Bad Gateway</title><script>evil()</script>')).toEqual({
      message: '502 Bad Gateway',
    });
    expect(wordsOf(undefined, ' plain ')).toEqual({ message: 'plain' });
  });

  it('[WIR4] success is no failure, however it is written', () => {
    expect(tellsFailure({ code: '', message: '', output: {} })).toBe(false);
    expect(tellsFailure({ error: null, choices: [] })).toBe(false);
    expect(tellsFailure({ error: {}, choices: [] })).toBe(false);
    expect(tellsFailure({ code: 200, message: 'ok', choices: [] })).toBe(false);
    expect(tellsFailure({ error_code: 0 })).toBe(false);
    expect(tellsFailure({ error_code: 17, error_msg: 'x' })).toBe(true);
    expect(tellsFailure({ error: 'x', choices: [] })).toBe(true);
  });
});

describe('a provider’s error', () => {
  it('[WIR5] masks secrets before it cuts, in message, code, id and parameter', () => {
    const secret = 'sk-secret-secret';
    const error = providerError(
      { status: 400, headers: new Headers() },
      { code: secret, message: `${'x'.repeat(590)}${secret}`, requestId: secret },
      { code: 'provider/bad-request', parameter: secret },
      { redact: (text) => text.replaceAll(secret, '***'), now: 0 },
    );
    expect(JSON.stringify(error.toWire())).not.toContain('sk-secret');
    expect(error.details['parameter']).toBe('***');
  });
});

describe('hints to wait', () => {
  const hint = (headers: Record<string, string>, message = ''): number | undefined =>
    waitHintMs(new Headers(headers), message, 1_000_000);

  it('[WIR6] come from headers first, then from words', () => {
    expect(hint({ 'retry-after-ms': '120', 'retry-after': '9' })).toBe(120);
    expect(hint({ 'retry-after': '9' }, 'try again in 1s')).toBe(9000);
    expect(hint({ 'retry-after': new Date(1_030_000).toUTCString() })).toBe(30_000);
    expect(hint({ 'retry-after': new Date(0).toUTCString() })).toBe(0);
    expect(hint({}, 'Please try again in 84ms. Visit')).toBe(84);
    expect(hint({}, 'Please try again in 6m0s.')).toBe(360_000);
    expect(hint({}, 'Please retry after 38 seconds.')).toBe(38_000);
    expect(hint({}, 'Please try again in 1.5s')).toBe(1500);
  });

  it('[WIR6] that make no sense are none', () => {
    expect(hint({})).toBeUndefined();
    expect(hint({ 'retry-after': 'soon' })).toBeUndefined();
    expect(hint({ 'retry-after': '9'.repeat(400) })).toBeUndefined();
  });
});

describe('waiting for a port', () => {
  it('[WIR7] ends with the signal, and a late failure is no unhandled one', async () => {
    const controller = new AbortController();
    let fail: (error: Error) => void = () => undefined;
    const work = new Promise<never>((_, reject) => (fail = reject));
    const waiting = untilAborted(work, controller.signal);
    controller.abort(new AppError('timeout/total', 'Too slow.'));
    await expect(waiting).rejects.toMatchObject({ code: 'timeout/total' });
    fail(new Error('late'));
    expect(await untilAborted(Promise.resolve(1), new AbortController().signal)).toBe(1);
  });
});
