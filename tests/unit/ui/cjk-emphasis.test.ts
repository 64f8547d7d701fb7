import type { Token } from 'marked';
import { describe, expect, it } from 'vitest';
import { createBlockParser } from '../../../src/ui/markdown/block-parser.ts';

/** `<b>` and `<i>` around what is emphasised. */
function show(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      const inner =
        'tokens' in token && Array.isArray(token.tokens)
          ? show(token.tokens)
          : 'text' in token
            ? String(token.text)
            : token.raw;
      if (token.type === 'strong') return `<b>${inner}</b>`;
      return token.type === 'em' ? `<i>${inner}</i>` : inner;
    })
    .join('');
}
const render = (text: string): string => show(createBlockParser().update(text, false));

describe('emphasis in Chinese, Japanese and Korean', () => {
  it.each([
    ['**注意：**正文', '<b>注意：</b>正文'],
    ['正文**“引用”**正文', '正文<b>“引用”</b>正文'],
    ['请看**《红楼梦》**这本书', '请看<b>《红楼梦》</b>这本书'],
    ['**注意：**正文和**重点。**然后', '<b>注意：</b>正文和<b>重点。</b>然后'],
    ['费率是**5%**左右', '费率是<b>5%</b>左右'],
    ['调用**`f()`**即可', '调用<b>f()</b>即可'],
    ['*重要！*请看', '<i>重要！</i>请看'],
    ['***全部！***请看', '<i><b>全部！</b></i>请看'],
    ['**この文は「強調」。**次の文', '<b>この文は「強調」。</b>次の文'],
    ['**주의:**본문', '<b>주의:</b>본문'],
    ['**外层*内层*外层**后', '<b>外层<i>内层</i>外层</b>后'],
    ['**注意**：正文', '<b>注意</b>：正文'],
  ])('[MD5] %s', (source, expected) => {
    expect(render(source)).toBe(expected);
  });

  it.each([
    ['**bold** and *it*', '<b>bold</b> and <i>it</i>'],
    ['2 * 3 * 4', '2 * 3 * 4'],
    ['a**"b"**c', 'a**"b"**c'],
    ['snake_case_name', 'snake_case_name'],
    ['价格 2 * 3 和 4 * 5', '价格 2 * 3 和 4 * 5'],
    ['** 不是粗体 **', '** 不是粗体 **'],
    ['未闭合的**粗体', '未闭合的**粗体'],
  ])('[MD5] leaves alone what is no emphasis or no CJK: %s', (source, expected) => {
    expect(render(source)).toBe(expected);
  });
});
