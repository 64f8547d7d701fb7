import type { MessageRecord } from '../../contracts/conversation.ts';

/** Where a message stands among the versions of itself: answers to one question, or edits of one message. */
export interface BranchPosition {
  /** Oldest first, the message itself included. */
  readonly siblingIds: readonly string[];
  /** 0-based. */
  readonly index: number;
}

/** The position of every message, by id. `messages` are oldest first. */
export function branchPositions(messages: readonly MessageRecord[]): ReadonlyMap<string, BranchPosition> {
  const families = new Map<string, string[]>();
  for (const message of messages) {
    const key = `${message.parentId ?? ''} ${message.role}`;
    const family = families.get(key);
    if (family) family.push(message.id);
    else families.set(key, [message.id]);
  }
  const positions = new Map<string, BranchPosition>();
  for (const siblingIds of families.values()) {
    siblingIds.forEach((id, index) => positions.set(id, { siblingIds, index }));
  }
  return positions;
}

/** `next` with the objects of `previous` wherever nothing changed, so that unchanged messages are not drawn again. */
export function keepUnchanged(
  previous: readonly MessageRecord[],
  next: readonly MessageRecord[],
): readonly MessageRecord[] {
  const known = new Map(previous.map((message) => [message.id, message]));
  return next.map((message) => {
    const old = known.get(message.id);
    return old && sameMessage(old, message) ? old : message;
  });
}

function sameMessage(a: MessageRecord, b: MessageRecord): boolean {
  return (
    a.text === b.text &&
    a.reasoning === b.reasoning &&
    a.status === b.status &&
    a.parentId === b.parentId &&
    a.model === b.model &&
    a.hubId === b.hubId &&
    JSON.stringify([a.result, a.error]) === JSON.stringify([b.result, b.error])
  );
}
