import { readFileSync } from 'node:fs';
import { Template } from '@huggingface/jinja';
import { Tokenizer } from '@huggingface/tokenizers';

/** The starter model's tokenizer and chat template, under Node. */
export interface BenchTokenizer {
  count(text: string): number;
  /** The templated text of a first turn, with the opening of the reply. */
  render(system: string, user: string): string;
  /** Tokens that the template puts behind the last user message. */
  readonly tailTokens: number;
}

/** Opens the tokenizer of public/models. */
export function openTokenizer(): BenchTokenizer {
  const read = (name: string): Record<string, unknown> =>
    JSON.parse(
      readFileSync(new URL(`../../public/models/smollm2-135m-instruct/${name}`, import.meta.url), 'utf8'),
    ) as Record<string, unknown>;
  const config = read('tokenizer_config.json');
  const tokenizer = new Tokenizer(read('tokenizer.json'), config);
  const template = new Template(String(config['chat_template']));
  const count = (text: string): number => tokenizer.encode(text, { add_special_tokens: false }).ids.length;
  const render = (system: string, user: string): string =>
    template.render({
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: user },
      ],
      add_generation_prompt: true,
    });
  const marker = 'sea';
  const tail = render('', marker).split(marker).at(-1) ?? '';
  return { count, render, tailTokens: count(tail) };
}
