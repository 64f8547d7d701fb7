/**
 * Writes prompts.json with the starter model's own tokenizer and template: `npx tsx tests/perf/make-prompts.ts`.
 * Run again when the starter model or the texts below change.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PROMPT_LENGTHS, type PromptLength } from './figures.ts';
import { openTokenizer, type BenchTokenizer } from './prompt-tokenizer.ts';
import { STORY, TURNS, WORDS } from './prompt-texts.ts';
import type { BenchPrompt, BenchPrompts } from './prompts.ts';

const SYSTEMS: Readonly<Record<PromptLength, string>> = {
  128: 'You continue stories and never end them.',
  512: 'Write on where the story breaks off, at length.',
  1000: 'As a storyteller, go on with the tale in long sentences.',
};
const TOLERANCE_TOKENS = 2;

main();

function main(): void {
  const tokenizer = openTokenizer();
  const prompt = (system: string, user: string): BenchPrompt => {
    const rendered = tokenizer.render(system, user);
    return { system, user, rendered, tokens: tokenizer.count(rendered) };
  };
  const byLength = Object.fromEntries(
    PROMPT_LENGTHS.map((length) => [length, promptOfLength(length, (user) => prompt(SYSTEMS[length], user))]),
  ) as Record<PromptLength, BenchPrompt>;
  const question = prompt(
    'You are a helpful AI assistant named SmolLM, trained by Hugging Face',
    'What is the capital of France?',
  );
  const prompts: BenchPrompts = {
    byLength,
    question,
    turns: TURNS,
    words: singleTokenWords(tokenizer),
    tailTokens: tokenizer.tailTokens,
  };
  const path = fileURLToPath(new URL('prompts.json', import.meta.url));
  writeFileSync(path, `${JSON.stringify(prompts, null, 2)}\n`);
  console.log(
    `${readFileSync(path).byteLength} bytes; ${PROMPT_LENGTHS.map((length) => byLength[length].tokens).join(', ')} tokens`,
  );
  console.log(
    `turns of ${TURNS.map((turn) => tokenizer.count(turn)).join(', ')} tokens; ${prompts.words.length} words`,
  );
}

/** Cuts the story by words until the templated prompt has `length` tokens. */
function promptOfLength(length: PromptLength, make: (user: string) => BenchPrompt): BenchPrompt {
  const words = STORY.repeat(4).split(' ');
  for (let count = words.length; count > 0; count -= 1) {
    const prompt = make(`Continue this story:\n\n${words.slice(0, count).join(' ')}`);
    if (prompt.tokens <= length) {
      if (prompt.tokens < length - TOLERANCE_TOKENS) throw new Error(`${prompt.tokens} tokens are not ${length}`);
      return prompt;
    }
  }
  throw new Error(`No prompt of ${length} tokens`);
}

function singleTokenWords(tokenizer: BenchTokenizer): readonly string[] {
  const words = WORDS.filter((word) => tokenizer.count(word) === 1 && tokenizer.count(` ${word}`) === 1);
  if (words.length < 30) throw new Error(`Only ${words.length} words are one token`);
  return words;
}
