import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../../src/errors/index.ts';
import { chooseLocale } from '../../../src/ui/i18n/choose-locale.ts';
import { en } from '../../../src/ui/i18n/en.ts';
import { createFormatters } from '../../../src/ui/i18n/format.ts';
import { createI18n } from '../../../src/ui/i18n/i18n-state.svelte.ts';
import { zhCN } from '../../../src/ui/i18n/zh-CN.ts';

/** Every leaf of a catalogue with its path; functions are called with plain arguments. */
function leaves(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String((value as (...args: unknown[]) => unknown)(2, '2', 'x'))]];
  return Object.entries(value as object).flatMap(([key, child]) => leaves(child, path === '' ? key : `${path}.${key}`));
}

/** Product names, keys and units that stay as they are in every language. */
const SAME_EVERYWHERE =
  /^(appName|title|branch\.position|model\.parameters|wait\.bytes|track\.attempt|composer\.keys|empty\.examples\.\d\.text)$/;

describe('words', () => {
  it('[UI10] both catalogues have the same keys and no empty text', () => {
    expect(leaves(zhCN).map(([path]) => path)).toEqual(leaves(en).map(([path]) => path));
    for (const [path, text] of [...leaves(en), ...leaves(zhCN)]) expect(text.trim(), path).not.toBe('');
  });

  it('[UI10] every Chinese text is Chinese', () => {
    const untranslated = leaves(zhCN).filter(
      ([path, text]) => !SAME_EVERYWHERE.test(path) && !/\p{Script=Han}/u.test(text),
    );
    expect(untranslated).toEqual([]);
  });

  it('[UI10] Chinese texts have Chinese punctuation', () => {
    const wrong = leaves(zhCN).filter(
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
    expect(createFormatters('zh-CN').compact(134_515_008)).toBe('1.3亿');
  });
});
