import type { FailureKind } from './failures.ts';

export interface ScenarioInfo {
  /** One line for people. */
  readonly about: string;
  /** Which requests it changes; `any` when left out. */
  readonly of?: 'chat' | 'embeddings';
  /** Answered with the provider's own words for this failure. */
  readonly failure?: FailureKind;
  /** Only this many requests of one provider, model and key fail; the next one succeeds and the count starts anew. */
  readonly times?: number;
  /** The answer lacks the CORS headers, whatever the mode. */
  readonly withoutCors?: true;
}

/** What a fake provider can be told to do, by the control plane, or by a key or model name that ends in `-<scenario>`. */
export const SCENARIOS = {
  ok: { about: 'A normal answer.' },

  // Ends of streams.
  'no-done': { about: 'The stream ends after its finish reason, without [DONE].', of: 'chat' },
  'no-done-open': {
    about: 'The stream says its finish reason and usage, but never [DONE], and the connection stays open.',
    of: 'chat',
  },
  'no-finish-reason': { about: 'The stream ends in good order, but nothing ever said why.', of: 'chat' },
  'done-without-finish-reason': { about: 'The stream says [DONE] without a finish reason.', of: 'chat' },
  'no-final-blank-line': { about: 'The last event says the finish reason and lacks its blank line.', of: 'chat' },
  'empty-stream': { about: 'An event stream without a single event.', of: 'chat' },
  length: { about: 'The reply ends because the most tokens were reached.', of: 'chat' },
  'content-filter': { about: 'The reply ends because of a content filter.', of: 'chat' },

  // Usage.
  'no-usage': { about: 'Usage is never reported, even when asked for.', of: 'chat' },
  'usage-refused': { about: '400 for a request with stream_options; without it all is well.', of: 'chat' },

  // Odd but legal streams.
  crlf: { about: 'Lines end in CR LF.', of: 'chat' },
  cr: { about: 'Lines end in CR.', of: 'chat' },
  'no-space': { about: 'No space after the colons.', of: 'chat' },
  comments: { about: 'Comments and pings between the events.', of: 'chat' },
  'split-everywhere': { about: 'Every byte is sent on its own.', of: 'chat' },
  'missing-fields': { about: 'Chunks lack id, object, created, index; some lack choices or delta.', of: 'chat' },
  'giant-event': { about: 'One event carries 5 MB of text.', of: 'chat' },
  'ten-thousand-tokens': { about: 'A reply of 10,000 tokens.', of: 'chat' },
  reasoning: { about: 'The model thinks aloud before it answers.', of: 'chat' },
  cumulative: {
    about: 'Each packet repeats the text from the start, whatever was asked (DashScope native).',
    of: 'chat',
  },
  'text-format': { about: 'The reply comes as output.text, whatever was asked (DashScope native).', of: 'chat' },
  'slow-start': { about: 'The headers come late.' },
  'slow-first-token': { about: 'Headers, role and pings come at once, the text late.', of: 'chat' },

  // Broken servers.
  'malformed-event': { about: 'One event in the middle is no JSON.', of: 'chat' },
  'json-instead-of-sse': { about: 'A request for a stream is answered with the whole reply as JSON.', of: 'chat' },
  'http-200-error': { about: 'Status 200 with an error as JSON.', of: 'chat' },
  'error-first-event': { about: 'Status 200, and the first event of the stream is an error.', of: 'chat' },
  'error-mid-stream': { about: 'An error event after the first text.', of: 'chat' },
  'html-502': { about: '502 with a page of HTML.' },
  'html-200': { about: '200 with a page of HTML, as captive portals do.' },
  stall: { about: 'Silence after the first text; the connection stays open.', of: 'chat' },
  reset: { about: 'The connection is reset after the first text.', of: 'chat' },
  'reset-before-headers': { about: 'The connection is reset before any answer.' },
  redirect: { about: '307 to another origin, which would answer and logs what it is sent.' },

  // Refusals.
  '401': { about: 'The key is refused.', failure: 'auth' },
  '401-no-cors': {
    about: 'The key is refused, without CORS headers: the page sees no status.',
    failure: 'auth',
    withoutCors: true,
  },
  '401-echo-key': { about: 'The key is refused, and the words of the refusal quote it.', failure: 'auth' },
  '401-clock': { about: 'The key is refused; by the Date header the clock here is two days slow.', failure: 'auth' },
  '403-region': { about: 'Country, region or territory not supported.', failure: 'region' },
  '403-permission': { about: 'The account may not use this model.', failure: 'permission' },
  '403-firewall': { about: 'This network is not allowed (Azure).', failure: 'firewall' },
  '403-entra-only': { about: 'Keys are switched off for the resource (Azure).', failure: 'entra-only' },
  '404-model': { about: 'The model (Azure: the deployment) does not exist.', failure: 'model' },
  '404-path': { about: 'The path or the api-version does not exist.', failure: 'path' },
  'retired-model': { about: 'The model is shut down.', failure: 'retired' },
  '429-rate': {
    about: 'Rate limit with a wait hint in the headers; the second attempt succeeds.',
    failure: 'rate',
    times: 1,
  },
  '429-rate-text': {
    about: 'Rate limit whose wait hint is only in the message; the second attempt succeeds.',
    failure: 'rate-text',
    times: 1,
  },
  '429-rate-always': { about: 'Rate limit at every attempt.', failure: 'rate' },
  '429-quota': { about: 'The quota is used up: no use to try again.', failure: 'quota' },
  '429-too-large': { about: 'The request alone exceeds the limit per minute.', failure: 'too-large' },
  arrears: { about: 'The account is in arrears.', failure: 'arrears' },
  'free-quota': { about: 'The free quota is used up and "free only" is on (Alibaba).', failure: 'free-quota' },
  '400-context': { about: 'The messages are too long for the model.', failure: 'context' },
  '400-bad-request': { about: 'The request is refused for a reason of its own.', failure: 'bad-request' },
  '400-unsupported-temperature': {
    about: '400 for a temperature other than 1, and for max_tokens, as reasoning models do.',
    of: 'chat',
  },
  '400-content-filter': { about: 'The prompt is refused by a content filter.', failure: 'content-filter' },
  'async-filter': { about: 'A filter takes back text that was sent (Azure).', of: 'chat' },
  'async-filter-passed': { about: 'A filter comments on text that was sent and finds it fine (Azure).', of: 'chat' },
  '500': { about: 'Internal error at every attempt.', failure: 'busy' },
  '500-once': { about: 'Internal error; the second attempt succeeds.', failure: 'busy', times: 1 },
  '503-overloaded': { about: 'Overloaded at every attempt.', failure: 'overloaded' },
  'loading-model': { about: '503 "Loading model" twice, then well.', failure: 'loading', times: 2 },
  'expired-token': {
    about: 'The first token is expired; the next one works (Baidu v1).',
    failure: 'expired-token',
    times: 1,
  },

  // Embeddings.
  'unauthorized-embedding': {
    about: 'Chat works, embeddings are not permitted.',
    of: 'embeddings',
    failure: 'permission',
  },
  'shuffled-embeddings': {
    about: 'Vectors come in another order; only their index tells which is which.',
    of: 'embeddings',
  },
} as const satisfies Readonly<Record<string, ScenarioInfo>>;

