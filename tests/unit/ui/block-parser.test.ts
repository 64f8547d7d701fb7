import fc from 'fast-check';
import type { Token } from 'marked';
import { describe, expect, it } from 'vitest';
import { createBlockParser } from '../../../src/ui/markdown/block-parser.ts';

const SAMPLE = `# Title

First paragraph with **bold** and \`code\`
and a second line.

- one
- two
  - nested

  continued

- three

1) a
2) b

> quote
lazy

| a | b |
|---|:-:|
| 1 | 2 |

\`\`\`ts
const a = 1;

const b = 2;
\`\`\`

    indented

    code

Setext
---
***
<div>
raw
</div>

Last **open`;

const parse = (text: string): readonly Token[] => createBlockParser().update(text, false);
const plain = (tokens: readonly Token[]): unknown => JSON.parse(JSON.stringify(tokens));

/** Streams a text in pieces of these sizes and returns what is shown after its end. */
function stream(text: string, sizes: readonly number[]): readonly Token[] {
  const parser = createBlockParser();
  let end = 0;
  for (let i = 0; end < text.length; i++) {
    end += sizes[i % sizes.length] ?? 1;
    parser.update(text.slice(0, end), true);
  }
  return parser.update(text, false);
}

describe('blocks of a streaming reply', () => {
  it.each([1, 3, 4, 7, 40])('[MD1] a text streamed by %i characters ends as if it had come at once', (size) => {
    expect(plain(stream(SAMPLE, [size]))).toEqual(plain(parse(SAMPLE)));
  });

  it('[MD1] holds for any text of Markdown’s pieces and any cuts', () => {
    const piece = fc.constantFrom(
      ...[
        'a',
        'b c',
        '\n',
        '\n\n',
        '- ',
        '1. ',
        '> ',
        '# ',
        '**',
        '*',
        '`',
        '```\n',
        '    ',
        '  ',
        '|',
        '|-|',
        '---',
        '[',
      ],
      ...['](x)', '<p>', '中文', '：', '~~', '\t', '***', '===', '\r\n', '&amp;', ']: x', '[a]', '!', '+ '],
    );
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), (source, sizes) => {
        expect(plain(stream(source, sizes))).toEqual(plain(parse(source)));
      }),
      { numRuns: 600 },
    );
  });

  it('[MD2] blocks before the last are the same objects as before', () => {
    const parser = createBlockParser();
    const before = parser.update('First.\n\nSecond.\n\nThi', true);
    const after = parser.update('First.\n\nSecond.\n\nThird, longer', true);
    expect(after[0]).toBe(before[0]);
    expect(after[2]).toBe(before[2]);
    expect(after.at(-1)).not.toBe(before.at(-1));
  });

  it('[MD2] a long reply costs one pass over its last block per update', () => {
    const paragraph = 'A sentence of some length that stands for all others. '.repeat(8) + '\n\n';
    const text = paragraph.repeat(200);
    const parser = createBlockParser();
    const started = performance.now();
    let updates = 0;
    for (let end = 0; end < text.length; end += 40, updates++) parser.update(text.slice(0, end), true);
    expect((performance.now() - started) / updates).toBeLessThan(5);
  });

  it('[MD3] while streaming, open marks are shown closed; prices and ranges stay', () => {
    const streaming = (text: string): string => JSON.stringify(createBlockParser().update(text, true));
    expect(streaming('It is **very imp')).toContain('"strong"');
    expect(streaming('See [the docs](https://exa')).not.toContain('](');
    expect(streaming('It costs $5 and 20~25 people')).toContain('It costs $5 and 20~25 people');
    expect(JSON.stringify(parse('It is **very imp'))).not.toContain('"strong"');
  });

  it('[MD1] a text that is not a continuation (another version) starts anew', () => {
    const parser = createBlockParser();
    parser.update('One.\n\nTwo.\n\nThree.', true);
    expect(plain(parser.update('Other.\n\nText.', false))).toEqual(plain(parse('Other.\n\nText.')));
  });

  it('[MD4] a link whose address is defined at the end is a link once the reply has ended', () => {
    const text = 'See [docs].\n\nMore.\n\n[docs]: https://example.com\n';
    expect(JSON.stringify(stream(text, [4]))).toContain('"href":"https://example.com"');
  });
});
