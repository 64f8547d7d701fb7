import type { Locale } from '../../../contracts/settings.ts';
import { poolsEn, type PoolWords } from './pools-en.ts';
import { poolsZhCN } from './pools-zh-CN.ts';

/** The words of pools and limits; they come with that page, not with the first load. */
export const POOL_WORDS: Readonly<Record<Locale, PoolWords>> = { en: poolsEn, 'zh-CN': poolsZhCN };
