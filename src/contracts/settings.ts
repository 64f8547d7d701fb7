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
  /** Base address of an OTLP/HTTP collector that figures are sent to, https or on this machine; empty is none. */
  readonly collectorUrl: string;
  /** Pools and what holds for all models. */
  readonly routing: Routing;
}

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  locale: null,
  defaultModel: null,
  proxyUrl: '',
  collectorUrl: '',
  routing: DEFAULT_ROUTING,
};
