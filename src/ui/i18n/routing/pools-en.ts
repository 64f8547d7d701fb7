import type { PoolStrategy } from '../../../contracts/config.ts';
import type { LimitField } from '../../settings/pools/limits-form.ts';
import type { MemberProblem, PoolProblem } from '../../settings/pools/pool-form.ts';

const plural = new Intl.PluralRules('en');

function count(n: number, one: string, other: string, shown: string): string {
  return `${shown} ${plural.select(n) === 'one' ? one : other}`;
}

export interface StrategyWords {
  readonly name: string;
  /** One sentence: what it does. */
  readonly about: string;
}

const strategies: Readonly<Record<PoolStrategy, StrategyWords>> = {
  order: {
    name: 'In order',
    about: 'Asks the first tier; the next one only when all models of the tier before can’t answer.',
  },
  'round-robin': { name: 'In turn', about: 'Every request goes to the model that has waited longest.' },
  weighted: { name: 'By weight', about: 'Shares requests by the weights: 2 gets twice as many as 1.' },
  random: { name: 'By chance', about: 'Every request goes to any model, all with the same chance.' },
  'least-busy': { name: 'Least busy', about: 'Asks the model with the fewest requests under way.' },
  latency: { name: 'Fastest', about: 'Asks the model that has answered fastest of late.' },
  cost: { name: 'Cheapest', about: 'Asks the model with the lowest price; models without a known price come last.' },
  'local-first': {
    name: 'This device first',
    about: 'Asks models on this device, and the cloud only when they can’t answer.',
  },
};

const problems: Readonly<Record<PoolProblem, string>> = {
  nameEmpty: 'A pool needs a name.',
  nameLong: 'A name has at most 200 characters.',
  nameControl: 'A name is one line without control characters.',
  nameModel: 'A model has this name already.',
  namePool: 'Another pool has this name already.',
  noMembers: 'A pool needs at least one model.',
};
const memberProblems: Readonly<Record<MemberProblem, string>> = {
  gone: 'This model is not set up any more. Take it out, or set it up again.',
  cycle: 'This pool contains the one you are changing.',
  weight: 'A weight is a number from 0 to 1,000,000.',
  order: 'A tier is a whole number from 0 to 1,000,000.',
};

const limits: Readonly<Record<LimitField, { readonly label: string; readonly hint: string }>> = {
  maxConcurrentRequests: {
    label: 'Requests at the same time',
    hint: 'Over all models and tabs; more wait in a queue.',
  },
  cacheSize: { label: 'Cached answers', hint: 'Kept for requests that ask for the cache; 0 turns it off.' },
  cacheTtlMs: { label: 'Cached answers stay true for (seconds)', hint: '3600 is an hour.' },
  'retry.attempts': { label: 'Tries of one model', hint: 'Counts the first try, too.' },
  'retry.maxWaitMs': { label: 'Longest wait before a try (seconds)', hint: 'Caps what a provider asks for.' },
  'timeouts.firstTokenMs': {
    label: 'First token within (seconds)',
    hint: 'Where another model can still be asked; 60 seconds otherwise.',
  },
  'timeouts.idleMs': {
    label: 'Longest silence in an answer (seconds)',
    hint: 'Then it is ended, and its text is kept.',
  },
  'timeouts.totalMs': { label: 'Whole answer within (seconds)', hint: 'Then it is ended, and its text is kept.' },
  errorThreshold: { label: 'Failures in a row', hint: 'After so many, a model or key is left alone for a while.' },
  'breaker.errorRate': { label: 'Or share of failed requests (%)', hint: 'Of at least 10 requests within the window.' },
  'breaker.windowMs': { label: 'Window (seconds)', hint: 'In which that share is counted.' },
  'breaker.cooldownMs': { label: 'Leave alone for (seconds)', hint: 'Then one request may try again.' },
  perDay: { label: 'Most per day', hint: 'Empty is no limit.' },
  perMonth: { label: 'Most per month', hint: 'Empty is no limit.' },
};

