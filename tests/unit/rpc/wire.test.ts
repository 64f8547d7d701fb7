import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors/index.ts';
import { connect, type Connection } from '../../../src/rpc/wire/connect.ts';
import { expose, type Exposed } from '../../../src/rpc/wire/expose.ts';
import type { MethodKinds } from '../../../src/rpc/wire/method-kinds.ts';
import { STREAM_CREDIT } from '../../../src/rpc/wire/stream-writer.ts';

interface TestApi {
  add(a: number, b: number): Promise<number>;
  fail(how: 'app' | 'plain' | 'uncloneable'): Promise<void>;
  hang(): Promise<void>;
  waitForAbort(signal?: AbortSignal): Promise<string>;
  port(): Promise<MessagePort>;
  count(to: number): AsyncIterable<number>;
  countThenFail(to: number): AsyncIterable<number>;
  silent(): AsyncIterable<number>;
  generate(request: { readonly parts: number }, signal?: AbortSignal): AsyncIterable<string>;
}

const KINDS: MethodKinds<TestApi> = {
  add: 'call',
  fail: 'call',
  hang: 'call',
  waitForAbort: 'call',
  port: 'call',
  count: 'stream',
  countThenFail: 'stream',
  silent: 'stream',
  generate: 'abortable-stream',
};

function createTestApi() {
  const log = { produced: 0, returned: 0, abortReason: undefined as unknown, generateEnded: false };
  const api: TestApi = {
    add: async (a, b) => a + b,
    fail: async (how) => {
      if (how === 'plain') throw new TypeError('not for callers: x is undefined');
      const details = how === 'uncloneable' ? { bad: () => 1, good: 2 } : { wait: 3 };
      throw new AppError('provider/rate-limited', 'Slow down.', { details });
    },
    hang: () => new Promise(() => undefined),
    waitForAbort: (signal) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () => {
          log.abortReason = signal.reason;
          resolve('aborted');
        });
      }),
    port: async () => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = (event) => port1.postMessage(`echo ${String(event.data)}`);
      return port2;
    },
    async *count(to) {
      try {
        for (let i = 0; i < to; i += 1) {
          log.produced += 1;
          yield i;
        }
      } finally {
        log.returned += 1;
      }
    },
    async *countThenFail(to) {
      for (let i = 0; i < to; i += 1) yield i;
      throw new AppError('stream/truncated', 'Cut.', { details: { text: 'so far' } });
    },
    silent: () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<IteratorResult<number>>(() => undefined),
        return: async () => {
          log.returned += 1;
          return { done: true, value: undefined };
        },
      }),
    }),
    async *generate(request, signal) {
      try {
        for (let i = 0; i < request.parts; i += 1) {
          if (signal?.aborted) throw signal.reason as Error;
          yield `part ${i}`;
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      } finally {
        await new Promise((resolve) => setTimeout(resolve, 5));
        log.generateEnded = true;
      }
    },
  };
  return { api, log };
}

let connection: Connection<TestApi>;
let exposed: Exposed;
const internal: unknown[] = [];

function setUp() {
  const { port1, port2 } = new MessageChannel();
  const { api, log } = createTestApi();
  exposed = expose(port1, api, KINDS, { onInternalError: (error) => internal.push(error) });
  connection = connect<TestApi>(port2, KINDS);
  return { remote: connection.api, log, port1, port2 };
}

afterEach(() => {
  connection.close(new AppError('hub/lost', 'Test over.'));
  exposed.close();
  internal.length = 0;
});

const settle = (ms = 20) => new Promise((resolve) => setTimeout(resolve, ms));

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

