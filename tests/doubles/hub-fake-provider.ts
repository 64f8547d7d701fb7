import type { Clock, Fetch } from '../../src/contracts/ports.ts';

/** `limited`: 429 at first, then well. `refused`: 429 always, without a hint. `cut`: ends after its first text. `reset`: breaks before it. */
export type FakeAnswer = 'ok' | 'limited' | 'refused' | 'cut' | 'reset' | 'stalled';

export interface FakeExchange {
  readonly prompt: string;
  readonly atMs: number;
  status: number;
  /** `completed` once its last byte was read, `aborted` when the other side left before. */
  outcome: 'open' | 'completed' | 'cut' | 'aborted';
  /** Reported tokens, input and output; 0 until they were sent. */
  tokens: number;
}

/** A provider behind a fake fetch: Chat Completions as a stream, in the time of a fake clock. */
export interface FakeProviderServer {
  readonly fetch: Fetch;
  readonly log: FakeExchange[];
  readonly open: number;
  /** Most that were open at once. */
  readonly mostOpen: number;
}

export interface FakePlan {
  readonly answer: FakeAnswer;
  readonly latencyMs: number;
  readonly input: number;
  readonly output: number;
}

const encoder = new TextEncoder();

export function createFakeProviderServer(clock: Clock, planOf: (prompt: string) => FakePlan): FakeProviderServer {
  const log: FakeExchange[] = [];
  let mostOpen = 0;
  const open = (): number => log.filter(({ outcome }) => outcome === 'open').length;

  const fetch: Fetch = async (_address, init = {}) => {
    const { messages } = JSON.parse(init.body as string) as { messages: readonly { content: string }[] };
    const prompt = messages.at(-1)?.content ?? '';
    const plan = planOf(prompt);
    const isFirst = !log.some((earlier) => earlier.prompt === prompt);
    const exchange: FakeExchange = { prompt, atMs: clock.monotonicMs(), status: 200, outcome: 'open', tokens: 0 };
    log.push(exchange);
    mostOpen = Math.max(mostOpen, open());
    const signal = init.signal ?? new AbortController().signal;
    const pause = (ms: number): Promise<void> =>
      clock.sleep(ms, signal).catch((error: unknown) => {
        exchange.outcome = 'aborted';
        throw error;
      });
    await pause(plan.latencyMs);
    if (plan.answer === 'refused' || (plan.answer === 'limited' && isFirst)) {
      Object.assign(exchange, { status: 429, outcome: 'completed' });
      return new Response('{"error":{"message":"Slow down.","code":"rate_limit_exceeded"}}', {
        status: 429,
        headers: { 'content-type': 'application/json', ...(isFirst ? { 'retry-after-ms': '200' } : {}) },
      });
    }
    return new Response(bodyOf(plan, exchange, pause), { headers: { 'content-type': 'text/event-stream' } });
  };
  return {
    fetch,
    log,
    get open() {
      return open();
    },
    get mostOpen() {
      return mostOpen;
    },
  };
}

function bodyOf(plan: FakePlan, exchange: FakeExchange, pause: (ms: number) => Promise<void>): ReadableStream {
  const send = async (to: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const say = (chunk: object): void => to.enqueue(encoder.encode(`data: ${JSON.stringify(chunk)}\n\n`));
    const delta = (content: string): object => ({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
    if (plan.answer === 'reset') {
      exchange.outcome = 'cut';
      throw new TypeError('network error');
    }
    say(delta('Hello'));
    if (plan.answer === 'stalled') await pause(100_000_000);
    await pause(plan.latencyMs);
    if (plan.answer === 'cut') {
      exchange.outcome = 'cut';
      to.close();
      return;
    }
    say(delta(' you.'));
    say({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
    const usage = { prompt_tokens: plan.input, completion_tokens: plan.output };
    say({ choices: [], usage: { ...usage, total_tokens: plan.input + plan.output } });
    to.enqueue(encoder.encode('data: [DONE]\n\n'));
    Object.assign(exchange, { outcome: 'completed', tokens: plan.input + plan.output });
    to.close();
  };
  return new ReadableStream<Uint8Array>({
    start(to) {
      send(to).catch((error: unknown) => to.error(error));
    },
    cancel() {
      if (exchange.outcome === 'open') exchange.outcome = 'aborted';
    },
  });
}
