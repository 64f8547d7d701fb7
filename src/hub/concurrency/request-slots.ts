import type { Clock } from '../../contracts/ports.ts';
import { AppError } from '../../errors/index.ts';
import { abortErrorOf, onAbort } from '../abort.ts';
import { createThrottle, startTimer } from '../timer.ts';
import { createFairQueue } from './fair-queue.ts';
import { createGates, type Gates, type GatesDeps, type KeyLimits, type SlotTarget } from './gates.ts';
import { isNews, queuePlaces, type QueuePlace } from './queue-places.ts';
import type { Queued } from './turns.ts';
import { createTypicalDurations } from './typical-durations.ts';
import { createWaitHints } from './wait-hints.ts';
import { nextWaiter, notePasses, type Waiter } from './waiter.ts';

export type { KeyLimits, SlotTarget } from './gates.ts';

/** Tokens of a request as far as they are known before it: those of the prompt, and most of the reply. */
export interface ExpectedTokens {
  readonly prompt: number;
  readonly reply: number;
}

/** `caller`: a tab, as a rule. A request that is tried again has the `arrivedMs` of its beginning, and so keeps its place. */
export interface SlotRequest extends SlotTarget, Queued {
  /** Asked only where tokens are limited. */
  readonly expectedTokens: () => ExpectedTokens;
  readonly signal: AbortSignal;
  /** Hears the place in the queue at first and as it changes, at most five times a second; not called when a slot is free. */
  readonly onPlace: (place: QueuePlace) => void;
}

/** A place at a model. */
export interface Slot {
  /** Gives it back, once; with the tokens that the request took where that is known. */
  release(actualTokens?: number): void;
}

/** The places at models: in all, per model and per key, over all tabs, and who gets the next one. */
export interface RequestSlots {
  /**
   * Resolves with a slot; rejects as soon as the signal aborts. Throws `provider/context-too-long` with `details.reason`
   * `tokens-per-minute` for a prompt that no minute of its key has room for.
   */
  acquire(request: SlotRequest): Promise<Slot>;
  /** A request failed there: one that was told to wait is closed for so long. */
  failed(target: SlotTarget, error: AppError): void;
  /** It answered: it need not wait any more. */
  answered(target: SlotTarget): void;
  /** How long this model should not be asked with this key, milliseconds: it was told to wait, or its minute is full. */
  closedForMs(target: SlotTarget): number;
  /** To be called when limits were changed: who may go now goes now. Nobody is sent away. */
  recheck(): void;
  readonly active: number;
  readonly waiting: number;
}

export type RequestSlotsDeps = Omit<GatesDeps, 'keyLimits'> & Partial<Pick<GatesDeps, 'keyLimits'>>;

const TELL_INTERVAL_MS = 200;
const SHORTEST_TIMER_MS = 1;
const NO_LIMITS: KeyLimits = {};

export function createRequestSlots(deps: RequestSlotsDeps): RequestSlots {
  const { clock, keyLimits = () => NO_LIMITS } = deps;
  const gates = createGates({ ...deps, keyLimits });
  const hints = createWaitHints(clock);
  const line = createLine(deps, gates);

  return {
    acquire(request) {
      if (request.signal.aborted) return Promise.reject(abortErrorOf(request.signal));
      const tokens = tokensOf(request, keyLimits(request.model.provider));
      return tokens instanceof AppError ? Promise.reject(tokens) : line.join(request, tokens);
    },
    failed(target, { code, details }) {
      const hintMs = details['retryAfterMs'];
      if (code === 'provider/rate-limited' && typeof hintMs === 'number') hints.note(idOf(target), hintMs);
    },
    answered: (target) => hints.clear(idOf(target)),
    closedForMs: (target) => Math.max(hints.waitMs(idOf(target)), gates.of(target).minute.waitMs(1)),
    recheck: line.admit,
    get active() {
      return gates.overall.held;
    },
    get waiting() {
      return line.size;
    },
  };
}

