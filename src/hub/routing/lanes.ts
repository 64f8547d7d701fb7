import { AppError } from '../../errors/index.ts';

/** One way on which a request is under way; a hedged request has two. */
export interface Lane {
  /** Aborts with the request, or with `request/aborted` once another lane has won. */
  readonly signal: AbortSignal;
  readonly fate: 'open' | 'won' | 'lost';
  /** Its first text is about to reach the caller, or its answer: all other lanes end now. Does nothing on a lane that lost. */
  win(): void;
}

/** The lanes of one request. At most one of them ever wins. */
export interface Lanes {
  open(): Lane;
  /** Resolves when one has won. */
  readonly won: Promise<void>;
}

/** The lane of a request that has no other. */
export function onlyLane(signal: AbortSignal): Lane {
  return { signal, fate: 'won', win: () => undefined };
}

export function createLanes(request: AbortSignal): Lanes {
  const controllers = new Map<Lane, AbortController>();
  let winner: Lane | null = null;
  let tellWon: () => void = () => undefined;
  const won = new Promise<void>((resolve) => (tellWon = resolve));

  const win = (lane: Lane): void => {
    if (winner) return;
    winner = lane;
    for (const [other, controller] of controllers) {
      if (other !== lane) controller.abort(new AppError('request/aborted', 'Another model answered first.'));
    }
    tellWon();
  };
  return {
    won,
    open() {
      const controller = new AbortController();
      const lane: Lane = {
        signal: AbortSignal.any([request, controller.signal]),
        get fate() {
          return winner === null ? 'open' : winner === lane ? 'won' : 'lost';
        },
        win: () => win(lane),
      };
      controllers.set(lane, controller);
      return lane;
    },
  };
}
