import type { MessageRecord } from '../contracts/conversation.ts';
import type { GeneratePart, WaitProgress } from '../contracts/generation.ts';
import type { ReplyEvent } from '../contracts/hub.ts';
import type { SentRequest } from '../contracts/provider.ts';
import type { Clock } from '../contracts/ports.ts';
import { AppError } from '../errors/index.ts';
import { createJournal } from './journal.ts';
import { truncated } from './model.ts';
import { brokenReply, completeReply, unstoredReply } from './reply-end.ts';
import { createReplyViewers } from './reply-viewers.ts';

/** A reply that is being written. */
export interface LiveReply {
  readonly conversationId: string;
  /** Ends the reply: `request/aborted` as stopped by the user, `hub/lost` as cut. */
  stop(reason: AppError): void;
  /** Resolves with the message as it was stored, or as it should have been; never rejects. */
  readonly ended: Promise<MessageRecord>;
  /** A snapshot, then changes, then `ended`. Viewers do not slow the reply or each other. */
  watch(): AsyncIterableIterator<ReplyEvent>;
}

export interface LiveReplyDeps {
  readonly clock: Clock;
  /** The model's answer; starts when it is iterated. */
  readonly answer: (signal: AbortSignal) => AsyncIterable<GeneratePart>;
  /** Stores the text so far. */
  readonly save: (message: MessageRecord) => Promise<void>;
  /** Stores the ended message. */
  readonly saveEnd: (message: MessageRecord) => Promise<void>;
  /** Stores what left the device for this reply. Called at its end, if anything did. */
  readonly saveSent: (sent: readonly SentRequest[]) => Promise<void>;
}

/** Goes on writing `base`, whose text is what a continued reply had already. */
export function startLiveReply(base: MessageRecord, deps: LiveReplyDeps): LiveReply {
  const controller = new AbortController();
  const viewers = createReplyViewers();
  let text = base.text;
  let reasoning = base.reasoning ?? '';
  const sent: SentRequest[] = [];
  let progress: WaitProgress | null = null;
  let droppedMessages = 0;
  const written = (): MessageRecord => ({ ...base, text, ...(reasoning === '' ? {} : { reasoning }) });
  const journal = createJournal({
    clock: deps.clock,
    write: () => deps.save(written()),
    // The text could not be kept: to write on would be to lose more. Viewers keep what there is.
    onFailed: (error) => controller.abort(AppError.from(error)),
  });

  const take = (part: Exclude<GeneratePart, { type: 'finish' }>): void => {
    if (part.type === 'note') return;
    if (part.type === 'request-sent') {
      sent.push(part.sent);
      return;
    }
    if (part.type === 'progress') progress = part.progress;
    else if (part.type === 'context-trimmed') droppedMessages = part.droppedMessages;
    else {
      if (part.type === 'text-delta') text += part.text;
      else if (part.type === 'text-replaced') text = base.text + part.text;
      else reasoning += part.text;
      progress = null;
      journal.grew();
    }
    viewers.publish(part.type === 'text-replaced' ? { type: 'text-replaced', text } : part);
  };
  const write = async (): Promise<MessageRecord> => {
    try {
      for await (const part of deps.answer(controller.signal)) {
        if (part.type === 'finish') return completeReply(written(), part.result);
        take(part);
      }
      throw truncated(text);
    } catch (error) {
      return brokenReply(written(), AppError.from(error), text.length > base.text.length);
    }
  };
  const run = async (): Promise<MessageRecord> => {
    const message = await write();
    await journal.close();
    // Without it the panel of this reply is empty; the reply itself is what matters.
    if (sent.length > 0) await deps.saveSent(sent).catch(() => undefined);
    const stored = await deps.saveEnd(message).then(
      () => message,
      (error: unknown) => unstoredReply(message, error),
    );
    viewers.end(stored);
    return stored;
  };

  return {
    conversationId: base.conversationId,
    stop: (reason) => controller.abort(reason),
    ended: run(),
    watch: () => viewers.watch({ type: 'snapshot', text, reasoning, progress, droppedMessages }),
  };
}
