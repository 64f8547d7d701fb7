import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** The JavaScript of a script of this folder, for a page or a worker; it may import types only. */
export function pageScript(name: string): string {
  const source = readFileSync(new URL(`${name}.ts`, import.meta.url), 'utf8');
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  });
  if (/^import /m.test(outputText)) throw new Error(`${name} imports more than types`);
  return `(() => {\n${outputText.replace(/^export \{\};$/m, '')}\n})();\n`;
}
