import tseslint from 'typescript-eslint';
import prettier from 'eslint-config-prettier';

/**
 * The rooms of lib/ and what each may import (ARCHITECTURE.md, "Rooms"). Imports point downward only:
 * cli -> runner -> deployed, routers, metrics, kong, datastore, adoption, teardown -> pure rooms. The backends import pure rooms only.
 */
const pure = ['release', 'strategy', 'compatibility', 'render', 'traffic', 'verification', 'blueprint'];
const network = ['deployed', 'routers', 'metrics', 'kong', 'datastore', 'adoption', 'teardown'];
const effectful = ['cli', 'runner', 'local', ...network];
const platform = [
  {
    group: ['aws-cdk-lib', 'aws-cdk-lib/*', 'constructs', 'cdktf', 'cdktf/*', '@cdktf/*', '@aws-sdk/*'],
    message: 'pure rooms know no platform',
  },
  {
    group: ['node:*', 'fs', 'path', 'os', 'child_process', 'http', 'https', 'net'],
    message: 'pure rooms have no effects',
  },
];
const rooms = (names) => ({
  group: names.flatMap((n) => [`**/${n}/*`, `**/${n}/**`]),
  message: 'imports point downward only (ARCHITECTURE.md)',
});
const restrict = (files, patterns) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
});

const pureRules = (...above) => [
  ...platform,
  rooms([...effectful, 'aws-cdk', 'cdktf', 'handlers', ...above]),
  {
    group: ['**/settings/load*', '**/settings/lock-file*', '**/settings/write*'],
    message: 'pure rooms take settings as data; reading files is the settings room',
  },
];

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      'cdk.out/',
      '.cache/',
      'test/recorded/',
      '**/*.mjs',
      '**/*.js',
      '**/*.cjs',
      '**/*.d.ts',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  { languageOptions: { parserOptions: { project: './tsconfig.check.json', tsconfigRootDir: import.meta.dirname } } },
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNullish: true },
      ],
    },
  },
  restrict(
    pure.map((r) => `lib/${r}/**/*.ts`),
    pureRules(),
  ),
  // Among the pure rooms too: strategy stands on compatibility, both on release, and render shows them.
  restrict(['lib/strategy/**/*.ts'], pureRules('render')),
  restrict(['lib/compatibility/**/*.ts'], pureRules('render', 'strategy')),
  restrict(['lib/release/**/*.ts'], pureRules('render', 'strategy', 'compatibility')),
  restrict(['lib/settings/**/*.ts'], [platform[0], rooms([...effectful, 'aws-cdk', 'cdktf', 'handlers'])]),
  restrict(
    ['lib/aws-cdk/**/*.ts'],
    [
      rooms([...effectful, 'cdktf', 'handlers']),
      { group: ['@aws-sdk/*', 'cdktf', 'cdktf/*', '@cdktf/*'], message: 'a backend only describes' },
    ],
  ),
  restrict(
    ['lib/cdktf/**/*.ts'],
    [
      rooms([...effectful, 'aws-cdk', 'handlers']),
      { group: ['@aws-sdk/*', 'aws-cdk-lib', 'aws-cdk-lib/*'], message: 'a backend only describes' },
      // Its whole takes 2 s and 600 MB to load.
      { regex: '^@cdktf/provider-aws(/lib)?(/index)?$', message: 'provider-aws by subpath' },
    ],
  ),
  restrict(['lib/handlers/**/*.ts'], [rooms([...effectful, 'aws-cdk', 'cdktf', 'settings'])]),
  // The gates' handler judges for the state machine with the runner's own code.
  restrict(['lib/handlers/gates/*.ts'], [rooms(['cli', 'local', 'routers', 'aws-cdk', 'cdktf', 'settings'])]),
  restrict(
    network.map((r) => `lib/${r}/**/*.ts`),
    [rooms(['cli', 'runner', 'local', 'aws-cdk', 'cdktf', 'handlers'])],
  ),
  restrict(
    ['lib/cli/**/*.ts', 'lib/runner/**/*.ts', 'bin/kong-dual-cluster.ts'],
    [rooms(['local', 'aws-cdk', 'cdktf', 'handlers'])],
  ),
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'local/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
    },
  },
  prettier,
);
