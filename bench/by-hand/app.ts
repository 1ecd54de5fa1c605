import { App, Fn, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { makeCluster } from './cluster';
import type { ClusterOptions } from './cluster';
import { makeEdge } from './edge';
import type { Edge } from './edge';

/** Zones without a look-up at synth. */
class GatewayStack extends Stack {
  override get availabilityZones(): string[] {
    return [Fn.select(0, Fn.getAzs()), Fn.select(1, Fn.getAzs())];
  }
}

class EdgeStack extends GatewayStack {
  readonly edge: Edge;
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    this.edge = makeEdge(this);
  }
}

class ColourStack extends GatewayStack {
  constructor(scope: Construct, id: string, props: StackProps & { cluster: ClusterOptions }) {
    super(scope, id, props);
    makeCluster(this, props.cluster);
  }
}

// Flags that change which resources are made; `cdk init` would write them to cdk.json.
const app = new App({
  context: {
    '@aws-cdk/core:defaultCrossStackReferences': 'strong',
    '@aws-cdk/core:enablePartitionLiterals': true,
    '@aws-cdk/aws-iam:minimizePolicies': true,
    '@aws-cdk/aws-ecs:disableExplicitDeploymentControllerForCircuitBreaker': true,
    '@aws-cdk/aws-ecs:removeDefaultDeploymentAlarm': true,
    '@aws-cdk/aws-lambda:useCdkManagedLogGroup': true,
    '@aws-cdk/aws-lambda:createNewPoliciesWithAddToRolePolicy': false,
    '@aws-cdk/aws-rds:preventRenderingDeprecatedCredentials': true,
    '@aws-cdk/aws-secretsmanager:useAttachedSecretResourcePolicyForSecretTargetAttachments': true,
  },
});
const env = { account: '123456789012', region: 'eu-central-1' };
const { edge } = new EdgeStack(app, 'gateway-edge', { env, description: 'load balancer and target groups' });

new ColourStack(app, 'gateway-blue', {
  env,
  description: 'Kong 2.8',
  cluster: { colour: 'blue', other: 'green', edge, version: '2.8.4.14', kind: 'bootstrap' },
});
new ColourStack(app, 'gateway-green', {
  env,
  description: 'Kong 3.4',
  cluster: {
    colour: 'green',
    other: 'blue',
    edge,
    version: '3.4.3.29',
    kind: 'upgrade',
    snapshot: 'gateway-blue-kong-2-8-4-14-20260302-0915',
  },
});
app.synth();
