import type { EngineGenerateRequest } from '../contracts/engine.ts';
import type { LoadedModel } from './loaded-model.ts';
import { encodeReply } from './text/encode-chat.ts';
import { createStopStrings } from './text/stop-strings.ts';
import { createTokenText } from './text/token-text.ts';

export interface ReplyText {
  readonly text: string;
  /** A stop string was reached; the text ends before it. */
  readonly isStopped: boolean;
}

/** A reply while it is written: its tokens, and the text that may be shown of them. */
export interface Reply {
  tokenCount(): number;
  /** All text given out so far, without what the message had before when it is continued. */
  text(): string;
  add(token: number): ReplyText;
  /** What was held back: no more tokens come. */
  end(): ReplyText;
  /** Keeps the tokens for the next prompt, where the text given out is exactly theirs. */
  remember(): void;
}

export function createReply(
  model: Pick<LoadedModel, 'tokenizer' | 'replies'>,
  { messages, continueLast = false, stop = [] }: EngineGenerateRequest,
): Reply {
  const { tokenizer, replies } = model;
  const before = continueLast ? (messages.at(-1)?.content ?? '') : '';
  const tokensBefore = continueLast ? encodeReply(before, tokenizer, replies) : [];
  const tokenText = createTokenText(tokenizer);
  const stops = createStopStrings(stop);
  const tokens: number[] = [];
  let given = '';
  let isCut = false;

  function give(certain: string): ReplyText {
    const pushed = stops.push(certain);
    given += pushed.text;
    isCut ||= pushed.isStopped;
    return pushed;
  }

  return {
    tokenCount: () => tokens.length,
    text: () => given,
    add: (token) => {
      tokens.push(token);
      return give(tokenText.push(token));
    },
    end: () => {
      const pushed = give(tokenText.flush());
      if (pushed.isStopped) return pushed;
      const rest = stops.flush();
      given += rest;
      return { text: pushed.text + rest, isStopped: false };
    },
    remember: () => {
      const isHeldBack = tokenText.isHolding() || stops.isHolding();
      if (isCut || isHeldBack || tokens.length === 0) return;
      replies.remember(before + given, [...tokensBefore, ...tokens]);
    },
  };
}
