import { Composer, Lexer, Parser, type CST, type Document, type Node, type YAMLError } from 'yaml';
import { createLineIndex } from './line-index.ts';
import type { LineAt, Problems } from './problems.ts';
import { createProblems } from './problems.ts';

const MOST_BYTES = 1024 * 1024;
/** Of collections in each other; a configuration has about seven. */
const DEEPEST = 32;
/** A configuration has a few thousand; each takes about a microsecond. */
const MOST_LEXEMES = 100_000;
/** In double quotes; each that is wrong costs the parser an error with a stack. */
const MOST_ESCAPES = 20_000;

/** A text as a tree whose nodes know where they stand. */
export interface YamlTree {
  readonly root: Node | null;
  readonly problems: Problems;
  readonly lineAt: LineAt;
}

/** Words for the kinds of error whose own message would repeat the text, which may hold a secret. */
const OWN_WORDS: Partial<Record<YAMLError['code'], string>> = {
  UNEXPECTED_TOKEN: 'something stands here that YAML does not allow in this place',
  BAD_DQ_ESCAPE: 'a \\ in double quotes has no meaning with the characters after it',
  BAD_DIRECTIVE: 'a line that begins with % must be %YAML 1.2',
  TAG_RESOLVE_FAILED: 'this tag has no meaning here',
  BAD_COLLECTION_TYPE: 'this tag has no meaning here',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
  MULTIPLE_DOCS: 'there must be one document only',
  BAD_ALIAS: 'an anchor or alias needs a name',
};

/** Throws `config/invalid` for a text that is no YAML 1.2, too long or too deep. */
export function readYaml(text: string): YamlTree {
  const lineAt = createLineIndex(text);
  const problems = createProblems(lineAt);
  const tokens = tokensOf(text, problems);
  const [document, ...more] = composed(tokens, text.length, problems);
  for (const { pos, code, message } of document?.errors ?? []) {
    problems.error(pos[0], '', `is not valid YAML: ${OWN_WORDS[code] ?? message}`);
  }
  for (const { pos, code } of document?.warnings ?? []) {
    if (code === 'BAD_DIRECTIVE') problems.error(pos[0], '', `is not valid YAML: ${OWN_WORDS[code] ?? ''}`);
  }
  if (document?.directives.yaml.explicit && document.directives.yaml.version !== '1.2') {
    problems.error(0, '', 'must be YAML 1.2');
  }
  const [second] = more;
  if (second) problems.error(second.range[0], '', `is not valid YAML: ${OWN_WORDS.MULTIPLE_DOCS ?? ''}`);
  if (problems.hasErrors) throw problems.toError();
  return { root: document?.contents ?? null, problems, lineAt };
}

/** The tokens are taken one by one, so that a hostile text is refused before it costs much. */
function tokensOf(text: string, problems: Problems): CST.Token[] {
  const refuse = (offset: number, message: string): never => {
    problems.error(offset, '', message);
    throw problems.toError();
  };
  if (text.length > MOST_BYTES || new TextEncoder().encode(text).byteLength > MOST_BYTES) {
    refuse(0, 'must have at most 1 MiB of text');
  }
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let [lexemes, escapes] = [0, 0];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (depthOf(parser) > DEEPEST) refuse(parser.offset, `must not be nested more than ${DEEPEST} deep`);
    lexemes += 1;
    if (lexeme.startsWith('"')) escapes += lexeme.split('\\').length - 1;
    if (lexemes > MOST_LEXEMES) refuse(parser.offset, `must have at most ${MOST_LEXEMES} words and signs`);
    if (escapes > MOST_ESCAPES) refuse(parser.offset, `must have at most ${MOST_ESCAPES} \\ in double quotes`);
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

/** Every collection under way stands on the parser's stack, with the document under them. */
function depthOf(parser: Parser): number {
  return parser.stack.length - 1;
}

function composed(tokens: readonly CST.Token[], length: number, problems: Problems): Document.Parsed[] {
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    // Compares every key with every other; ours has a set.
    uniqueKeys: false,
    resolveKnownTags: false,
    merge: false,
    prettyErrors: false,
  });
  try {
    return [...composer.compose(tokens, true, length)];
  } catch (cause) {
    problems.error(0, '', 'is not valid YAML');
    throw problems.toError(cause);
  }
}
