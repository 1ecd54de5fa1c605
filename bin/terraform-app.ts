#!/usr/bin/env node
import { App } from 'cdktf';
import { dirname, resolve } from 'node:path';
import { refuseOtherBackend } from '../lib/blueprint/backend';
import { DESTROY } from '../lib/blueprint/deploy-command';
import { refuse } from '../lib/blueprint/refusals';
import { systemSpec } from '../lib/blueprint/system';
import { makeStacks } from '../lib/cdktf/stacks';
import { KongDualClusterError } from '../lib/errors';
import { loadSettingsFile } from '../lib/settings/load';
import { lockPathOf, readLock } from '../lib/settings/lock-file';

/**
 * The app that cdktf.json runs: settings in, a `cdk.tf.json` a stack out, below `cdktf.out`. The settings are
 * KONG_DUAL_CLUSTER_SETTINGS, else dual-cluster.yaml here; the lock file stands beside them, and the states too where the
 * settings name no bucket. Account and region are those of the settings, else those that the environment means.
 */
async function main(): Promise<void> {
  const file = process.env.KONG_DUAL_CLUSTER_SETTINGS || 'dual-cluster.yaml';
  const { settings, locate } = await loadSettingsFile(file);
  refuseOtherBackend(settings, 'terraform');
  const lock = await readLock(lockPathOf(resolve(file)));
  const placed = { ...settings, region: settings.region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION };
  refuse(placed, lock, { locate });
  const destroyable = process.env[DESTROY];
  // The validations of cdktf ask for a `terraform` on this machine; what it must be stands in each stack.
  const app = new App({ skipValidation: true, stackTraces: false });
  makeStacks(app, systemSpec(placed, lock), {
    state: settings.terraform?.state ?? { folder: dirname(resolve(file)) },
    ...(destroyable && { destroyable }),
  });
  app.synth();
}

main().catch((error: unknown) => {
  if (!(error instanceof KongDualClusterError)) throw error;
  process.stderr.write(`\n${error.message}\n\n`);
  process.exitCode = error.exitCode;
});
