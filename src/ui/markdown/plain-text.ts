import type { Token } from 'marked';
import { createBlockParser } from './block-parser.ts';
import { decodeEntities } from './entities.ts';

/** A reply as it is read aloud: its words without the marks of Markdown. */
export function plainText(markdown: string): string {
  return createBlockParser()
    .update(markdown, false)
    .map((block) => textOf(block).trim())
    .filter((text) => text !== '')
    .join('\n');
}

function textOf(token: Token): string {
  if (token.type === 'table') {
    const rows = [token['header'], ...(token['rows'] as Token[][])] as { readonly tokens: Token[] }[][];
    return rows.map((row) => row.map((cell) => cell.tokens.map(textOf).join('')).join(', ')).join('\n');
  }
  if (token.type === 'list') return (token['items'] as Token[]).map((item) => textOf(item).trim()).join('\n');
  if (token.type === 'br') return '\n';
  if (token.type === 'checkbox' || token.type === 'hr' || token.type === 'def') return '';
  const children: unknown = 'tokens' in token ? token.tokens : undefined;
  if (Array.isArray(children)) return (children as Token[]).map(textOf).join('');
  return 'text' in token ? decodeEntities(String(token.text)) : token.raw;
}
