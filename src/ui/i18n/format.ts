import type { Locale } from '../../contracts/settings.ts';

export interface Formatters {
  /** 12,345 */
  integer(value: number): string;
  /** 135M */
  compact(value: number): string;
  /** One digit after the point below 10, none above. */
  decimal(value: number): string;
  /** `fraction` 0 to 1; rounded down, so that 100 % means done. */
  percent(fraction: number): string;
  /** Decimal units, as disks and networks count. */
  bytes(value: number): string;
  /** Milliseconds under one second, else seconds: `380 ms`, `2.4 s`. */
  duration(milliseconds: number): string;
  /** Always in seconds, with one digit after the point below 10: `0.6 s`. */
  seconds(milliseconds: number): string;
  dateTime(epochMs: number): string;
  money(amount: number, currency: string): string;
  /** A price as price lists write it: `$2`, `$0.10`, `$0.075`. */
  price(amount: number, currency: string): string;
  /** `YYYY-MM-DD`, as the language writes a day; unchanged when it is none. */
  day(date: string): string;
}

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

export function createFormatters(locale: Locale): Formatters {
  const integer = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const one = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const decimal = (value: number): string => (Math.abs(value) < 9.95 ? one : integer).format(value);
  return {
    integer: (value) => integer.format(value),
    compact: (value) => compact.format(value),
    decimal,
    percent: (fraction) => percent.format(Math.floor(clamp(fraction) * 100) / 100),
    bytes: (value) => formatBytes(locale, value),
    duration: (ms) => (ms < 1000 ? `${integer.format(ms)} ms` : `${decimal(ms / 1000)} s`),
    seconds: (ms) => `${decimal(Math.max(ms, 100) / 1000)} s`,
    dateTime: (epochMs) => dateTime.format(epochMs),
    money: (amount, currency) =>
      new Intl.NumberFormat(locale, { style: 'currency', currency, maximumSignificantDigits: 2 }).format(amount),
    price: (amount, currency) =>
      new Intl.NumberFormat(locale, {
        style: 'currency',
        currency,
        minimumFractionDigits: Number.isInteger(amount) ? 0 : 2,
        maximumFractionDigits: 4,
      }).format(amount),
    day: (date) => formatDay(locale, date),
  };
}

function formatBytes(locale: Locale, value: number): string {
  let amount = Math.max(0, value);
  let unit = 0;
  while (amount >= 999.5 && unit < BYTE_UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  // Intl says "0 byte" in English, whatever the number.
  if (unit === 0) return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(amount)} B`;
  const digits = amount >= 99.5 ? 0 : 1;
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: BYTE_UNITS[unit] ?? 'byte',
    unitDisplay: 'short',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount);
}

function formatDay(locale: Locale, date: string): string {
  const at = /^\d{4}-\d{2}-\d{2}$/u.test(date) ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(at)) return date;
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(at);
}

function clamp(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}