export const poolsEn = {
  intro:
    'A pool is several models under one name. Choose it like a model: when one of them fails or is busy, another one answers.',
  title: 'Pools',
  empty: 'There is no pool yet.',
  readFailed: 'Pools and limits could not be read.',
  add: 'Add a pool',
  edit: 'Change',
  editNamed: (name: string) => `Change the pool ${name}`,
  remove: 'Remove',
  removeNamed: (name: string) => `Remove the pool ${name}`,
  removed: (name: string) => `The pool ${name} was removed.`,
  undo: 'Undo',
  saved: (name: string) => `The pool ${name} was saved.`,
  saveFailed: 'The change could not be saved.',
  usedBy: (names: string) => `It is part of ${names}; take it out there first.`,
  isDefault: 'Default',
  memberCount: (n: number, shown: string) => count(n, 'model', 'models', shown),
  goneCount: (n: number, shown: string) => `${count(n, 'model is', 'models are', shown)} not set up any more`,
  strategies,
  problems,
  memberProblems,
  limits,

  form: {
    addTitle: 'Add a pool',
    editTitle: (name: string) => `Change the pool ${name}`,
    name: 'Name',
    nameHint: 'What you choose in a chat, and the model id for programs.',
    strategy: 'Which model answers?',
    members: 'Models',
    memberList: 'Models of this pool, in order',
    noMembers: 'No model chosen yet.',
    weight: 'Weight',
    weightOf: (name: string) => `Weight of ${name}`,
    order: 'Tier',
    orderOf: (name: string) => `Tier of ${name}`,
    up: (name: string) => `Move ${name} up`,
    down: (name: string) => `Move ${name} down`,
    keys: 'Alt with the arrow keys moves a model, too.',
    moved: (name: string, place: string, of: string) => `${name} is now number ${place} of ${of}.`,
    takeOut: (name: string) => `Take out ${name}`,
    takenOut: (name: string) => `${name} was taken out.`,
    search: 'Find a model to add',
    candidates: 'Models that can be added',
    addNamed: (name: string) => `Add ${name}`,
    added: (name: string) => `${name} was added.`,
    noneFound: 'No model or pool of this name.',
    allIn: 'Every model is in this pool.',
    pool: 'Pool',
    onDevice: 'On this device',
    options: 'More',
    cache: 'Answer the same request from the cache',
    cacheHint: 'Requests of this pool are answered again without asking a model, as long as the answer is kept.',
    hedge: 'Ask a second model when nothing has come after (seconds)',
    hedgeHint: 'Who begins first answers, the other one is stopped. Costs more. Empty is never.',
    hedgeWrong: 'A number above 0, up to 86,400.',
    unsaved: 'Leave without saving?',
    discard: 'Leave',
    goOn: 'Stay',
  },

  defaultModel: {
    title: 'Default model',
    label: 'Answers where none is chosen',
    hint: 'For new chats and for programs that name no model.',
    failed: 'The default could not be changed.',
  },

  limitsForm: {
    title: 'Limits',
    intro: 'They hold for all models, over all tabs.',
    requests: 'Requests',
    retry: 'Trying again and waiting',
    breaker: 'When something keeps failing',
    budget: 'Budget',
    budgetIntro: 'A limit of money over all cloud models, by the prices known here.',
    currency: 'Currency',
    onExceeded: 'A request that would go over',
    actions: { block: 'Is refused', warn: 'Is sent, with a warning' },
    otherLimits: 'There are limits for single providers, models or pools as well; the configuration file has them.',
    currencies: { USD: 'US dollar', CNY: 'Chinese yuan' },
    defaultIs: (value: string) => `Default: ${value}.`,
    wrongNumber: (min: string, max: string) => `A number from ${min} to ${max}.`,
    wrongWhole: (min: string, max: string) => `A whole number from ${min} to ${max}.`,
    save: 'Save limits',
    saved: 'The limits were saved.',
    defaults: 'Back to the defaults',
    unchanged: 'Nothing has changed.',
  },
};

export type PoolWords = typeof poolsEn;
