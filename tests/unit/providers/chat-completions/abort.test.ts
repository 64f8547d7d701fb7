import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/errors/index.ts';
import { createCompatibleAdapter } from '../../../../src/providers/openai-compatible/create-compatible-adapter.ts';
import type { ProviderPart } from '../../../../src/providers/provider.ts';
import {
  ask,
  bodyOf,
  collect,
  configOf,
  createFakeEndpoint,
  event,
  chunk,
  HELLO,
  streamAnswer,
} from './fake-endpoint.ts';

const CONFIG = configOf({ kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' });

describe('an abort', () => {
  it('[PRV9] before the request sends nothing', async () => {
    const { deps, requests } = createFakeEndpoint(streamAnswer(...HELLO));
    const { parts, error } = await collect(createCompatibleAdapter(CONFIG, 'KEY', deps), ask(), AbortSignal.abort());
    expect(error).toMatchObject({ code: 'request/aborted' });
    expect(parts).toEqual([]);
    expect(requests).toEqual([]);
  });

  it('[PRV9] while no answer comes ends it, also where the fetch does not listen', async () => {
    const { deps, requests } = createFakeEndpoint(() => new Promise<Response>(() => undefined));
    const controller = new AbortController();
    const collecting = collect(createCompatibleAdapter(CONFIG, 'KEY', deps), ask(), controller.signal);
    await expect.poll(() => requests.length).toBe(1);
    controller.abort();
    expect((await collecting).error).toMatchObject({ code: 'request/aborted' });
    expect(requests[0]?.signal.aborted).toBe(true);
  });

  it('[PRV9] with an AppError rejects with that error', async () => {
    const { deps, requests } = createFakeEndpoint(() => new Promise<Response>(() => undefined));
    const controller = new AbortController();
    const collecting = collect(createCompatibleAdapter(CONFIG, 'KEY', deps), ask(), controller.signal);
    await expect.poll(() => requests.length).toBe(1);
    const reason = new AppError('timeout/first-token', 'Too slow.');
    controller.abort(reason);
    expect((await collecting).error).toBe(reason);
  });

  it('[PRV9] while a vault does not answer ends it', async () => {
    const { deps } = createFakeEndpoint(streamAnswer(...HELLO));
    const controller = new AbortController();
    const stuck = { ...deps, secret: () => new Promise<string>(() => undefined) };
    const collecting = collect(createCompatibleAdapter(CONFIG, 'KEY', stuck), ask(), controller.signal);
    controller.abort();
    expect((await collecting).error).toMatchObject({ code: 'request/aborted' });
  });

  it('[PRV9] during a stream that hangs cancels its body and keeps what was said', async () => {
    let cancelled = false;
    const source = bodyOf(...HELLO.slice(0, 3), { hang: true }).getReader();
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { value } = await source.read();
          if (value) controller.enqueue(value);
        },
        cancel() {
          cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    const { deps } = createFakeEndpoint(() => new Response(body));
    const controller = new AbortController();
    const parts: ProviderPart[] = [];
    const reading = (async () => {
      for await (const part of createCompatibleAdapter(CONFIG, 'KEY', deps).generateStream(ask(), controller.signal)) {
        parts.push(part);
        if (parts.length === 2) setTimeout(() => controller.abort(), 5);
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'request/aborted' });
    expect(parts).toEqual([
      { type: 'text-delta', text: 'Hel' },
      { type: 'text-delta', text: 'lo' },
    ]);
    await expect.poll(() => cancelled).toBe(true);
  });

  it('[PRV9] is heard within one token, also when many have arrived together', async () => {
    const many = Array.from({ length: 100 }, () => event(chunk({ content: 'x' }))).join('');
    const { deps } = createFakeEndpoint(streamAnswer(many));
    const controller = new AbortController();
    let tokens = 0;
    const reading = (async () => {
      for await (const _ of createCompatibleAdapter(CONFIG, 'KEY', deps).generateStream(ask(), controller.signal)) {
        tokens += 1;
        controller.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'request/aborted' });
    expect(tokens).toBe(1);
  });

  it('[PRV9] a reader that leaves cancels the body', async () => {
    let cancelled = false;
    const pieces = HELLO.slice(0, 3).map((text) => new TextEncoder().encode(text));
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const piece = pieces.shift();
          if (piece) controller.enqueue(piece);
        },
        cancel() {
          cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    const { deps } = createFakeEndpoint(() => new Response(body));
    for await (const _ of createCompatibleAdapter(CONFIG, 'KEY', deps).generateStream(
      ask(),
      new AbortController().signal,
    ))
      break;
    expect(cancelled).toBe(true);
  });

  it.each([
    ['in one piece', [HELLO.join('')]],
    ['in many', HELLO],
    ['that breaks', [...HELLO.slice(0, 3), new TypeError('network error')]],
  ])('[PRV9] leaves nothing behind at the signal after a stream %s', async (_, pieces) => {
    const { deps } = createFakeEndpoint(streamAnswer(...pieces));
    const { signal } = new AbortController();
    await collect(createCompatibleAdapter(CONFIG, 'KEY', deps), ask(), signal);
    // The SDK's own listener is shared by all requests of a signal and is weak.
    expect(getEventListeners(signal, 'abort').filter(({ name }) => name === 'stop')).toEqual([]);
  });
});
