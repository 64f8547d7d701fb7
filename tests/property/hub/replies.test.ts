import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MessageRecord } from '../../../src/contracts/conversation.ts';
import type { ReplyEvent } from '../../../src/contracts/hub.ts';
import { PROTOCOL_VERSION } from '../../../src/contracts/hub.ts';
import { AppError } from '../../../src/errors/index.ts';
import {
  collect,
  createWorld,
  textOf,
  type Collected,
  type EngineFault,
  type World,
} from '../../doubles/hub-doubles.ts';

const TOKENS = 6;
const WORDS = Array.from({ length: TOKENS }, () => 'word ');

const fault: fc.Arbitrary<EngineFault> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<EngineFault>({ kind: 'none' }) },
  fc.record({
    kind: fc.constantFrom('dies-at' as const, 'hangs-at' as const, 'truncates-at' as const),
    token: fc.nat(TOKENS - 1),
  }),
  fc.constantFrom<EngineFault>(
    { kind: 'start-fails' },
    { kind: 'start-hangs' },
    { kind: 'load-dies' },
    { kind: 'load-corrupt' },
    { kind: 'out-of-memory' },
  ),
);

type Operation =
  | { readonly type: 'send' | 'stop' | 'continue' | 'regenerate' | 'delete' | 'close-tab'; readonly at: number }
  | { readonly type: 'attach-tab' }
  | { readonly type: 'advance'; readonly ms: number };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constantFrom(
        'send' as const,
        'send' as const,
        'stop' as const,
        'continue' as const,
        'regenerate' as const,
      ),
      at: fc.nat(10),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constantFrom('close-tab' as const, 'delete' as const), at: fc.nat(10) }),
  },
  { weight: 2, arbitrary: fc.constant<Operation>({ type: 'attach-tab' }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('advance' as const), ms: fc.nat(400) }) },
);

/** One start of a reply, as a viewer that was there from the beginning saw it. */
interface Run {
  readonly replyId: string;
  readonly viewer: Collected<ReplyEvent>;
}

interface History {
  readonly runs: Run[];
  readonly conversations: string[];
  readonly openTabs: Set<World['tabs'][number]>;
}

function pick<T>(list: readonly T[], at: number): T | undefined {
  return list[at % Math.max(1, list.length)];
}

/** What can't be done now is refused as such; everything else would be a bug. */
async function allowed<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (AppError.from(error).code !== 'provider/bad-request') throw error;
    return null;
  }
}

async function perform(world: World, history: History, operation: Operation): Promise<void> {
  const { api } = world.hub;
  const begun = async (started: ReturnType<typeof api.continueReply>): Promise<void> => {
    const sent = await allowed(started);
    if (!sent) return;
    history.runs.push({ replyId: sent.replyId, viewer: collect(api.watchReply(sent.replyId)) });
    history.conversations.push(sent.conversationId);
  };
  const replyId = 'at' in operation ? (pick(history.runs, operation.at)?.replyId ?? null) : null;
  switch (operation.type) {
    case 'send': {
      const conversationId = operation.at % 3 === 0 ? null : (pick(history.conversations, operation.at) ?? null);
      return begun(api.sendMessage({ conversationId, text: 'Hi' }));
    }
    case 'continue':
      return replyId === null ? undefined : begun(api.continueReply(replyId));
    case 'regenerate':
      return replyId === null ? undefined : begun(api.regenerateReply(replyId));
    case 'stop':
      return replyId === null ? undefined : api.stopReply(replyId);
    case 'delete': {
      const id = pick(history.conversations, operation.at);
      if (id !== undefined && operation.at % 4 === 0) await allowed(api.deleteConversation(id));
      return;
    }
    case 'close-tab': {
      const tab = pick([...history.openTabs], operation.at);
      if (!tab) return;
      history.openTabs.delete(tab);
      tab.close();
      return;
    }
    case 'attach-tab':
      history.openTabs.add(world.addTab());
      return;
    case 'advance':
      return world.clock.advance(operation.ms);
  }
}

/** Every token in one run comes from one generation, in order from its first: nothing lost, doubled or mixed. */
function checkText(text: string, sent: readonly string[]): void {
  if (text === '') return;
  expect(sent.some((generation) => generation.startsWith(text))).toBe(true);
}

describe('replies', () => {
  it('[REP20] every reply ends exactly once, stored as its viewers saw it, with what the engine sent, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(operation, { minLength: 1, maxLength: 40, size: 'max' }),
        fc.array(fault, { maxLength: 10, size: 'max' }),
        async (operations, faults) => {
          const world = createWorld({ numbered: true, tokens: WORDS, faults });
          const history: History = { runs: [], conversations: [], openTabs: new Set() };
          history.openTabs.add(world.addTab());
          for (const step of operations) {
            const performed = perform(world, history, step);
            await world.clock.advance(0);
            await performed;
          }
          world.script = { ...world.script, faults: [] };
          world.addTab();
          // An engine that hangs is a matter of its heartbeat, which is the engine connection's.
          for (let round = 0; round < 20; round += 1) {
            await world.clock.advance(5000);
            world.tabs.flatMap((tab) => tab.engines).forEach((engine) => engine.busy > 0 && engine.die());
          }
          await checkHistory(world, history);
        },
      ),
      { numRuns: 400 },
    );
  });
});

async function checkHistory(world: World, { runs }: History): Promise<void> {
  const engines = world.tabs.flatMap((tab) => tab.engines);
  const sent = engines.flatMap((engine) => engine.sent);
  expect(engines.every((engine) => engine.overlaps === 0)).toBe(true);
  const { conversations } = world.stores;
  for (const { replyId, viewer } of runs) {
    expect(viewer.error).toBe(null);
    expect(viewer.items.filter((event) => event.type === 'ended')).toHaveLength(1);
    const ended = (viewer.items.at(-1) as { readonly message: MessageRecord }).message;
    expect(ended.status).not.toBe('streaming');
    const base = viewer.items[0]?.type === 'snapshot' ? viewer.items[0].text : '';
    expect(ended.text.startsWith(base)).toBe(true);
    expect(textOf(viewer.items)).toBe(ended.text);
    checkText(ended.text.slice(base.length), sent);
    if (ended.status === 'complete') expect(ended.text.slice(base.length).trim().split(' ')).toHaveLength(TOKENS);
    const ends = conversations.writes.filter(({ message }) => message.id === replyId && message.status !== 'streaming');
    expect(ends).toHaveLength(runs.filter((run) => run.replyId === replyId).length);
    expect(ends.some(({ message }) => message === ended)).toBe(true);
  }
  expect(await conversations.listStreamingMessages()).toEqual([]);
  // Nothing is left in progress: the hub can go.
  world.hub.hello({ protocol: PROTOCOL_VERSION, build: 'next', tabId: 'x', engineThreads: 1 });
  await world.hub.whenRetired;
}
