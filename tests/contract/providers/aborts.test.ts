import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors/index.ts';
import type { ProviderPart } from '../../../src/providers/provider.ts';
import { failureOf, hear, requestOf, until, useBench } from './bench.ts';
import { SUBJECTS } from './subjects.ts';

/** Within which the server sees that nobody listens any more. */
const SOON_MS = 200;

describe.each(SUBJECTS)('provider contract, aborts: $name', (subject) => {
  const bench = useBench();

  /** A stream that has given its first text and then hangs. */
  async function hanging(controller: AbortController) {
    bench.play(subject, 'stall');
    const stream = bench.adapter(subject).generateStream(requestOf(subject), controller.signal)[Symbol.asyncIterator]();
    const parts: ProviderPart[] = [];
    while (!parts.some((part) => part.type === 'text-delta')) {
      const next = await stream.next();
      if (next.done === true) throw new Error('The stream ended before its first text.');
      parts.push(next.value);
    }
    const rest = hear({ [Symbol.asyncIterator]: () => stream });
    const chat = bench.arrived(subject).at(-1);
    if (!chat) throw new Error('No request arrived.');
    return { rest, chat };
  }

  it('[ADP40] a stall ends with the AppError that the signal is aborted with, and the connection with it', async () => {
    const controller = new AbortController();
    const { rest, chat } = await hanging(controller);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const abortedAt = performance.now();
    const reason = new AppError('timeout/idle', 'Nothing came for a while.');
    controller.abort(reason);
    const { error, reply } = await rest;
    expect(performance.now() - abortedAt).toBeLessThan(SOON_MS);
    expect(error?.code).toBe('timeout/idle');
    expect(reply).toBeUndefined();
    await until(() => chat.outcome === 'aborted', SOON_MS);
  });

  it('[ADP41] an abort during a stream is request/aborted; the server sees the end within 200 ms', async () => {
    const controller = new AbortController();
    const { rest, chat } = await hanging(controller);
    const abortedAt = performance.now();
    controller.abort();
    const { error } = await rest;
    expect(error?.code).toBe('request/aborted');
    await until(() => chat.outcome === 'aborted', SOON_MS);
    expect(performance.now() - abortedAt).toBeLessThan(SOON_MS);
  });

  it('[ADP42] leaving the iteration closes the connection', async () => {
    bench.settle(subject, { chunkIntervalMs: 20, tokens: 1000 });
    const stream = bench.adapter(subject).generateStream(requestOf(subject), new AbortController().signal);
    for await (const part of stream) if (part.type === 'text-delta') break;
    const [chat] = bench.arrived(subject);
    await until(() => chat?.outcome === 'aborted', SOON_MS);
  });

  it('[ADP43] an abort before the start sends nothing', async () => {
    const signal = AbortSignal.abort();
    const streamed = await hear(bench.adapter(subject).generateStream(requestOf(subject), signal));
    expect(streamed.error?.code).toBe('request/aborted');
    const whole = await failureOf(bench.adapter(subject).generateText(requestOf(subject), signal));
    expect(whole.code).toBe('request/aborted');
    const embedded = await failureOf(
      bench.adapter(subject).embed({ model: subject.embeddingModel, input: ['a'] }, signal),
    );
    expect(embedded.code).toBe('request/aborted');
    expect(bench.fakes().control.requests()).toEqual([]);
  });

  it('[ADP44] an abort before the headers ends at once, streamed and not', async () => {
    bench.settle(subject, { latencyMs: 5000 });
    for (const ask of ['generateStream', 'generateText'] as const) {
      const controller = new AbortController();
      const adapter = bench.adapter(subject);
      const done =
        ask === 'generateStream'
          ? hear(adapter.generateStream(requestOf(subject), controller.signal)).then(({ error }) => error)
          : failureOf(adapter.generateText(requestOf(subject), controller.signal));
      await until(() => bench.fakes().control.metrics().openRequests === 1);
      const abortedAt = performance.now();
      controller.abort();
      expect((await done)?.code).toBe('request/aborted');
      expect(performance.now() - abortedAt).toBeLessThan(SOON_MS);
      await until(() => bench.fakes().control.metrics().openRequests === 0, SOON_MS);
    }
  });

  it('[ADP45] an abort while a whole answer hangs half-way ends at once', async () => {
    bench.play(subject, 'stall');
    const controller = new AbortController();
    const done = failureOf(bench.adapter(subject).generateText(requestOf(subject), controller.signal));
    await until(() => bench.arrived(subject).some((request) => request.status === 200));
    controller.abort(new AppError('timeout/total', 'It took too long.'));
    expect((await done).code).toBe('timeout/total');
    await until(() => bench.fakes().control.metrics().openRequests === 0, SOON_MS);
  });
});
