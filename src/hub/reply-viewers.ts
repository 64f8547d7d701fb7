import type { MessageRecord } from '../contracts/conversation.ts';
import type { ReplyEvent } from '../contracts/hub.ts';
import { absorbParts } from './absorb-parts.ts';
import { createAsyncQueue, type AsyncQueue } from './async-queue.ts';

/** The viewers of one reply, each at its own pace: a slow one gets more text at once, and no stale progress. */
export interface ReplyViewers {
  publish(event: ReplyEvent): void;
  /** Ends all viewers; later ones get `ended` at once. */
  end(message: MessageRecord): void;
  watch(snapshot: ReplyEvent): AsyncIterableIterator<ReplyEvent>;
}

export function createReplyViewers(): ReplyViewers {
  const viewers = new Set<AsyncQueue<ReplyEvent>>();
  let ended: ReplyEvent | null = null;

  return {
    publish: (event) => viewers.forEach((viewer) => viewer.push(event)),
    end(message) {
      ended = { type: 'ended', message };
      for (const viewer of viewers) {
        viewer.push(ended);
        viewer.end();
      }
      viewers.clear();
    },
    watch(snapshot) {
      const viewer = createAsyncQueue<ReplyEvent>({ absorb: absorbParts, onReturn: () => viewers.delete(viewer) });
      viewer.push(snapshot);
      if (ended) {
        viewer.push(ended);
        viewer.end();
      } else viewers.add(viewer);
      return viewer;
    },
  };
}
