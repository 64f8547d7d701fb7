import { PreTrainedTokenizer } from '@huggingface/transformers';
import type { ChatMessage } from '../../contracts/generation.ts';
import { AppError } from '../../errors/index.ts';

export interface SpecialToken {
  readonly id: number;
  readonly text: string;
}

/** Tokenizer and chat template of a model. */
export interface ChatTokenizer {
  readonly specialTokens: readonly SpecialToken[];
  /** Special tokens written in `text` become their ids. */
  encode(text: string): number[];
  /** Special tokens are left out; bytes that are no character become U+FFFD. */
  decode(tokens: readonly number[]): string;
  /** The chat template over `messages`; with `opensReply` it ends where the assistant begins to write. */
  render(messages: readonly ChatMessage[], opensReply: boolean): string;
}

/** Made from the stored JSON files: nothing is fetched and no model is created. */
export function createChatTokenizer(tokenizerJson: unknown, tokenizerConfig: unknown): ChatTokenizer {
  const tokenizer = new PreTrainedTokenizer(tokenizerJson, tokenizerConfig);
  if (tokenizer.chat_template === null) throw new AppError('app/internal', 'The model has no chat template.');
  return {
    specialTokens: tokenizer.all_special_ids.map((id, i) => ({ id, text: tokenizer.all_special_tokens[i] ?? '' })),
    encode: (text) => (text === '' ? [] : tokenizer.encode(text, { add_special_tokens: false })),
    decode: (tokens) => {
      if (tokens.length === 0) return '';
      return tokenizer.decode([...tokens], { skip_special_tokens: true, clean_up_tokenization_spaces: false });
    },
    render: (messages, opensReply) => {
      const rendered: unknown = tokenizer.apply_chat_template(
        messages.map(({ role, content }) => ({ role, content })),
        { tokenize: false, add_generation_prompt: opensReply },
      );
      if (typeof rendered !== 'string') throw new AppError('app/internal', 'The chat template gave no text.');
      return rendered;
    },
  };
}