/** Those who wait, and those who go. */
function createLine({ clock }: Pick<RequestSlotsDeps, 'clock'>, gates: Gates) {
  const queue = createFairQueue<Waiter>(clock);
  const durations = createTypicalDurations();
  const places = createPlaces(clock, () => queuePlaces(queue.inOrder(), gates.overall, durations));
  let cancelWake: (() => void) | null = null;

  const admit = (): void => {
    cancelWake?.();
    cancelWake = null;
    while (queue.size > 0 && !gates.overall.isFull) {
      const { waiter, blocked, inMs } = nextWaiter(queue.candidates());
      if (!waiter) {
        if (inMs !== null) cancelWake = startTimer(clock, Math.max(inMs, SHORTEST_TIMER_MS), admit);
        break;
      }
      queue.serve(waiter);
      waiter.grant();
      notePasses(blocked, waiter);
    }
    if (queue.size > 0) places.changed();
  };
  const takeSlot = ({ gates: { model, key, minute }, modelId, tokens }: Waiter): Slot => {
    const leave = [gates.overall.take(), model.take(), key.take()];
    const correct = minute.take(tokens);
    const sinceMs = clock.monotonicMs();
    let held = true;
    return {
      release(actualTokens) {
        if (!held) return;
        held = false;
        leave.forEach((out) => out());
        if (actualTokens !== undefined) correct(actualTokens);
        durations.observe(modelId, clock.monotonicMs() - sinceMs);
        admit();
      },
    };
  };

  return {
    admit,
    get size() {
      return queue.size;
    },
    join: (request: SlotRequest, tokens: number): Promise<Slot> =>
      new Promise<Slot>((resolve, reject) => {
        const { caller, priority, arrivedMs, model, signal, onPlace } = request;
        const stopListening = onAbort(signal, () => {
          if (queue.leave(waiter)) admit();
          reject(abortErrorOf(signal));
        });
        const waiter: Waiter = {
          ...{ caller, priority, arrivedMs, modelId: model.id, gates: gates.of(request), tokens, onPlace },
          ...{ passes: 0, told: null },
          grant() {
            stopListening();
            resolve(takeSlot(waiter));
          },
        };
        queue.add(waiter);
        admit();
        places.tellNewcomer(waiter);
      }),
  };
}

/** Tells those who wait where they stand. */
function createPlaces(clock: Clock, placesNow: () => Iterable<readonly [Waiter, () => QueuePlace]>) {
  const tell = (waiter: Waiter, place: QueuePlace): void => {
    const atMs = clock.monotonicMs();
    if (!isNews(waiter.told, place, atMs)) return;
    waiter.told = { ...place, atMs };
    waiter.onPlace(place);
  };
  const { request } = createThrottle(clock, TELL_INTERVAL_MS, () => {
    for (const [waiter, placeOf] of placesNow()) tell(waiter, placeOf());
  });
  return {
    changed: request,
    /** At once, if it waits. */
    tellNewcomer(newcomer: Waiter): void {
      for (const [waiter, placeOf] of placesNow()) {
        if (waiter !== newcomer) continue;
        tell(waiter, placeOf());
        return;
      }
    },
  };
}

/** What a request will take of its minute, or why it can't. */
function tokensOf({ model, expectedTokens }: SlotRequest, { tpm }: KeyLimits): number | AppError {
  if (tpm === undefined) return 0;
  const { prompt, reply } = expectedTokens();
  if (prompt <= tpm) return Math.min(prompt + reply, tpm);
  const text = `The request is about ${Math.ceil(prompt)} tokens long, and ${model.provider} may get ${tpm} a minute.`;
  return new AppError('provider/context-too-long', text, {
    details: { reason: 'tokens-per-minute', tokensPerMinute: tpm, promptTokens: Math.ceil(prompt) },
  });
}

function idOf({ model, key }: SlotTarget): string {
  return JSON.stringify([model.id, key]);
}
