/**
 * The constructs in a Terraform configuration of your own: your network, your stacks, your backend, and what you add stays
 * native cdktf. With cdktn write `cdktn`, `@cdktn/provider-aws` and `kong-dual-cluster/cdktn` in the three places.
 *
 * There is no dual-cluster.yaml here: the settings are data, checked the same way. For the green slot `snapshot` writes
 * dual-cluster.lock.json; give it to `refuse` and `systemSpec` with `await readLock('dual-cluster.lock.json')`.
 */
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, S3Backend, TerraformStack } from 'cdktf';
import { refuse, systemSpec } from 'kong-dual-cluster';
import { DESTROY, KongCluster, KongEdge, publishedConnections } from 'kong-dual-cluster/cdktf';
import { EMPTY_LOCK, settingsOf } from 'kong-dual-cluster/settings';

const region = 'eu-central-1';
const settings = settingsOf({
  name: 'gateway',
  region,
  live: 'blue',
  terraform: { state: { s3: { bucket: 'my-terraform-states', region } } },
  network: { create: {} }, // not used: the edge is given a network below
  edge: { testerHeader: {} },
  slots: { blue: { version: '2.8', datastore: { new: { engineVersion: '15.18' } } } },
});
const lock = EMPTY_LOCK;
refuse(settings, lock);
const spec = systemSpec(settings, lock);

const app = new App({ skipValidation: true }); // else cdktf asks for a `terraform` where the stacks are only written

/** A stack and a state for each part: destroying blue cannot touch the edge. */
class Part extends TerraformStack {
  /** Nothing has `prevent_destroy` in the one stack that `teardown` is about to destroy. */
  readonly destroyable: boolean;

  constructor(name: string) {
    super(app, name);
    this.destroyable = process.env[DESTROY] === name;
    new AwsProvider(this, 'Aws', { region });
    new S3Backend(this, { bucket: 'my-terraform-states', region, key: `${name}.tfstate`, encrypt: true });
    this.addOverride('terraform.backend.s3.use_lockfile', true);
  }
}

const edgeStack = new Part('gateway-edge');
new KongEdge(edgeStack, 'Edge', {
  spec,
  destroyable: edgeStack.destroyable,
  network: {
    vpcId: 'vpc-0a1b2c3d',
    publicSubnetIds: ['subnet-01', 'subnet-02'],
    nodeSubnetIds: ['subnet-11', 'subnet-12'],
    databaseSubnetIds: ['subnet-21', 'subnet-22'],
  },
});

for (const cluster of Object.values(spec.slots)) {
  const stack = new Part(`gateway-${cluster.slot}`);
  const kong = new KongCluster(stack, 'Cluster', {
    spec: cluster,
    connections: publishedConnections(stack, settings.name, cluster.slot),
    destroyable: stack.destroyable,
  });
  new CloudwatchMetricAlarm(stack, 'Busy', {
    alarmName: `gateway-${cluster.slot}-busy`,
    namespace: 'AWS/ECS',
    metricName: 'CPUUtilization',
    dimensions: { ClusterName: kong.clusterName, ServiceName: kong.serviceName },
    statistic: 'Average',
    period: 60,
    evaluationPeriods: 5,
    threshold: 90,
    comparisonOperator: 'GreaterThanThreshold',
    alarmActions: [`arn:aws:sns:${region}:123456789012:pager`],
  });
}

app.synth();
