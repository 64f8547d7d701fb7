import type { ConfigChange } from '../../../contracts/config.ts';

const plural = new Intl.PluralRules('en');

function count(n: number, one: string, other: string, shown: string): string {
  return `${shown} ${plural.select(n) === 'one' ? one : other}`;
}

const kinds: Readonly<Record<ConfigChange['kind'], string>> = {
  added: 'Added',
  removed: 'Removed',
  changed: 'Changed',
};
const whats: Readonly<Record<ConfigChange['what'], string>> = {
  provider: 'Providers',
  model: 'Models',
  pool: 'Pools',
  setting: 'Settings',
};

export const configEn = {
  intro:
    'Everything that is set up, as one file: providers, models, pools and limits. Secrets are only named in it; they stay in the vault.',
  title: 'Load a configuration',
  dropHint: 'Drop a models_config.yaml anywhere on this page. Nothing changes before you have seen what would.',
  drop: 'Drop the file to see what would change',
  choose: 'Choose a file',
  paste: 'Paste text',
  pasteLabel: 'Text of a models_config.yaml',
  pasteRun: 'See what would change',
  reset: 'Back to the shipped one',
  sources: { paste: 'the pasted text', shipped: 'the shipped configuration' },
  tooLarge: 'That file is too large for a configuration.',
  unreadable: 'The file could not be read.',
  shippedMissing: 'The shipped configuration could not be read.',
  checking: 'Checking…',

  problemsTitle: (source: string) => `Problems in ${source}`,
  problemsCount: (n: number, shown: string) =>
    `${count(n, 'problem has', 'problems have', shown)} to be solved first. Nothing was changed.`,
  place: (line: string, column: string) => `Line ${line}, column ${column}`,
  noPlace: 'The whole file',
  warningsTitle: 'Worth knowing',
  previewTitle: (source: string) => `What ${source} would change`,
  changesCount: (n: number, shown: string) => count(n, 'change', 'changes', shown),
  noChanges: 'Nothing: it says what is set already.',
  kinds,
  whats,
  none: 'none',
  apply: 'Apply',
  applied: (source: string) => `Set up as ${source} says.`,
  undo: 'Undo',
  undone: 'Everything is as it was before.',
  close: 'Close',

  currentTitle: 'As it is now',
  text: 'The configuration as YAML',
  copy: 'Copy',
  copied: 'Copied',
  download: 'Download',
  readFailed: 'The configuration could not be read.',
  schemaHint: 'Editors that know JSON Schema complete and check it with the schema.',
  schema: 'Schema',
  example: 'Commented example',
};

export type ConfigWords = typeof configEn;
