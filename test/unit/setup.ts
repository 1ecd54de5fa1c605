import fc from 'fast-check';

// The WASM template validator of aws-cdk-lib costs 2.5 s and 330 MB at the first synth of a process; one test keeps it on.
process.env.CDK_VALIDATION ??= 'false';

// A change is judged by the same examples every time; `npm run test:explore` looks for new ones.
const { PROPERTY_SEED } = process.env;
fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  ...(PROPERTY_SEED !== 'random' && { seed: Number(PROPERTY_SEED ?? 20261121) }),
});
