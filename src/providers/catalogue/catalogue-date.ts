/** What the shipped tables say holds as of this day, `YYYY-MM-DD`. */
export const CATALOGUE_DATE = '2026-11-22';
