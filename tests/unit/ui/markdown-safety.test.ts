import { describe, expect, it } from 'vitest';
import { codeLanguage, codeLanguageName } from '../../../src/ui/markdown/code-languages.ts';
import { decodeEntities } from '../../../src/ui/markdown/entities.ts';
import { highlight, HIGHLIGHT_LIMIT_CHARS } from '../../../src/ui/markdown/highlight.ts';
import { plainText } from '../../../src/ui/markdown/plain-text.ts';
import { safeImage, safeLink } from '../../../src/ui/markdown/safe-url.ts';

describe('addresses in a model’s text', () => {
  it.each([
    'javascript:alert(1)',
    '  JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>1</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://a/b',
    '/settings',
    '#/chat',
    '//evil.example',
    'streamdown:incomplete-link',
    '',
  ])('[MD6] %j is no link', (href) => {
    expect(safeLink(href)).toBeNull();
  });

  it('[MD6] http, https and mailto are links', () => {
    expect(safeLink('https://example.com/a b')).toBe('https://example.com/a%20b');
    expect(safeLink('http://example.com')).toBe('http://example.com/');
    expect(safeLink('mailto:a@example.com')).toBe('mailto:a@example.com');
  });

  it('[MD7] an image is named by its host and only of the web', () => {
    expect(safeImage('https://tracker.example/p.png?x=1')?.host).toBe('tracker.example');
    expect(safeImage('javascript:alert(1)')).toBeNull();
    expect(safeImage('data:image/svg+xml,<svg onload=alert(1)>')).toBeNull();
  });

  it('[MD8] entities become characters, unknown ones stay', () => {
    expect(decodeEntities('a &lt;b&gt; &amp; &#39;c&#x27; &quot;')).toBe(`a <b> & 'c' "`);
    expect(decodeEntities('&nosuch; &#xD800; &#0; R&D')).toBe('&nosuch; \ufffd \ufffd R&D');
    expect(decodeEntities('&amp;lt;')).toBe('&lt;');
  });
});

describe('a reply read aloud', () => {
  it('[MD13] is its words without the marks of Markdown', () => {
    const reply =
      '# Title\n\nIt is **Paris**, see [the map](https://a.example).\n\n- one `x`\n- [x] two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```ts\nlet a;\n```';
    expect(plainText(reply)).toBe('Title\nIt is Paris, see the map.\none x\ntwo\na, b\n1, 2\nlet a;');
  });
});

describe('code', () => {
  it('[MD9] the language is what the fence names; nothing is guessed', () => {
    expect(codeLanguage('ts title="a.ts"')).toBe('typescript');
    expect(codeLanguage('PY')).toBe('python');
    expect(codeLanguage('c++')).toBe('cpp');
    expect(codeLanguage(undefined)).toBeNull();
    expect(codeLanguage('constructor')).toBeNull();
    expect(codeLanguage('__proto__')).toBeNull();
    expect(codeLanguageName('ts')).toBe('TypeScript');
    expect(codeLanguageName('befunge')).toBe('befunge');
    expect(codeLanguageName('')).toBeNull();
  });

  it.each([
    ['typescript', 'const a: string = `x${1 + 2}`; // <b>&amp;</b>\nclass B<T> { get c() { return "d"; } }'],
    ['xml', '<script>const a = 1;</script><style>b { color: red }</style><!-- c -->'],
    ['python', '@d\ndef f(a: int) -> str:\n    """doc"""\n    return f"{a!r}"'],
    ['php', '<?php echo "<b>$a</b>"; ?><p>html</p>'],
    ['markdown', '# a\n```js\nlet b\n```'],
    ['bash', 'for f in *; do echo "$f"; done # x'],
  ])('[MD10] %s: runs hold every character in order and never HTML', async (language, code) => {
    const runs = await highlight(code, language);
    expect(runs?.map((run) => run.text).join('')).toBe(code);
    expect(runs?.some((run) => run.scope !== null)).toBe(true);
  });

  it('[MD11] code over the limit stays plain', async () => {
    expect(await highlight('x'.repeat(HIGHLIGHT_LIMIT_CHARS + 1), 'typescript')).toBeNull();
  });

  it('[MD11] an unknown language stays plain', async () => {
    expect(await highlight('x', 'nosuch')).toBeNull();
  });
});
