import type { Clock, Random } from '../../../src/contracts/ports.ts';
import { createSequence } from '../../../src/engine/decoder/sequence.ts';
import type { Decoder } from '../../../src/engine/decoder/decoder.ts';
import type { LoadedModel } from '../../../src/engine/loaded-model.ts';
import type { ChatTokenizer } from '../../../src/engine/text/chat-tokenizer.ts';
import { createReplyMemory } from '../../../src/engine/text/reply-memory.ts';

export const END = 256;
export const OPEN = 257;
const VOCABULARY = 258;

/** Every byte is a token; `<end>` and `<open>` are special. Replies begin behind `<open>assistant:`. */
export function byteTokenizer(): ChatTokenizer {
  const specials = [
    { id: END, text: '<end>' },
    { id: OPEN, text: '<open>' },
  ];
  const bytes = (text: string): number[] => [...new TextEncoder().encode(text)];
  return {
    specialTokens: specials,
    encode: (text) =>
      text.split(/(<end>|<open>)/).flatMap((part) => {
        const special = specials.find((each) => each.text === part);
        return special === undefined ? bytes(part) : [special.id];
      }),
    decode: (tokens) => new TextDecoder().decode(Uint8Array.from(tokens.filter((token) => token < 256))),
    render: (messages, opensReply) =>
      messages.map(({ role, content }) => `<open>${role}:${content}<end>`).join('') +
      (opensReply ? '<open>assistant:' : ''),
  };
}

/** A decoder that always goes on with `script`, byte by byte, then ends: the place is told by the tokens behind `<open>assistant:`. */
export function scriptedDecoder(script: string | readonly number[], contextTokens = 400) {
  const held: number[] = [];
  const runs: { tokens: readonly number[]; pastTokens: number }[] = [];
  const reply = typeof script === 'string' ? [...new TextEncoder().encode(script), END] : script;
  const opening = 'assistant:'.length;
  const decoder: Decoder = {
    contextTokens,
    vocabularySize: VOCABULARY,
    run: (tokens, pastTokens) => {
      runs.push({ tokens: [...tokens], pastTokens });
      held.length = pastTokens;
      held.push(...tokens);
      const logits = new Float32Array(VOCABULARY);
      const place = held.length - held.lastIndexOf(OPEN) - 1 - opening;
      logits[reply[place] ?? END] = 20;
      return logits;
    },
    dispose: () => undefined,
  };
  return { decoder, runs, held };
}

export function scriptedModel(script: string | readonly number[], contextTokens = 400) {
  const { decoder, runs, held } = scriptedDecoder(script, contextTokens);
  const model: LoadedModel = {
    info: { modelName: 'double', device: 'wasm', threads: 1, contextTokens, loadMs: 0, heapBytes: 0 },
    runtime: { bytes: () => new Uint8Array() },
    decoder,
    sequence: createSequence(decoder),
    tokenizer: byteTokenizer(),
    replies: createReplyMemory(2 * contextTokens),
    config: { endTokens: new Set([END]), sampling: { temperature: 0, repetitionPenalty: 1 } },
  };
  return { model, runs, held };
}

export function stepClock(): Clock {
  let ms = 0;
  return { now: () => ms, monotonicMs: () => (ms += 10), sleep: () => Promise.resolve() };
}

export const fixedRandom: Random = { next: () => 0.5, id: () => 'id' };

export async function collect<T>(parts: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const part of parts) all.push(part);
  return all;
}
