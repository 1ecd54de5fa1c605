// The WASM template validator of aws-cdk-lib costs 2.5 s and 330 MB at the first synth of a process; one test keeps it on.
process.env.CDK_VALIDATION ??= 'false';
