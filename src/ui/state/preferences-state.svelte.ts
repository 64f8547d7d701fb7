import { DEFAULT_SETTINGS, type Locale, type Settings, type ThemeChoice } from '../../contracts/settings.ts';
import type { SettingsStore } from '../../contracts/stores.ts';
import { chooseLocale } from '../i18n/choose-locale.ts';
import type { I18n } from '../i18n/i18n-state.svelte.ts';

/** Read by public/theme.js before the first paint. */
export const THEME_MIRROR_KEY = 'switchyard:theme';
export const LOCALE_MIRROR_KEY = 'switchyard:locale';

export interface PreferencesDeps {
  readonly store: SettingsStore;
  readonly i18n: I18n;
  /** Of the address: `?lang=`. */
  readonly langFlag: string | null;
  readonly browserLanguages: readonly string[];
  readonly root: { lang: string; dataset: DOMStringMap };
  /** localStorage, or null where the browser refuses it. */
  readonly mirror: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null;
}

/** Theme and language: applied to the page, stored, and mirrored for the first paint. */
export class PreferencesState {
  readonly #deps: PreferencesDeps;
  #settings = $state.raw<Settings>(DEFAULT_SETTINGS);
  #saveFailed = $state(false);

  constructor(deps: PreferencesDeps) {
    this.#deps = deps;
    this.#settings = { ...DEFAULT_SETTINGS, ...readMirror(deps.mirror) };
    this.#apply();
  }

  get theme(): ThemeChoice {
    return this.#settings.theme;
  }
  /** Null follows the browser. */
  get locale(): Locale | null {
    return this.#settings.locale;
  }
  /** Address of the relay for providers that refuse web pages; empty is none. */
  get proxyUrl(): string {
    return this.#settings.proxyUrl;
  }
  get saveFailed(): boolean {
    return this.#saveFailed;
  }

  async load(): Promise<void> {
    try {
      this.#settings = await this.#deps.store.get();
      this.#apply();
    } catch {
      this.#saveFailed = true; // The mirror's values stay; the settings page says so.
    }
  }

  async update(change: Partial<Settings>): Promise<void> {
    this.#settings = { ...this.#settings, ...change };
    this.#apply();
    try {
      await this.#deps.store.update(change);
      this.#saveFailed = false;
    } catch {
      this.#saveFailed = true;
    }
  }

  #apply(): void {
    const { root, i18n, langFlag, browserLanguages, mirror } = this.#deps;
    const { theme, locale } = this.#settings;
    if (theme === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = theme;
    i18n.setLocale(chooseLocale(langFlag, locale, browserLanguages));
    root.lang = i18n.locale;
    writeMirror(mirror, THEME_MIRROR_KEY, theme === 'system' ? null : theme);
    writeMirror(mirror, LOCALE_MIRROR_KEY, locale);
  }
}

function readMirror(mirror: PreferencesDeps['mirror']): Partial<Settings> {
  const theme = mirror?.getItem(THEME_MIRROR_KEY);
  const locale = mirror?.getItem(LOCALE_MIRROR_KEY);
  return {
    ...(theme === 'light' || theme === 'dark' ? { theme } : {}),
    ...(locale === 'en' || locale === 'zh-CN' ? { locale } : {}),
  };
}

function writeMirror(mirror: PreferencesDeps['mirror'], key: string, value: string | null): void {
  try {
    if (value === null) mirror?.removeItem(key);
    else mirror?.setItem(key, value);
  } catch {
    // A full or forbidden localStorage costs one flash at the next start, nothing else.
  }
}

export function createPreferencesState(deps: PreferencesDeps): PreferencesState {
  return new PreferencesState(deps);
}
