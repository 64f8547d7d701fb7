import type { LanguageFn } from 'highlight.js';

type Loader = () => Promise<{ default: LanguageFn }>;

interface CodeLanguage {
  readonly name: string;
  readonly load: Loader;
}

const LANGUAGES: Readonly<Record<string, CodeLanguage>> = {
  bash: { name: 'Bash', load: () => import('highlight.js/lib/languages/bash') },
  c: { name: 'C', load: () => import('highlight.js/lib/languages/c') },
  cpp: { name: 'C++', load: () => import('highlight.js/lib/languages/cpp') },
  csharp: { name: 'C#', load: () => import('highlight.js/lib/languages/csharp') },
  css: { name: 'CSS', load: () => import('highlight.js/lib/languages/css') },
  diff: { name: 'Diff', load: () => import('highlight.js/lib/languages/diff') },
  dockerfile: { name: 'Dockerfile', load: () => import('highlight.js/lib/languages/dockerfile') },
  go: { name: 'Go', load: () => import('highlight.js/lib/languages/go') },
  ini: { name: 'INI', load: () => import('highlight.js/lib/languages/ini') },
  java: { name: 'Java', load: () => import('highlight.js/lib/languages/java') },
  javascript: { name: 'JavaScript', load: () => import('highlight.js/lib/languages/javascript') },
  json: { name: 'JSON', load: () => import('highlight.js/lib/languages/json') },
  kotlin: { name: 'Kotlin', load: () => import('highlight.js/lib/languages/kotlin') },
  lua: { name: 'Lua', load: () => import('highlight.js/lib/languages/lua') },
  markdown: { name: 'Markdown', load: () => import('highlight.js/lib/languages/markdown') },
  php: { name: 'PHP', load: () => import('highlight.js/lib/languages/php') },
  python: { name: 'Python', load: () => import('highlight.js/lib/languages/python') },
  r: { name: 'R', load: () => import('highlight.js/lib/languages/r') },
  ruby: { name: 'Ruby', load: () => import('highlight.js/lib/languages/ruby') },
  rust: { name: 'Rust', load: () => import('highlight.js/lib/languages/rust') },
  scss: { name: 'SCSS', load: () => import('highlight.js/lib/languages/scss') },
  sql: { name: 'SQL', load: () => import('highlight.js/lib/languages/sql') },
  swift: { name: 'Swift', load: () => import('highlight.js/lib/languages/swift') },
  typescript: { name: 'TypeScript', load: () => import('highlight.js/lib/languages/typescript') },
  xml: { name: 'HTML', load: () => import('highlight.js/lib/languages/xml') },
  yaml: { name: 'YAML', load: () => import('highlight.js/lib/languages/yaml') },
};

const ALIASES: Readonly<Record<string, string>> = {
  'c#': 'csharp',
  'c++': 'cpp',
  cs: 'csharp',
  docker: 'dockerfile',
  golang: 'go',
  h: 'c',
  hpp: 'cpp',
  htm: 'xml',
  html: 'xml',
  js: 'javascript',
  jsx: 'javascript',
  kt: 'kotlin',
  md: 'markdown',
  mjs: 'javascript',
  patch: 'diff',
  py: 'python',
  python3: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'bash',
  shell: 'bash',
  svelte: 'xml',
  svg: 'xml',
  toml: 'ini',
  ts: 'typescript',
  tsx: 'typescript',
  vue: 'xml',
  yml: 'yaml',
  zsh: 'bash',
};

/** The key of the language that a fence names (`ts title="a"` → `typescript`), or null: then nothing is guessed. */
export function codeLanguage(info: string | undefined): string | null {
  const word =
    info
      ?.trim()
      .split(/[\s{,:]/)[0]
      ?.toLowerCase() ?? '';
  const key = Object.hasOwn(ALIASES, word) ? ALIASES[word] : word;
  return key !== undefined && Object.hasOwn(LANGUAGES, key) ? key : null;
}

/** What the header of a code block says: the language's proper name, else the word in the fence, else null. */
export function codeLanguageName(info: string | undefined): string | null {
  const key = codeLanguage(info);
  if (key !== null) return LANGUAGES[key]?.name ?? null;
  return info?.trim().split(/[\s{,:]/)[0] || null;
}

export function loadCodeLanguage(key: string): Promise<{ default: LanguageFn }> {
  const language = LANGUAGES[key];
  if (!language) return Promise.reject(new RangeError(`No language is called ${key}.`));
  return language.load();
}
