// Lint rules that look at one file (imports between folders are checked by .dependency-cruiser.cjs): no loose IPC, nothing newer than the oldest runtime.

import prettier from 'eslint-config-prettier'
import node from 'eslint-plugin-n'
import vue from 'eslint-plugin-vue'
import typescript from 'typescript-eslint'

/** Electron 22, the older of the two runtimes, carries this Node. */
const oldestNode = '16.17.0'

/**
 * Globals that oldestNode lacks or has behind a flag. Newer methods (findLast, toSorted) are kept
 * out by main/tsconfig.json's lib, newer syntax is lowered by esbuild.
 */
const newerGlobals = [
  ...['fetch', 'FormData', 'Headers', 'Request', 'Response', 'structuredClone', 'WebSocket'],
  ...['CompressionStream', 'DecompressionStream', 'CustomEvent', 'File', 'navigator', 'crypto'],
  ...['ReadableStream', 'WritableStream', 'TransformStream'],
]

const ipcOnly = (/** @type {string[]} */ ...names) => ({
  paths: [
    {
      name: 'electron',
      importNames: names,
      message: 'Only preload.ts and router.ts touch Electron IPC.',
    },
  ],
})

export default typescript.config(
  { ignores: ['dist/', 'out/', '.runtime/', 'node_modules/'] },
  ...typescript.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: typescript.parser } },
  },
  {
    files: ['{main,renderer,shared,bench,test}/**/*.{ts,vue}'],
    languageOptions: {
      parserOptions: {
        projectService: true,
        extraFileExtensions: ['.vue'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      eqeqeq: 'error',
      'max-params': ['error', 3],
      'no-console': ['error', { allow: ['warn', 'error'] }],
    },
  },
  {
    files: ['main/**/*.ts'],
    // cli.ts runs on the person's Node, preload.ts in Chromium; electronCompat.ts exists to ask.
    ignores: ['main/cli.ts', 'main/preload.ts', 'main/electronCompat.ts'],
    plugins: { n: node },
    // The rule follows only the names listed here.
    languageOptions: {
      globals: Object.fromEntries(newerGlobals.map((name) => [name, 'readonly'])),
    },
    rules: {
      'n/no-unsupported-features/node-builtins': ['error', { version: oldestNode }],
      'n/no-unsupported-features/es-builtins': ['error', { version: oldestNode }],
    },
  },
  {
    // These two run where Chromium (preload) or Electron 25 (electronCompat) bring them.
    files: ['main/preload.ts', 'main/electronCompat.ts'],
    rules: { 'n/no-unsupported-features/node-builtins': 'off' },
  },
  {
    files: ['main/**/*.ts', 'renderer/**/*.{ts,vue}'],
    ignores: ['main/preload.ts', 'main/router.ts'],
    rules: {
      'no-restricted-imports': ['error', ipcOnly('ipcMain', 'ipcRenderer', 'contextBridge')],
    },
  },
  {
    // Tests may print why something is skipped and how long it took.
    files: ['test/**'],
    rules: { 'no-console': 'off', 'max-params': 'off' },
  },
  {
    files: ['**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  prettier,
)