export type ScenarioName = keyof typeof SCENARIOS;

/** Every name, as listed. */
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as readonly ScenarioName[];

export function isScenarioName(value: unknown): value is ScenarioName {
  return typeof value === 'string' && Object.hasOwn(SCENARIOS, value);
}

export function scenarioInfo(name: ScenarioName): ScenarioInfo {
  return SCENARIOS[name];
}

/** Short forms of suffixes. */
const ALIASES: Readonly<Record<string, ScenarioName>> = {
  '400': '400-bad-request',
  '403': '403-permission',
  '404': '404-model',
  '429': '429-rate',
  '502': 'html-502',
  '503': '503-overloaded',
};

/** The scenario that a model name or key ends in, the longest that fits; undefined when none does. */
export function scenarioOfSuffix(value: string): ScenarioName | undefined {
  const ends = (name: string): boolean => value.endsWith(`-${name}`);
  const found = SCENARIO_NAMES.filter(ends).sort((a, b) => b.length - a.length)[0];
  return found ?? Object.entries(ALIASES).find(([alias]) => ends(alias))?.[1];
}

/** The name without the scenario that it ends in. */
export function withoutSuffix(value: string): string {
  const suffix = [...SCENARIO_NAMES, ...Object.keys(ALIASES)]
    .filter((name) => value.endsWith(`-${name}`))
    .sort((a, b) => b.length - a.length)[0];
  return suffix === undefined ? value : value.slice(0, -suffix.length - 1);
}

/** Whether a scenario changes requests of this sort. */
export function appliesTo(name: ScenarioName, endpoint: 'chat' | 'embeddings' | 'models' | 'other'): boolean {
  const { of } = scenarioInfo(name);
  return endpoint !== 'other' && (of === undefined || of === endpoint);
}
