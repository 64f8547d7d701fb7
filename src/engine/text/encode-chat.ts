import type { ChatMessage } from '../../contracts/generation.ts';
import type { ChatTokenizer } from './chat-tokenizer.ts';
import type { ReplyMemory } from './reply-memory.ts';

const PRIVATE_USE = { first: 0xe000, last: 0xf8ff };

export interface Chat {
  readonly messages: readonly ChatMessage[];
  /** The last message is the assistant's and is left open, to be written on. */
  readonly continueLast: boolean;
}

/**
 * The prompt of a chat as tokens. Special tokens that people write in a message stay text, so that no message can pose as
 * another; replies that were written here keep the tokens they were written with.
 */
export function encodeChat(chat: Chat, tokenizer: ChatTokenizer, replies: ReplyMemory): number[] {
  const open = chat.continueLast ? chat.messages.at(-1) : undefined;
  const closed = open === undefined ? chat.messages : chat.messages.slice(0, -1);
  const slots = createSlots(chat.messages);
  const shielded = closed.map((message) => {
    const known = message.role === 'assistant' ? replies.recall(message.content) : undefined;
    const content = known === undefined ? shield(message.content, tokenizer, slots) : slots.put(known);
    return { role: message.role, content };
  });
  const tokens = slots.fill(tokenizer.render(shielded, true), tokenizer);
  return open === undefined ? tokens : [...tokens, ...encodeReply(open.content, tokenizer, replies)];
}

/** The tokens of an assistant's message by itself. */
export function encodeReply(content: string, tokenizer: ChatTokenizer, replies: ReplyMemory): number[] {
  const known = replies.recall(content);
  if (known !== undefined) return [...known];
  const slots = createSlots([{ role: 'assistant', content }]);
  return slots.fill(shield(content, tokenizer, slots), tokenizer);
}

/** Stand-ins for ready tokens inside a text that is still to be tokenized. */
interface Slots {
  put(tokens: readonly number[]): string;
  fill(text: string, tokenizer: ChatTokenizer): number[];
}

function createSlots(messages: readonly ChatMessage[]): Slots {
  const mark = unusedCharacter(messages);
  const filled: (readonly number[])[] = [];
  return {
    put: (tokens) => `${mark}${filled.push(tokens) - 1}${mark}`,
    fill: (text, tokenizer) => {
      // Every second part is the number of a slot.
      const parts = text.split(mark);
      return parts.flatMap((part, i) => (i % 2 === 0 ? tokenizer.encode(part) : (filled[Number(part)] ?? [])));
    },
  };
}

function unusedCharacter(messages: readonly ChatMessage[]): string {
  for (let code = PRIVATE_USE.first; code < PRIVATE_USE.last; code += 1) {
    const character = String.fromCharCode(code);
    if (!messages.some((message) => message.content.includes(character))) return character;
  }
  return String.fromCharCode(PRIVATE_USE.last);
}

/** Each special token in `content` becomes a slot with the tokens of its two halves, which are ordinary text. */
function shield(content: string, tokenizer: ChatTokenizer, slots: Slots): string {
  let shielded = content;
  for (const { text } of tokenizer.specialTokens) {
    if (text.length < 2 || !shielded.includes(text)) continue;
    const middle = text.length >> 1;
    const tokens = [...tokenizer.encode(text.slice(0, middle)), ...tokenizer.encode(text.slice(middle))];
    shielded = shielded.replaceAll(text, () => slots.put(tokens));
  }
  return shielded;
}
