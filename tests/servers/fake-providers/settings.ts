import { CORS_MODES, type CorsMode } from './cors.ts';
import { FAKE_PROVIDERS, type FakeProvider } from './providers.ts';
import type { PlannedUsage } from './reply-plan.ts';

/** `retry-after-ms`, or `Retry-After` in whole seconds, in seconds with a fraction, or as a date. */
export const RETRY_AFTER_FORMS = ['milliseconds', 'seconds', 'fraction', 'http-date'] as const;

export type RetryAfterForm = (typeof RETRY_AFTER_FORMS)[number];

/** How a fake provider answers, whatever the scenario. */
export interface FakeSettings {
  /** Before the headers of every answer. */
  readonly latencyMs: number;
  /** Between two events of a stream. */
  readonly chunkIntervalMs: number;
  /** How late `slow-start` and `slow-first-token` are. */
  readonly slowMs: number;
  /** The reply, word for word; null derives one from the request. */
  readonly text: string | null;
  /** The reply is the last user message; `text` goes before. */
  readonly echo: boolean;
  /** The reply is repeated or cut to this many tokens; null leaves it. */
  readonly tokens: number | null;
  /** Every token is the time of its sending, milliseconds since the epoch, 17 characters and a space: for measuring. */
  readonly stamps: boolean;
  /** Places of a stream's body, in bytes, at which it is split into writes. */
  readonly splitAt: readonly number[];
  /** Splits a stream's body into writes of this many bytes; 0 sends events whole. */
  readonly splitEvery: number;
  /** The connection is reset once this many bytes of a stream's body were sent; null never. */
  readonly dropAfterBytes: number | null;
  /** Null is as the original does. */
  readonly cors: CorsMode | null;
  /** Origins besides this machine's that `fixed-list` allows. */
  readonly origins: readonly string[];
  readonly exposeHeaders: boolean;
  /** What rate limits ask to wait. */
  readonly retryAfterMs: number;
  /** The one header that says so; null is as the original does. */
  readonly retryAfterForm: RetryAfterForm | null;
  /** Tokens that every reply reports; null counts them. */
  readonly usage: PlannedUsage | null;
  /** Characters of all messages beyond which a request is too long. */
  readonly contextCharacters: number;
}

export const DEFAULT_SETTINGS: FakeSettings = {
  latencyMs: 0,
  chunkIntervalMs: 0,
  slowMs: 3000,
  text: null,
  echo: false,
  tokens: null,
  stamps: false,
  splitAt: [],
  splitEvery: 0,
  dropAfterBytes: null,
  cors: null,
  origins: [],
  exposeHeaders: true,
  retryAfterMs: 120,
  retryAfterForm: null,
  usage: null,
  contextCharacters: 400_000,
};

const isAmount = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const orNull =
  (check: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === null || check(value);
const listOf =
  (check: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(check);
const isText = (value: unknown): boolean => typeof value === 'string';
const isUsage = (value: unknown): boolean => {
  const fields = Object.entries(typeof value === 'object' && value !== null ? value : {});
  return fields.length === 4 && fields.every(([name, count]) => USAGE_FIELDS.has(name) && isAmount(count));
};
const USAGE_FIELDS: ReadonlySet<string> = new Set<keyof PlannedUsage>(['input', 'output', 'reasoning', 'cached']);

const CHECKS: Readonly<Record<keyof FakeSettings, (value: unknown) => boolean>> = {
  latencyMs: isAmount,
  chunkIntervalMs: isAmount,
  slowMs: isAmount,
  text: orNull(isText),
  echo: isFlag,
  tokens: orNull(isAmount),
  stamps: isFlag,
  splitAt: listOf(isAmount),
  splitEvery: isAmount,
  dropAfterBytes: orNull(isAmount),
  cors: orNull((value) => CORS_MODES.some((mode) => mode === value)),
  origins: listOf(isText),
  exposeHeaders: isFlag,
  retryAfterMs: isAmount,
  retryAfterForm: orNull((value) => RETRY_AFTER_FORMS.some((form) => form === value)),
  usage: orNull(isUsage),
  contextCharacters: isAmount,
};

/** Settings that came over HTTP. Throws an Error that names the first wrong one. */
export function checkSettings(value: unknown): Partial<FakeSettings> {
  if (typeof value !== 'object' || value === null) throw new Error('Settings are an object.');
  for (const [name, setting] of Object.entries(value)) {
    if (!Object.hasOwn(CHECKS, name)) throw new Error(`There is no setting "${name}".`);
    if (!CHECKS[name as keyof FakeSettings](setting)) throw new Error(`The setting "${name}" has a wrong value.`);
  }
  return value;
}

export interface SettingsStore {
  of(provider: FakeProvider): FakeSettings;
  /** For one provider, or for all. */
  set(change: Partial<FakeSettings>, provider?: FakeProvider): void;
  reset(): void;
}

export function createSettingsStore(start: Partial<FakeSettings>): SettingsStore {
  const byProvider = new Map<FakeProvider, FakeSettings>();
  const of = (provider: FakeProvider): FakeSettings => byProvider.get(provider) ?? { ...DEFAULT_SETTINGS, ...start };
  return {
    of,
    set(change, provider) {
      for (const name of provider === undefined ? FAKE_PROVIDERS : [provider]) {
        byProvider.set(name, { ...of(name), ...change });
      }
    },
    reset: () => byProvider.clear(),
  };
}
