export type ThemeChoice = 'system' | 'light' | 'dark';
export type Locale = 'en' | 'zh-CN';

/** What a person set, stored in IndexedDB; the theme and language are mirrored to localStorage for the first paint. */
export interface Settings {
  readonly theme: ThemeChoice;
  /** Null follows the browser. */
  readonly locale: Locale | null;
  /** Null is the starter model. */
  readonly defaultModel: string | null;
}

export const DEFAULT_SETTINGS: Settings = { theme: 'system', locale: null, defaultModel: null };
