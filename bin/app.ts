#!/usr/bin/env node
import { App } from 'aws-cdk-lib';
import { resolve } from 'node:path';
import { FEATURE_FLAGS } from '../lib/aws-cdk/feature-flags';
import { makeStacks } from '../lib/aws-cdk/stacks';
import { refuseOtherBackend } from '../lib/blueprint/backend';
import { refuse } from '../lib/blueprint/refusals';
import { systemSpec } from '../lib/blueprint/system';
import { KongDualClusterError } from '../lib/errors';
import { loadSettingsFile } from '../lib/settings/load';
import { lockPathOf, readLock } from '../lib/settings/lock-file';

/**
 * The CDK app that cdk.json runs: settings in, stacks out. The settings are `--context settings=FILE`, else
 * KONG_DUAL_CLUSTER_SETTINGS, else dual-cluster.yaml here; the lock file stands beside them. Account and region are
 * those of the settings, else those that the credentials mean.
 */
async function main(): Promise<void> {
  const app = new App({ context: { ...FEATURE_FLAGS } });
  const named: unknown = app.node.tryGetContext('settings') ?? process.env.KONG_DUAL_CLUSTER_SETTINGS;
  const file = typeof named === 'string' && named !== '' ? named : 'dual-cluster.yaml';
  const { settings, locate } = await loadSettingsFile(file);
  refuseOtherBackend(settings, 'cloudformation');
  const lock = await readLock(lockPathOf(resolve(file)));
  const placed = {
    ...settings,
    account: settings.account ?? process.env.CDK_DEFAULT_ACCOUNT,
    region: settings.region ?? process.env.CDK_DEFAULT_REGION,
  };
  refuse(placed, lock, { locate });
  makeStacks(app, systemSpec(placed, lock));
  app.synth();
}

main().catch((error: unknown) => {
  if (!(error instanceof KongDualClusterError)) throw error;
  process.stderr.write(`\n${error.message}\n\n`);
  process.exitCode = error.exitCode;
});
