const transform = {
  '^.+\\.ts$': [
    'ts-jest',
    {
      tsconfig: {
        module: 'commonjs',
        moduleResolution: 'node10',
        target: 'ES2022',
        esModuleInterop: true,
        resolveJsonModule: true,
        isolatedModules: true,
      },
    },
  ],
};
const shared = { testEnvironment: 'node', transform, rootDir: __dirname, moduleFileExtensions: ['ts', 'js', 'json'] };

/** Two suites: `unit` mirrors lib/ and needs nothing but Node; `real` uses PostgreSQL, the cdk command and the local AWS. */
module.exports = {
  // Each suite loads its modules anew (aws-cdk-lib, cdktf), and what a worker keeps of them makes the last suites ten times as slow.
  workerIdleMemoryLimit: '1.5GB',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/unit/**/*.test.ts'],
      setupFiles: ['<rootDir>/test/unit/setup.ts'],
    },
    { ...shared, displayName: 'real', testMatch: ['<rootDir>/test/real/**/*.test.ts'] },
  ],
};
