import type { Emitter } from 'highlight.js';
import hljs from 'highlight.js/lib/core';
import { loadCodeLanguage } from './code-languages.ts';

/** A piece of code and how it is drawn: `keyword`, `string`, …, or null for plain. */
export interface CodeRun {
  readonly text: string;
  readonly scope: string | null;
}

/** Longer code stays plain: highlight.js takes about half a second for 2,000 lines. */
export const HIGHLIGHT_LIMIT_CHARS = 50_000;

/** Collects runs in place of highlight.js's HTML, so that no HTML is ever made from a model's text. */
class RunEmitter implements Emitter {
  readonly runs: CodeRun[] = [];
  readonly #scopes: string[] = [];

  addText(text: string): void {
    if (text !== '') this.runs.push({ text, scope: this.#scopes.at(-1) ?? null });
  }
  startScope(name: string): void {
    this.#scopes.push(name);
  }
  endScope(): void {
    this.#scopes.pop();
  }
  /** highlight.js 11 calls these beside the two above; its types do not know them. */
  openNode(name: string): void {
    this.startScope(name);
  }
  closeNode(): void {
    this.endScope();
  }
  __addSublanguage(emitter: Emitter): void {
    if (emitter instanceof RunEmitter) this.runs.push(...emitter.runs);
  }
  finalize(): void {
    this.#scopes.length = 0;
  }
  toHTML(): string {
    return '';
  }
}

hljs.configure({ __emitter: RunEmitter });

/** The runs of `code`; null when it is too long or the language can't be loaded: then it is shown plain. */
export async function highlight(code: string, language: string): Promise<readonly CodeRun[] | null> {
  if (code.length > HIGHLIGHT_LIMIT_CHARS) return null;
  if (!hljs.getLanguage(language)) {
    try {
      hljs.registerLanguage(language, (await loadCodeLanguage(language)).default);
    } catch {
      return null; // Offline before the language was ever loaded.
    }
  }
  const { _emitter } = hljs.highlight(code, { language, ignoreIllegals: true });
  if (!(_emitter instanceof RunEmitter)) return null;
  // Colours may be missing, characters may not: highlight.js swallows its own failures and returns what it had.
  return _emitter.runs.map((run) => run.text).join('') === code ? _emitter.runs : null;
}