describe('calls', () => {
  it('[RPC1] a call gives the answer of the other side', async () => {
    expect(await setUp().remote.add(2, 3)).toBe(5);
  });

  it('[RPC2] an AppError keeps code, retryable and details', async () => {
    const error = await setUp()
      .remote.fail('app')
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'provider/rate-limited', retryable: true, details: { wait: 3 } });
  });

  it('[RPC2] any other error is app/internal, and the serving side hears of it with its stack', async () => {
    const error = await setUp()
      .remote.fail('plain')
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'app/internal', retryable: false });
    expect(String((error as Error).stack)).not.toContain('createTestApi');
    expect(internal[0]).toBeInstanceOf(TypeError);
  });

  it('[RPC2] details that can not be cloned do not lose the error', async () => {
    const error = await setUp()
      .remote.fail('uncloneable')
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'provider/rate-limited', details: { good: 2 } });
  });

  it('[RPC3] closing the connection rejects what is pending and what comes later', async () => {
    const { remote } = setUp();
    const pending = remote.hang();
    connection.close(new AppError('hub/lost', 'Gone.'));
    await expect(pending).rejects.toMatchObject({ code: 'hub/lost' });
    await expect(remote.add(1, 1)).rejects.toMatchObject({ code: 'hub/lost' });
  });

  it('[RPC4] a signal among the arguments aborts on the other side with its reason', async () => {
    const { remote, log } = setUp();
    const controller = new AbortController();
    const call = remote.waitForAbort(controller.signal);
    await settle();
    controller.abort(new AppError('timeout/total', 'Too long.'));
    expect(await call).toBe('aborted');
    expect(log.abortReason).toMatchObject({ code: 'timeout/total', retryable: true });
  });

  it('[RPC4] a reason that is no AppError arrives as request/aborted', async () => {
    const { remote, log } = setUp();
    const controller = new AbortController();
    const call = remote.waitForAbort(controller.signal);
    await settle();
    controller.abort('because');
    await call;
    expect(log.abortReason).toMatchObject({ code: 'request/aborted' });
  });

  it('[RPC4] a signal that is aborted already stops the call before it is sent', async () => {
    const { remote, log } = setUp();
    await expect(remote.waitForAbort(AbortSignal.abort())).rejects.toMatchObject({ code: 'request/aborted' });
    await settle();
    expect(log.abortReason).toBeUndefined();
  });

  it('[RPC4] the end of the caller aborts the signals of its calls', async () => {
    const { remote, log } = setUp();
    const call = remote.waitForAbort(new AbortController().signal).catch(() => undefined);
    await settle();
    exposed.close();
    await settle();
    expect(log.abortReason).toMatchObject({ code: 'request/aborted' });
    connection.close(new AppError('hub/lost', 'Gone.'));
    await call;
  });

  it('[RPC5] a MessagePort is handed over', async () => {
    const port = await setUp().remote.port();
    const answer = new Promise((resolve) => (port.onmessage = (event) => resolve(event.data)));
    port.postMessage('hi');
    expect(await answer).toBe('echo hi');
    port.close();
  });

  it('[RPC6] messages that are no calls of listed methods are ignored', async () => {
    const { remote, port2 } = setUp();
    const answers: unknown[] = [];
    port2.addEventListener('message', (event) => answers.push(event.data));
    const hostile = [
      'text',
      null,
      { id: '1', type: 'GET', path: ['add'] },
      { id: '2', type: 'APPLY', path: ['constructor'], argumentList: [] },
      { id: '3', type: 'APPLY', path: ['add', 'constructor'], argumentList: [] },
      { id: '4', type: 'SET', path: ['add'], value: { type: 'RAW', value: 1 } },
      { id: '5', type: 'APPLY', path: ['add'], argumentList: [{ type: 'HANDLER', name: 'proxy', value: 1 }] },
      { id: '6', type: 'APPLY', path: ['add'], argumentList: [{ type: 'HANDLER', name: 'throw', value: {} }] },
      { id: '7', type: 'APPLY', path: ['add'], argumentList: [{ type: 'HANDLER', name: 'signal', value: 1 }] },
      { id: '8', type: 'ENDPOINT' },
      { id: '9', type: 'CONSTRUCT', path: ['add'], argumentList: [] },
    ];
    for (const message of hostile) port2.postMessage(message);
    expect(await remote.add(1, 1)).toBe(2);
    expect(answers).toHaveLength(1);
  });
});

describe('streams', () => {
  it('[RPC7] parts arrive in order and the stream ends', async () => {
    const items = await collect(setUp().remote.count(200));
    expect(items).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  it('[RPC8] a producer is never more than the credit ahead of its reader', async () => {
    const { remote, log } = setUp();
    const iterator = remote.count(1000)[Symbol.asyncIterator]();
    await iterator.next();
    await settle();
    expect(log.produced).toBe(STREAM_CREDIT);
    for (let i = 1; i < 100; i += 1) await iterator.next();
    await settle();
    expect(log.produced).toBeGreaterThanOrEqual(100);
    expect(log.produced).toBeLessThanOrEqual(100 + STREAM_CREDIT);
  });

  it('[RPC9] leaving the loop reaches the producer', async () => {
    const { remote, log } = setUp();
    for await (const item of remote.count(1000)) if (item === 3) break;
    await settle();
    expect(log.returned).toBe(1);
    expect(log.produced).toBeLessThanOrEqual(STREAM_CREDIT);
  });

  it('[RPC9] leaving reaches a producer that has nothing to say', async () => {
    const { remote, log } = setUp();
    const iterator = remote.silent()[Symbol.asyncIterator]();
    const next = iterator.next();
    await settle();
    await iterator.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
    await settle();
    expect(log.returned).toBe(1);
  });

  it('[RPC9] leaving an abortable stream aborts it and waits for its end', async () => {
    const { remote, log } = setUp();
    for await (const part of remote.generate({ parts: 1000 })) if (part === 'part 2') break;
    expect(log.generateEnded).toBe(true);
  });

  it('[RPC10] an error of the producer comes after the parts before it, once', async () => {
    const iterator = setUp().remote.countThenFail(40)[Symbol.asyncIterator]();
    const items: number[] = [];
    const error = await (async () => {
      for (;;) {
        const result = await iterator.next();
        if (result.done) return null;
        items.push(result.value);
      }
    })().catch((reason: unknown) => reason);
    expect(items).toHaveLength(40);
    expect(error).toMatchObject({ code: 'stream/truncated', retryable: true, details: { text: 'so far' } });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('[RPC11] the signal of an abortable stream reaches the producer, whose error comes back', async () => {
    const { remote, log } = setUp();
    const controller = new AbortController();
    const parts: string[] = [];
    const error = await (async () => {
      for await (const part of remote.generate({ parts: 1000 }, controller.signal)) {
        parts.push(part);
        if (parts.length === 3) controller.abort();
      }
    })().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'request/aborted' });
    expect(log.generateEnded).toBe(true);
  });

  it('[RPC12] the death of the producer ends the stream after the parts that arrived', async () => {
    const { remote } = setUp();
    const iterator = remote.silent()[Symbol.asyncIterator]();
    const next = iterator.next();
    await settle();
    connection.close(new AppError('hub/lost', 'Gone.'));
    await expect(next).rejects.toMatchObject({ code: 'hub/lost' });
  });

  it('[RPC12] the death of the reader ends the producer', async () => {
    const { remote, log } = setUp();
    void remote
      .silent()
      [Symbol.asyncIterator]()
      .next()
      .catch(() => undefined);
    await settle();
    exposed.close();
    await settle();
    expect(log.returned).toBe(1);
  });

  it('[RPC13] a stream that is never read is never asked for', async () => {
    const { remote, log } = setUp();
    remote.count(5);
    await settle();
    expect(log.produced).toBe(0);
  });
});
