import { App as CdkApp } from 'aws-cdk-lib';
import { App as CdktfApp } from 'cdktf';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FEATURE_FLAGS } from '../../../lib/aws-cdk/feature-flags';
import { makeStacks as makeCloudFormation } from '../../../lib/aws-cdk/stacks';
import { systemSpec } from '../../../lib/blueprint/system';
import { makeStacks as makeTerraform } from '../../../lib/cdktf/stacks';
import type { TerraformJson } from '../cdktf/synth';
import type { Case } from './cases';
import { ofCloudFormation } from './of-cloudformation';
import { ofTerraform } from './of-terraform';
import type { Meaning } from './meaning';
import { meaningOf } from './roles';

type Templates = Parameters<typeof ofCloudFormation>[0];

export const cloudFormationTemplates = (of: Case): Templates =>
  inFolder((outdir) => {
    const app = new CdkApp({ context: { ...FEATURE_FLAGS }, outdir });
    makeCloudFormation(app, systemSpec(of.settings, of.lock));
    return Object.fromEntries(
      app.synth().stacks.map(({ stackName, template }) => [stackName, template as Templates[string]]),
    );
  });

/** What a backend makes of a case, as it would be deployed. */
export const cloudFormation = (of: Case): Meaning => meaningOf(ofCloudFormation(cloudFormationTemplates(of)));

export const terraformJson = (of: Case): Record<string, TerraformJson> =>
  inFolder((outdir) => {
    const app = new CdktfApp({ outdir, skipValidation: true, stackTraces: false });
    const state = of.settings.terraform?.state;
    const { edge, slots } = makeTerraform(app, systemSpec(of.settings, of.lock), { ...(state && { state }) });
    app.synth();
    return Object.fromEntries(
      [edge, ...Object.values(slots)].map(({ node: { id } }) => [
        id,
        JSON.parse(readFileSync(join(outdir, 'stacks', id, 'cdk.tf.json'), 'utf8')) as TerraformJson,
      ]),
    );
  });

export const terraform = (of: Case): Meaning => meaningOf(ofTerraform(terraformJson(of)));

function inFolder<T>(make: (outdir: string) => T): T {
  const outdir = mkdtempSync(join(tmpdir(), 'kong-dual-cluster-conformance-'));
  try {
    return make(outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
