import type { RequestPriority } from '../../src/contracts/generation.ts';
import { createRequestSlots, type RequestSlots, type Slot } from '../../src/hub/concurrency/request-slots.ts';
import type { KeyLimits } from '../../src/hub/concurrency/gates.ts';
import type { QueuePlace } from '../../src/hub/concurrency/queue-places.ts';
import { createFakeClock, type FakeClock } from './hub-fake-ports.ts';

/** What a test asks for; everything has a plain default. */
export interface Ask {
  readonly caller?: string;
  readonly priority?: RequestPriority;
  readonly model?: string;
  /** Of the model, at once. */
  readonly concurrency?: number;
  readonly provider?: string;
  readonly key?: string | null;
  /** Of the prompt. */
  readonly tokens?: number;
  readonly reply?: number;
  readonly arrivedMs?: number;
}

export interface Asked {
  readonly ask: Ask;
  readonly number: number;
  readonly places: QueuePlace[];
  slot: Slot | null;
  grantedAtMs: number;
  error: unknown;
  abort(): void;
  readonly settled: Promise<void>;
}

/** Request slots whose limits a test sets, and who asked for them. */
export interface SlotWorld {
  readonly clock: FakeClock;
  readonly slots: RequestSlots;
  most: number;
  readonly keyLimits: Map<string, KeyLimits>;
  /** Numbers of those that got a slot, in order. */
  readonly granted: number[];
  ask(ask?: Ask): Asked;
}

export function createSlotWorld(most = 1): SlotWorld {
  const clock = createFakeClock();
  const keyLimits = new Map<string, KeyLimits>();
  const granted: number[] = [];
  let asked = 0;
  const slots = createRequestSlots({
    clock,
    limits: () => ({ maxConcurrentRequests: world.most }),
    keyLimits: (provider) => keyLimits.get(provider) ?? {},
  });
  const world: SlotWorld = {
    clock,
    slots,
    most,
    keyLimits,
    granted,
    ask(ask = {}) {
      const controller = new AbortController();
      const number = asked;
      asked += 1;
      const { model = 'm', concurrency = 1000, provider = 'p', key = 'K', tokens = 1 } = ask;
      const places: QueuePlace[] = [];
      const acquired = slots.acquire({
        model: { id: model, provider, concurrency },
        key,
        caller: ask.caller ?? 'tab',
        priority: ask.priority ?? 'interactive',
        arrivedMs: ask.arrivedMs ?? clock.monotonicMs(),
        expectedTokens: () => ({ prompt: tokens, reply: ask.reply ?? 0 }),
        signal: controller.signal,
        onPlace: (place) => places.push(place),
      });
      const one: Asked = {
        ask,
        number,
        places,
        slot: null,
        grantedAtMs: 0,
        error: null,
        abort: () => controller.abort(),
        settled: acquired.then(
          (slot) => {
            one.slot = slot;
            one.grantedAtMs = clock.monotonicMs();
            granted.push(number);
          },
          (error: unknown) => {
            one.error = error;
          },
        ),
      };
      return one;
    },
  };
  return world;
}
