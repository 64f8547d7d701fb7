import { DEFAULT_ROUTING, type Routing } from './config.ts';

export type ThemeChoice = 'system' | 'light' | 'dark';
export type Locale = 'en' | 'zh-CN';

/** What a person set, stored in IndexedDB; the theme and language are mirrored to localStorage for the first paint. */
export interface Settings {
  readonly theme: ThemeChoice;
  /** Null follows the browser. */
  readonly locale: Locale | null;
  /** Null is the starter model. */
  readonly defaultModel: string | null;
  /** Address of the relay for providers that refuse web pages; empty is none. */
  readonly proxyUrl: string;
  /** Pools and what holds for all models. */
  readonly routing: Routing;
}

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  locale: null,
  defaultModel: null,
  proxyUrl: '',
  routing: DEFAULT_ROUTING,
};
