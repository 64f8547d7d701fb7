import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RequestPriority } from '../../../src/contracts/generation.ts';
import { AGING_MS, MOST_PASSED_OVER } from '../../../src/hub/concurrency/fair-queue.ts';
import { flush } from '../../doubles/hub-doubles.ts';
import { createSlotWorld, type Asked, type SlotWorld } from '../../doubles/hub-slots.ts';

const CALLERS = ['a', 'b', 'c', 'd'];
const KEYS = ['K1', 'K2'];
const MINUTE_MS = 60_000;

interface Step {
  readonly do: 'ask' | 'abort' | 'wait' | 'limit' | 'key-limits';
  readonly at: number;
  readonly background: boolean;
  readonly tokens: number;
}

const stepsOf = (most: number) =>
  fc.array(
    fc.record<Step>({
      do: fc.oneof(
        { weight: 6, arbitrary: fc.constant<Step['do']>('ask') },
        { weight: 1, arbitrary: fc.constantFrom<Step['do']>('abort', 'wait', 'limit', 'key-limits') },
      ),
      at: fc.nat(1000),
      background: fc.boolean(),
      tokens: fc.integer({ min: 1, max: 100 }),
    }),
    { minLength: 5, maxLength: most, size: 'max' },
  );

interface Begun {
  readonly key: string;
  readonly atMs: number;
  /** The estimate at first, then the truth. */
  tokens: number;
}

