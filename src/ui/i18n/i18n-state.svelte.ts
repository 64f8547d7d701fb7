import type { Locale } from '../../contracts/settings.ts';
import { isErrorCode } from '../../errors/index.ts';
import { en, type ErrorText, type Messages } from './en.ts';
import { createFormatters, type Formatters } from './format.ts';
import { zhCN } from './zh-CN.ts';

const CATALOGUES: Readonly<Record<Locale, Messages>> = { en, 'zh-CN': zhCN };

/** The words and formats of the chosen language; everything that reads `t` or `format` follows a change. */
export class I18n {
  #locale = $state<Locale>('en');
  #format = $derived(createFormatters(this.#locale));

  constructor(locale: Locale) {
    this.#locale = locale;
  }

  get locale(): Locale {
    return this.#locale;
  }

  get t(): Messages {
    return CATALOGUES[this.#locale];
  }

  get format(): Formatters {
    return this.#format;
  }

  setLocale(locale: Locale): void {
    this.#locale = locale;
  }

  errorText(code: string): ErrorText {
    return isErrorCode(code) ? this.t.errors[code] : this.t.unknownError;
  }
}

export function createI18n(locale: Locale): I18n {
  return new I18n(locale);
}
