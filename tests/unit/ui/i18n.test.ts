import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../../src/errors/index.ts';
import { CLOUD_WORDS } from '../../../src/ui/i18n/cloud/cloud-words.ts';
import { chooseLocale } from '../../../src/ui/i18n/choose-locale.ts';
import { en } from '../../../src/ui/i18n/en.ts';
import { createFormatters } from '../../../src/ui/i18n/format.ts';
import { CONFIG_WORDS } from '../../../src/ui/i18n/routing/config-words.ts';
import { DASHBOARD_WORDS } from '../../../src/ui/i18n/routing/dashboard-words.ts';
import { POOL_WORDS } from '../../../src/ui/i18n/routing/pool-words.ts';
import { createI18n } from '../../../src/ui/i18n/i18n-state.svelte.ts';
import { zhCN } from '../../../src/ui/i18n/zh-CN.ts';

/** Facts that every function of the catalogues may be called with. */
const FACTS = {
  provider: '百度',
  host: 'h.example',
  model: '模型',
  successor: '新模型',
  modelCount: 2,
  firstToken: '2 s',
  local: false,
  country: false,
};

/** Every leaf of a catalogue with its path; functions are called with plain arguments. */
function leaves(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    const call = value as (...args: unknown[]) => unknown;
    return [[path, String(path.startsWith('doctor.') ? call(FACTS) : call(2, '2', 'x'))]];
  }
  return Object.entries(value as object).flatMap(([key, child]) => leaves(child, path === '' ? key : `${path}.${key}`));
}

const CATALOGUES = [
  ['the first load', en, zhCN],
  ['clouds', CLOUD_WORDS.en, CLOUD_WORDS['zh-CN']],
  ['the dashboard', DASHBOARD_WORDS.en, DASHBOARD_WORDS['zh-CN']],
  ['pools', POOL_WORDS.en, POOL_WORDS['zh-CN']],
  ['the configuration', CONFIG_WORDS.en, CONFIG_WORDS['zh-CN']],
] as const;

/** Product names, keys and units that stay as they are in every language. */
const SAME_EVERYWHERE =
  /^(appName|title|chartOf|branch\.position|model\.parameters|wait\.bytes|track\.attempt|composer\.keys|empty\.examples\.\d\.text|kinds\.(openai|azure)\.name)$/;

describe('words', () => {
  it.each(CATALOGUES)(
    '[UI10] of %s: both languages have the same keys and no empty text',
    (_name, english, chinese) => {
      expect(
        leaves(chinese)
          .map(([path]) => path)
          .sort(),
      ).toEqual(
        leaves(english)
          .map(([path]) => path)
          .sort(),
      );
      for (const [path, text] of [...leaves(english), ...leaves(chinese)]) expect(text.trim(), path).not.toBe('');
    },
  );

  it.each(CATALOGUES)('[UI10] of %s: every Chinese text is Chinese', (_name, _english, chinese) => {
    const untranslated = leaves(chinese).filter(
      ([path, text]) => !SAME_EVERYWHERE.test(path) && !/\p{Script=Han}/u.test(text),
    );
    expect(untranslated).toEqual([]);
  });

  it.each(CATALOGUES)('[UI10] of %s: Chinese texts have Chinese punctuation', (_name, _english, chinese) => {
    const wrong = leaves(chinese).filter(
      ([path, text]) => !/examples/.test(path) && /\p{Script=Han}\s?[,.:;!?](\s|$)/u.test(text),
    );
    expect(wrong).toEqual([]);
  });

  it('[UI11] every error code has its own words in both languages', () => {
    for (const code of Object.keys(ERROR_CODES)) {
      expect(createI18n('en').errorText(code)).not.toBe(en.unknownError);
      expect(createI18n('zh-CN').errorText(code)).not.toBe(zhCN.unknownError);
    }
    expect(createI18n('en').errorText('no/such').title).toBe(en.unknownError.title);
    expect(createI18n('en').errorText('toString').title).toBe(en.unknownError.title);
  });

  it('[UI12] the flag wins over the setting, the setting over the browser', () => {
    expect(chooseLocale('zh-CN', 'en', ['en'])).toBe('zh-CN');
    expect(chooseLocale('fr', 'zh-CN', ['en'])).toBe('zh-CN');
    expect(chooseLocale(null, null, ['fr', 'zh-Hans-SG', 'en'])).toBe('zh-CN');
    expect(chooseLocale(null, null, ['fr'])).toBe('en');
  });

  it('[UI13] plurals agree', () => {
    expect(en.track.tokens(1, '1')).toBe('1 token');
    expect(en.track.tokens(0, '0')).toBe('0 tokens');
    expect(en.notes.dropped(1, '1')).toContain('1 older message did not');
    expect(en.notes.dropped(3, '3')).toContain('were left out');
  });

  it('[UI14] numbers, bytes and times are written as the language writes them', () => {
    const format = createFormatters('en');
    expect(format.bytes(0)).toBe('0 B');
    expect(format.bytes(999)).toBe('999 B');
    expect(format.bytes(105_454_432)).toBe('105 MB');
    expect(format.bytes(8_400_000)).toBe('8.4 MB');
    expect(format.bytes(999_960)).toBe('1.0 MB');
    expect(format.duration(382)).toBe('382 ms');
    expect(format.duration(5140)).toBe('5.1 s');
    expect(format.percent(0.999)).toBe('99%');
    expect(format.percent(1)).toBe('100%');
    expect(format.decimal(44.3)).toBe('44');
    expect(format.decimal(3.14)).toBe('3.1');
    expect([2, 0.1, 0.075, 12.5].map((price) => format.price(price, 'USD'))).toEqual([
      '$2',
      '$0.10',
      '$0.075',
      '$12.50',
    ]);
    expect(format.day('2027-01-14')).toBe('Jan 14, 2027');
    expect(format.day('soon')).toBe('soon');
    expect(createFormatters('zh-CN').price(0.3, 'CNY')).toBe('¥0.30');
    expect(createFormatters('zh-CN').compact(134_515_008)).toBe('1.3亿');
  });
});