/** What the limiter may do, said anew and simply. Hears of everything in the order in which it happens. */
function createModel(world: SlotWorld) {
  const waiting = new Map<number, Asked>();
  const held = new Map<number, Asked>();
  const begun: Begun[] = [];
  const turns = new Map<string, number>();
  let passedOver = 0;
  let turn = 0;
  /** When it happened: it may be heard of later. */
  let nowMs = 0;

  const keyOf = ({ ask }: Asked): string => ask.key ?? '';
  const classOf = ({ ask }: Asked): RequestPriority => ask.priority ?? 'interactive';
  const sameTarget = (a: Asked, b: Asked): boolean => a.ask.model === b.ask.model && a.ask.key === b.ask.key;
  const isAged = ({ ask }: Asked): boolean => nowMs - (ask.arrivedMs ?? 0) >= AGING_MS;
  const turnOf = (one: Asked): number => turns.get(`${classOf(one)} ${one.ask.caller}`) ?? 0;
  const holds = (is: (one: Asked) => boolean): number => [...held.values()].filter(is).length;
  const lately = (key: string): readonly Begun[] =>
    begun.filter((one) => one.key === key && nowMs - one.atMs < MINUTE_MS);
  const limits = () => world.keyLimits.get('p') ?? {};

  const checkLimits = (one: Asked): void => {
    expect(held.size).toBeLessThanOrEqual(world.most);
    expect(holds((other) => keyOf(other) === keyOf(one))).toBeLessThanOrEqual(limits().maxConcurrent ?? 1000);
    expect(holds((other) => other.ask.model === one.ask.model)).toBeLessThanOrEqual(one.ask.concurrency ?? 1000);
    const minute = lately(keyOf(one));
    expect(minute.length).toBeLessThanOrEqual(limits().rpm ?? 1000);
    expect(minute.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(limits().tpm ?? 1_000_000);
  };
  const checkOrder = (one: Asked): void => {
    for (const other of waiting.values()) {
      if (!sameTarget(one, other)) continue;
      if (classOf(other) === classOf(one)) {
        if (other.ask.caller === one.ask.caller) expect(one.number, 'the oldest of a tab').toBeLessThan(other.number);
        // A background one that has waited long goes before one that has not, whosever turn it is.
        else if (classOf(one) === 'interactive' || isAged(other)) {
          expect(turnOf(one), 'whoever was served longest ago').toBeLessThanOrEqual(turnOf(other));
        }
      } else if (classOf(one) === 'background') {
        expect([isAged(one), passedOver >= MOST_PASSED_OVER], 'interactive first').toEqual([true, true]);
      } else if (isAged(other)) {
        expect(passedOver, 'background is not passed over for ever').toBeLessThan(MOST_PASSED_OVER);
      }
    }
  };

  return {
    waiting,
    held,
    asked: (one: Asked) => waiting.set(one.number, one),
    left(one: Asked) {
      waiting.delete(one.number);
      if (![...waiting.values()].some((other) => classOf(other) === 'background')) passedOver = 0;
    },
    granted(one: Asked) {
      nowMs = one.grantedAtMs;
      expect(waiting.delete(one.number), 'nobody is served twice').toBe(true);
      checkOrder(one);
      held.set(one.number, one);
      begun.push({ key: keyOf(one), atMs: nowMs, tokens: one.ask.tokens ?? 0 });
      checkLimits(one);
      turn += 1;
      turns.set(`${classOf(one)} ${one.ask.caller}`, turn);
      const backgroundWaits = [...waiting.values()].some((other) => classOf(other) === 'background');
      passedOver = classOf(one) === 'background' || !backgroundWaits ? 0 : passedOver + 1;
    },
    released(one: Asked) {
      held.delete(one.number);
    },
    /** Somebody waits for whom all is open. */
    idlers(): readonly Asked[] {
      nowMs = world.clock.monotonicMs();
      if (held.size >= world.most) return [];
      return [...waiting.values()].filter((one) => {
        const begunLately = begun.filter(({ key, atMs }) => key === keyOf(one) && nowMs - atMs < MINUTE_MS + 500);
        const heldByKey = holds((other) => keyOf(other) === keyOf(one));
        return heldByKey < (limits().maxConcurrent ?? 1000) && begunLately.length < (limits().rpm ?? 1000);
      });
    },
  };
}

interface Kind {
  readonly models: readonly { readonly model: string; readonly concurrency: number }[];
  readonly keyLimits: (at: number) => { maxConcurrent?: number; rpm?: number; tpm?: number };
  /** With these limits nobody may wait where there is room. */
  readonly strict: boolean;
}

/** Plays a script; requests end in the order that the scheduler chooses. Ends when nobody waits any more. */
async function play(s: fc.Scheduler, script: readonly Step[], kind: Kind): Promise<void> {
  const world = createSlotWorld(2);
  world.keyLimits.set('p', kind.keyLimits(0));
  const model = createModel(world);
  const all: Asked[] = [];
  let counted = 0;
  let newest = -1;

  const hear = async (): Promise<void> => {
    await flush();
    // Whoever left made room for those who were served.
    for (const one of all) if (one.error) model.left(one);
    const served = world.granted.slice(counted);
    counted = world.granted.length;
    // Before somebody asked, nobody could go: they were first, though their promise had no listener yet.
    for (const number of served.toSorted((a, b) => Number(b === newest) - Number(a === newest))) {
      const one = all[number];
      if (!one) throw new Error('Somebody got a slot who never asked.');
      model.granted(one);
      void s.schedule(Promise.resolve(), `end of ${one.number}`).then(() => {
        model.released(one);
        one.slot?.release(one.ask.tokens);
      });
    }
    expect([world.slots.active, world.slots.waiting]).toEqual([model.held.size, model.waiting.size]);
    if (kind.strict) expect(model.idlers().map(({ number }) => number)).toEqual([]);
  };
  let playing = Promise.resolve();
  const run = async (step: Step): Promise<void> => {
    const { at } = step;
    newest = -1;
    if (step.do === 'ask') {
      const one = world.ask({
        caller: CALLERS[at % CALLERS.length] ?? '',
        priority: step.background ? 'background' : 'interactive',
        key: KEYS[at % KEYS.length] ?? null,
        tokens: step.tokens,
        arrivedMs: world.clock.monotonicMs(),
        ...kind.models[at % kind.models.length],
      });
      all.push(one);
      model.asked(one);
      newest = one.number;
    } else if (step.do === 'abort') all[at % Math.max(1, all.length)]?.abort();
    else if (step.do === 'wait') await world.clock.advance(at * 20);
    else if (step.do === 'limit') {
      world.most = 1 + (at % 5);
      world.slots.recheck();
    } else {
      world.keyLimits.set('p', kind.keyLimits(at));
      world.slots.recheck();
    }
  };

  const steps = s.scheduleSequence(
    script.map((step) => ({ builder: () => (playing = run(step)), label: JSON.stringify(step) })),
  );
  for (let idle = 0; idle < 400 && (s.count() > 0 || model.waiting.size > 0);) {
    if (s.count() > 0) await s.waitNext(1);
    else {
      idle += 1;
      newest = -1;
      await world.clock.advance(20_000);
    }
    await flush();
    await playing;
    await hear();
  }
  expect(steps.faulty, 'every step was played').toBe(false);
  expect([world.slots.active, world.slots.waiting, model.waiting.size]).toEqual([0, 0, 0]);
  for (const one of all) expect(one.slot !== null, `${one.number} ended once`).toBe(one.error === null);
}

describe('request slots', () => {
  it('[CON1] [CON2] [CON3] [CON4] [CON6] never exceed a limit, never leave a slot unused, and serve in order, whatever changes', async () => {
    const kind: Kind = {
      models: [{ model: 'm', concurrency: 1000 }],
      keyLimits: (at) => ({ maxConcurrent: 1 + (at % 3), ...(at % 2 === 0 ? { rpm: 2 + (at % 7) } : {}) }),
      strict: true,
    };
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), stepsOf(50), (s, script) => play(s, script, kind)),
      { numRuns: 100 },
    );
  });

  it('[CON1] [CON6] [CON7] keep models, keys, requests and tokens within their limits together, and always drain', async () => {
    const kind: Kind = {
      models: [
        { model: 'one', concurrency: 1 },
        { model: 'two', concurrency: 2 },
        { model: 'three', concurrency: 3 },
      ],
      keyLimits: (at) => ({ maxConcurrent: 1 + (at % 3), rpm: 3 + (at % 5), tpm: 100 + (at % 150) }),
      strict: false,
    };
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), stepsOf(40), (s, script) => play(s, script, kind)),
      { numRuns: 100 },
    );
  });
});
