import type { Locale } from '../../contracts/settings.ts';

export const LOCALES: readonly Locale[] = ['en', 'zh-CN'];

/** The name of each language in itself. */
export const LOCALE_NAMES: Readonly<Record<Locale, string>> = { en: 'English', 'zh-CN': '简体中文' };

/** `?lang=` wins over the setting, the setting over the browser's languages; English is the last resort. */
export function chooseLocale(flag: string | null, setting: Locale | null, browserLanguages: readonly string[]): Locale {
  const fromFlag = flag === null ? undefined : matchLocale(flag);
  if (fromFlag) return fromFlag;
  if (setting) return setting;
  for (const language of browserLanguages) {
    const match = matchLocale(language);
    if (match) return match;
  }
  return 'en';
}

function matchLocale(language: string): Locale | undefined {
  const primary = language.toLowerCase().split(/[-_]/)[0];
  if (primary === 'zh') return 'zh-CN';
  return primary === 'en' ? 'en' : undefined;
}
