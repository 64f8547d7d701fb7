export interface BenchArguments {
  readonly rounds: number;
  /** Names of the cases to run; all when empty. */
  readonly only: readonly string[];
  /** Prompts of 128 tokens only, one round unless `--rounds` says more. */
  readonly quick: boolean;
  /** No new case is started after so many minutes. */
  readonly minutes: number;
}

const USAGE = 'npm run bench -- [--rounds N] [--only case,case] [--quick] [--minutes N]';

/** Reads the command line; throws with the usage for anything it does not know. */
export function parseArguments(words: readonly string[], caseNames: readonly string[]): BenchArguments {
  const quick = words.includes('--quick');
  let rounds = quick ? 1 : 5;
  let minutes = 35;
  let only: readonly string[] = [];
  const rest = words.filter((word) => word !== '--quick').flatMap((word) => word.split('=', 2));
  for (let i = 0; i < rest.length; i += 2) {
    const value = rest[i + 1] ?? '';
    if (rest[i] === '--rounds') rounds = wholeNumber(value, '--rounds');
    else if (rest[i] === '--minutes') minutes = wholeNumber(value, '--minutes');
    else if (rest[i] === '--only') only = knownCases(value.split(','), caseNames);
    else throw new Error(`Unknown argument ${rest[i]}. ${USAGE}`);
  }
  return { rounds, only, quick, minutes };
}

function wholeNumber(text: string, option: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${option} needs a whole number from 1. ${USAGE}`);
  return value;
}

function knownCases(names: readonly string[], known: readonly string[]): readonly string[] {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`No case "${unknown}"; there are ${known.join(', ')}.`);
  return names;
}
