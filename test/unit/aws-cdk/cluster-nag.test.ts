process.env.CDK_VALIDATION = 'true'; // this file is the one of the colour that keeps the template validation on

import { App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { KongCluster } from '../../../lib/aws-cdk/cluster';
import { FEATURE_FLAGS } from '../../../lib/aws-cdk/feature-flags';
import type { ClusterSpec } from '../../../lib/blueprint/spec';
import {
  ENVIRONMENT,
  connectionsIn,
  existingDatastore,
  greenSpec,
  newDatastore,
  restoredDatastore,
  upgrade,
} from './cluster-fixtures';

const KINDS: Record<string, Partial<ClusterSpec>> = {
  restored: { datastore: { ...restoredDatastore, multiAz: false } as typeof restoredDatastore },
  new: {
    datastore: { ...newDatastore, engineVersion: '15.10' } as typeof newDatastore,
    migrations: upgrade({ kind: 'bootstrap', forbiddenIdentifiers: [] }),
  },
  existing: { datastore: existingDatastore, migrations: upgrade({ mode: 'none', stops: [] }) },
  manual: { migrations: upgrade({ mode: 'manual' }) },
};

/** Rules that the AwsSolutions pack and aws-cdk-lib's own validation report. */
function findings(overrides: Partial<ClusterSpec>, env?: typeof ENVIRONMENT, flags = FEATURE_FLAGS): string[] {
  const app = new App({ context: { ...flags } });
  const stack = new Stack(app, 'kong-green', env ? { env } : {});
  new KongCluster(stack, 'Kong', { spec: greenSpec(overrides), connections: connectionsIn(stack) });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  try {
    app.synth();
    return [];
  } catch (error) {
    const reported = [...(error as Error).message.matchAll(/Acknowledge with '([^']+)'/g)].map((match) => match[1]!);
    return reported.length > 0 ? [...new Set(reported)] : [(error as Error).message];
  }
}

describe('given the AwsSolutions rules of cdk-nag, when a cluster is synthesised', () => {
  afterEach(() => {
    jest.restoreAllMocks();
    process.exitCode = undefined;
  });

  test.each(Object.keys(KINDS))('with a %s database nothing is reported', (kind) => {
    expect(findings(KINDS[kind]!, ENVIRONMENT)).toEqual([]);
  });

  test('with `${…}` in a value of the environment, which is no Fn::Sub, nothing is reported', () => {
    const environment = { KONG_PROXY_ACCESS_LOG: '/dev/stdout ${USER}' };
    const migrations = { ...upgrade(), environment };
    expect(findings({ environment, migrations }, ENVIRONMENT)).toEqual([]);
  });

  test('without a named account and region nothing is reported either', () => {
    expect(findings({})).toEqual([]);
  });

  test('in an app of the user with no feature flag nothing is reported either', () => {
    expect(findings({}, ENVIRONMENT, {})).toEqual([]);
    expect(findings({}, undefined, {})).toEqual([]);
  });

  test('what is acknowledged is exactly this, and each has its reason in the code', () => {
    jest.spyOn(Validations.prototype, 'acknowledge').mockImplementation(() => undefined);
    const rules = new Set(
      Object.values(KINDS)
        .flatMap((overrides) => findings(overrides, ENVIRONMENT))
        .filter((id) => id.startsWith('AwsSolutions::')) // aws-cdk-lib's own warning about the fixture's subnets is none of ours
        .map((id) => id.replace(/\[.*/, '')),
    );
    expect([...rules].sort()).toEqual(
      ['ECS2', 'IAM4', 'IAM5', 'RDS10', 'RDS11', 'RDS2', 'RDS3', 'SF1', 'SF2', 'SMG4'].map(
        (rule) => `AwsSolutions::AwsSolutions-${rule}`,
      ),
    );
  });
});
