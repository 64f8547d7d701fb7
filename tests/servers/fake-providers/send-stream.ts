import { setImmediate } from 'node:timers/promises';
import { pause, resetConnection, sendHead, type Exchange } from './exchange.ts';
import { STAMP } from './reply-plan.ts';
import { preciseNow } from './request-log.ts';
import type { ScenarioName } from './scenarios.ts';
import type { Step } from './stream-script.ts';

/** Plays a stream's steps. Resolves when all was sent or the connection is gone. */
export async function sendStream(
  exchange: Exchange,
  headers: Readonly<Record<string, string>>,
  steps: readonly Step[],
  scenario: ScenarioName,
): Promise<void> {
  sendHead(exchange, 200, { 'Content-Type': 'text/event-stream', ...headers });
  exchange.response.flushHeaders();
  const body = createBodySender(exchange, scenario);
  const waitForTurn = createPacer(exchange);
  for (const step of steps) {
    if (exchange.closed.aborted) return;
    if (step.type === 'reset') return resetSoon(exchange);
    if (step.type === 'stall') return untilClosed(exchange);
    if (step.type === 'wait-slowly') await pause(exchange, exchange.settings.slowMs);
    else {
      if (step.paced) await waitForTurn();
      if (!(await body.send(step.text))) return;
    }
  }
  exchange.response.end();
}

/** Sends what is written first, as the client is to have it. */
async function resetSoon(exchange: Exchange): Promise<void> {
  await pause(exchange, 20);
  resetConnection(exchange);
}

function untilClosed(exchange: Exchange): Promise<void> {
  return new Promise((resolve) => {
    if (exchange.closed.aborted) resolve();
    else exchange.closed.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Keeps the interval on average, though timers are late. */
function createPacer(exchange: Exchange): () => Promise<void> {
  const { chunkIntervalMs } = exchange.settings;
  let dueAt = performance.now();
  return async () => {
    if (chunkIntervalMs <= 0) return;
    await pause(exchange, dueAt - performance.now());
    dueAt += chunkIntervalMs;
  };
}

const SPLIT_PAUSE_MS = 10;

interface BodySender {
  /** False when the connection is gone, or was dropped here. */
  send(text: string): Promise<boolean>;
}

function createBodySender(exchange: Exchange, scenario: ScenarioName): BodySender {
  const { response, settings, entry } = exchange;
  const every = scenario === 'split-everywhere' ? 1 : settings.splitEvery;
  let offset = 0;

  const write = async (bytes: Uint8Array): Promise<boolean> => {
    if (exchange.closed.aborted) return false;
    offset += bytes.length;
    entry.change({ sentBytes: offset });
    if (!response.write(bytes)) {
      await new Promise<void>((resolve) => {
        response.once('drain', resolve);
        exchange.closed.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    return !exchange.closed.aborted;
  };
  const dropAt = settings.dropAfterBytes;
  return {
    async send(text) {
      const whole = Buffer.from(text.replaceAll(STAMP, () => `${preciseNow().toFixed(3)} `));
      const room = dropAt === null ? whole.length : Math.min(whole.length, dropAt - offset);
      const pieces = split(whole.subarray(0, room), offset, settings.splitAt, every);
      for (const piece of pieces) {
        if (!(await write(piece))) return false;
        // Clients join what lies ready when they read: a chosen place is waited at, so that they see it.
        if (settings.splitAt.includes(offset)) await pause(exchange, SPLIT_PAUSE_MS);
        else if (pieces.length > 1) await setImmediate();
      }
      if (dropAt === null || offset < dropAt) return true;
      await resetSoon(exchange);
      return false;
    },
  };
}

/** Cuts bytes that begin at `offset` of the body at the given places, and into parts of `every` bytes. */
export function split(
  bytes: Uint8Array,
  offset: number,
  places: readonly number[],
  every: number,
): readonly Uint8Array[] {
  const cuts = new Set(places.map((place) => place - offset));
  if (every > 0) for (let at = every - (offset % every); at < bytes.length; at += every) cuts.add(at);
  const inside = [...cuts].filter((at) => at > 0 && at < bytes.length).sort((a, b) => a - b);
  return [0, ...inside].map((start, index) => bytes.subarray(start, inside[index] ?? bytes.length));
}
