import type { Locale } from '../../../contracts/settings.ts';
import { dashboardEn, type DashboardWords } from './dashboard-en.ts';
import { dashboardZhCN } from './dashboard-zh-CN.ts';

/** The words of the dashboard; they come with it, not with the first load. */
export const DASHBOARD_WORDS: Readonly<Record<Locale, DashboardWords>> = { en: dashboardEn, 'zh-CN': dashboardZhCN };
