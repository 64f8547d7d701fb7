import { DEFAULT_SETTINGS, type Settings } from '../contracts/settings.ts';
import type { SettingsStore } from '../contracts/stores.ts';
import type { Database } from './database.ts';
import { routingFrom } from './read-routing.ts';
import type { AppSchema } from './schema.ts';

const KEY = 'settings';

/** One record. Values that make no sense read as their default; fields of another build are kept. */
export function createSettingsStore(database: Database<AppSchema>): SettingsStore {
  return {
    get: () =>
      database.transact(['settings'], 'readonly', async (tx) =>
        settingsFrom(fieldsOf(await tx.objectStore('settings').get(KEY))),
      ),
    update: (change) =>
      database.transact(
        ['settings'],
        'readwrite',
        async (tx) => {
          const table = tx.objectStore('settings');
          const stored = fieldsOf(await table.get(KEY));
          const changed = withoutUndefined(change);
          const settings = settingsFrom({ ...stored, ...changed });
          const written = Object.entries(settings).filter(([field]) => field in changed);
          // What was not changed is left as it lies there: a newer build may know what to make of it.
          await table.put({ ...stored, ...Object.fromEntries(written) }, KEY);
          return settings;
        },
        'strict',
      ),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function withoutUndefined(change: Partial<Settings>): Fields {
  return Object.fromEntries(Object.entries<unknown>(change).filter(([, value]) => value !== undefined));
}

function settingsFrom({ theme, locale, defaultModel, proxyUrl, collectorUrl, routing }: Fields): Settings {
  return {
    theme: theme === 'system' || theme === 'light' || theme === 'dark' ? theme : DEFAULT_SETTINGS.theme,
    locale: locale === 'en' || locale === 'zh-CN' ? locale : DEFAULT_SETTINGS.locale,
    defaultModel:
      typeof defaultModel === 'string' && defaultModel !== '' ? defaultModel : DEFAULT_SETTINGS.defaultModel,
    proxyUrl: typeof proxyUrl === 'string' && isHttpUrl(proxyUrl) ? proxyUrl : DEFAULT_SETTINGS.proxyUrl,
    collectorUrl:
      typeof collectorUrl === 'string' && isHttpUrl(collectorUrl) ? collectorUrl : DEFAULT_SETTINGS.collectorUrl,
    routing: routingFrom(routing),
  };
}

/** Empty, or an address that fetch accepts: it refuses one with a name and password in it. */
function isHttpUrl(text: string): boolean {
  if (text === '') return true;
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/u.test(protocol) && username === '' && password === '';
}
