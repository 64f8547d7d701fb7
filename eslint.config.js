import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

/** What each room of src may import from its neighbours (DESIGN: who may import whom). Everything else is refused. */
const ROOMS = {
  contracts: [],
  errors: ['contracts'],
  config: ['contracts', 'errors'],
  providers: ['contracts', 'errors'],
  engine: ['contracts', 'errors'],
  convert: ['contracts', 'errors'],
  storage: ['contracts', 'errors'],
  hub: ['contracts', 'errors', 'config', 'providers'],
  rpc: ['contracts', 'errors'],
  client: ['contracts', 'errors', 'rpc'],
  pwa: ['contracts', 'errors'],
  ui: ['contracts', 'errors', 'client', 'storage', 'pwa'],
};

/** One room owns each library. */
const OWNED_LIBRARIES = {
  comlink: ['rpc'],
  idb: ['storage'],
  openai: ['providers'],
  'eventsource-parser': ['providers'],
  'hash-wasm': ['hub'],
  '@pydantic/genai-prices': [],
  '@huggingface/transformers': ['engine'],
  'onnxruntime-web': ['engine'],
  'workbox-window': ['pwa'],
  '@bufbuild/protobuf': ['convert'],
  yaml: ['config'],
};

/** Rooms whose rules must be deterministic: they get clocks, chance and locks as ports. */
const PURE_ROOMS = ['hub', 'providers', 'engine', 'convert', 'errors', 'config', 'contracts'];

function restrictedImports(room) {
  const allowed = new Set([room, ...ROOMS[room]]);
  const foreign = Object.keys(ROOMS).filter((other) => !allowed.has(other));
  const libraries = Object.entries(OWNED_LIBRARIES).filter(([, owners]) => !owners.includes(room));
  return [
    'error',
    {
      patterns: [
        {
          group: foreign.map((other) => `**/${other}/**`),
          message: `src/${room} may import only: ${[...allowed].join(', ')}.`,
        },
        { group: ['**/workers/**', '**/tests/**'], message: 'Rooms do not import entries or tests.' },
        ...libraries.map(([library, owners]) => ({
          group: [library, `${library}/**`],
          message: `${library} belongs to src/${owners.join(', src/')}.`,
        })),
      ],
    },
  ];
}

const roomConfigs = Object.keys(ROOMS).map((room) => ({
  files: [`src/${room}/**/*.ts`, `src/${room}/**/*.svelte`],
  rules: { 'no-restricted-imports': restrictedImports(room) },
}));

export default ts.config(
  {
    ignores: ['dist/', '.cache/', 'public/', 'src/convert/onnx-proto/', 'node_modules/', 'test-results/', '**/*.d.ts'],
  },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser, ...globals.worker, ...globals.node, __BUILD_ID__: 'readonly' },
      parserOptions: {
        project: ['./tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
      // Methods here are closures made by factories: none reads `this`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/triple-slash-reference': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
      // Prettier's business.
      'no-unexpected-multiline': 'off',
      'no-console': ['error', { allow: ['error', 'warn', 'debug'] }],
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 70, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: { 'svelte/no-at-html-tags': 'error', 'svelte/button-has-type': 'error', 'max-lines-per-function': 'off' },
  },
  ...roomConfigs,
  {
    files: PURE_ROOMS.map((room) => `src/${room}/**/*.ts`),
    rules: {
      'no-restricted-globals': [
        'error',
        'window',
        'document',
        'navigator',
        'localStorage',
        'fetch',
        'indexedDB',
        'setInterval',
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take a Clock.' },
        { object: 'performance', property: 'now', message: 'Take a Clock.' },
        { object: 'Math', property: 'random', message: 'Take a Random.' },
      ],
    },
  },
  {
    files: ['tests/**/*.ts', 'scripts/**', 'vite/**', '*.config.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'no-console': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['workers/service-worker.ts'],
    languageOptions: { parserOptions: { project: ['./tsconfig/service-worker.json'] } },
  },
  {
    files: ['workers/hub*.ts', 'workers/compose-hub.ts'],
    languageOptions: { parserOptions: { project: ['./tsconfig/hub.json'] } },
  },
  {
    files: ['workers/engine.worker.ts'],
    languageOptions: { parserOptions: { project: ['./tsconfig/engine.json'] } },
  },
  { files: ['**/*.js', '**/*.mjs'], ...ts.configs.disableTypeChecked },
);
