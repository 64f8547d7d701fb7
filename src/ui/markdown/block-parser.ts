import { Lexer, type Token } from 'marked';
import remend from 'remend';
import { CjkTokenizer } from './cjk-tokenizer.ts';

/** Definitions of links (`[name]: url`) that later text may refer to. */
type Links = Lexer['tokens']['links'];

const LINK_DEFINITION = /^ {0,3}\[[^\]\n]+\]:/m;

export interface BlockParser {
  /**
   * The blocks of `text`. When `text` goes on from the last call, blocks that can't change any more are the same objects as
   * before, and only the last block is read again. While `streaming`, marks that are not closed yet are closed for the view.
   */
  update(text: string, streaming: boolean): readonly Token[];
}

/**
 * A streaming reply costs one pass over its last block per update, not over the whole text (30 s of work for a long reply).
 * A block is final as soon as another one follows it: no rule of Markdown joins it with anything later but a definition of a
 * link, and those are read in full once the reply has ended.
 */
export function createBlockParser(): BlockParser {
  let source = '';
  let finalBlocks: readonly Token[] = [];
  let finalLength = 0;
  let finalLinks: Links = {};
  let result: readonly Token[] = [];
  let resultKey = '';

  const reset = (): void => {
    finalBlocks = [];
    finalLength = 0;
    finalLinks = {};
  };

  /** By whole lines only: `***` is a rule until it turns out to be `***bold***`. */
  const settle = (): void => {
    const lines = source.slice(finalLength, source.lastIndexOf('\n') + 1);
    const { tokens, links } = lex(lines, finalLinks);
    const last = startOfLastBlock(tokens, lines);
    if (last.index === 0) return;
    finalBlocks = [...finalBlocks, ...tokens.slice(0, last.index)];
    finalLength += last.offset;
    finalLinks = links;
  };

  return {
    update(rawText, streaming) {
      const text = normalise(rawText);
      const key = `${streaming ? 's' : 'd'}${text}`;
      if (key === resultKey) return result;
      resultKey = key;
      if (!text.startsWith(source)) reset();
      source = text;
      if (!streaming && LINK_DEFINITION.test(text)) {
        result = lex(text, {}).tokens;
        return result;
      }
      settle();
      const tail = text.slice(finalLength);
      const open = lex(streaming ? closeOpenMarks(tail) : tail, finalLinks).tokens;
      result = keepEqual(result, [...finalBlocks, ...open], finalLinks);
      return result;
    },
  };
}

/** `next` with the objects of `previous` for blocks with the same source: those are not drawn again. */
function keepEqual(previous: readonly Token[], next: readonly Token[], links: Links): readonly Token[] {
  if (Object.keys(links).length > 0) return next; // The same source may have become a link.
  return next.map((token, index) => {
    const old = previous[index];
    return old && old.type === token.type && old.raw === token.raw ? old : token;
  });
}

/** Marked counts with these replaced too; offsets must agree with its `raw`. */
function normalise(text: string): string {
  return text.replace(/\r\n|\r/g, '\n');
}

function lex(text: string, links: Links): { tokens: Token[]; links: Links } {
  const lexer = new Lexer({ gfm: true, breaks: true, tokenizer: new CjkTokenizer() });
  Object.assign(lexer.tokens.links, links);
  const tokens = [...lexer.lex(text)];
  return { tokens, links: lexer.tokens.links };
}

/** The last block that is not white space. Where the tokens do not add up to the text, nothing is taken as settled. */
function startOfLastBlock(tokens: readonly Token[], text: string): { index: number; offset: number } {
  const total = tokens.reduce((sum, token) => sum + token.raw.length, 0);
  const index = tokens.findLastIndex((token) => token.type !== 'space');
  if (total !== text.length || index <= 0) return { index: 0, offset: 0 };
  const offset = tokens.slice(0, index).reduce((sum, token) => sum + token.raw.length, 0);
  return { index, offset };
}

/** `**bold` is shown as bold before its end arrives; prices and ranges (`$5`, `20~25`) are left alone. */
function closeOpenMarks(text: string): string {
  return remend(text, { katex: false, inlineKatex: false, singleTilde: false, linkMode: 'text-only', htmlTags: false });
}
