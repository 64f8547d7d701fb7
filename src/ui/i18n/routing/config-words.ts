import type { Locale } from '../../../contracts/settings.ts';
import { configEn, type ConfigWords } from './config-en.ts';
import { configZhCN } from './config-zh-CN.ts';

/** The words of the configuration's page; they come with it, not with the first load. */
export const CONFIG_WORDS: Readonly<Record<Locale, ConfigWords>> = { en: configEn, 'zh-CN': configZhCN };
