import { builtinModules } from 'node:module';
import tseslint from 'typescript-eslint';

const nodeBuiltins = builtinModules.flatMap((name) => [name, `node:${name}`]);
const rooms = (...names) => names.map((name) => `**/${name}/**`);

/** Forbids importing the given rooms by value; `typesToo` forbids `import type` as well. */
const closed = (groups, message, typesToo = false) => ({
  '@typescript-eslint/no-restricted-imports': [
    'error',
    { patterns: [{ group: groups, message, allowTypeImports: !typesToo }] },
  ],
});

export default tseslint.config(
  { ignores: ['node_modules', 'dist', 'coverage', '.crossconnect*/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      // Activities are async by contract, also where one of them awaits nothing.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'no-console': 'error',
      'max-lines': ['warn', { max: 250, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // Workflow code runs in Temporal's deterministic sandbox: no Node, no I/O, nothing of the other rooms by value.
    files: ['workflows/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: nodeBuiltins.map((name) => ({ name, message: 'workflow code is deterministic: no Node modules' })),
          patterns: [
            {
              group: [
                ...rooms('activities', 'api', 'config', 'store', 'engine', 'test'),
                'knex',
                'pg',
                'undici',
                'zod',
                'yaml',
                'pino',
              ],
              message: 'workflows decide, activities act: import types only',
              allowTypeImports: true,
            },
          ],
        },
      ],
    },
  },
  // Field lists and schemas are long and simple.
  { files: ['store/peeringdb/objects.ts', 'migrations/**/*.ts'], rules: { 'max-lines': 'off' } },
  {
    files: ['store/**/*.ts'],
    rules: closed(rooms('api', 'activities', 'workflows', 'engine'), 'the store knows nothing of ours but config'),
  },
  {
    files: ['activities/**/*.ts'],
    rules: closed(rooms('api', 'engine'), 'activities reach the store, the upstreams and the messages'),
  },
  {
    files: ['api/routes/**/*.ts', 'api/http/**/*.ts'],
    rules: closed(rooms('activities', 'engine'), 'the api asks the store and tells Temporal'),
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['api/cli/**/*.ts', 'bench/**/*.ts', 'test/demo/**/*.ts', 'test/helpers/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'jest', property: 'mock', message: 'fakes are real servers; own modules are not mocked' },
      ],
    },
  },
);
