/**
 * The constructs in an app of your own: your VPC, your stacks, your alarms, and what you add stays native CDK.
 *
 * There is no dual-cluster.yaml here: the settings are data, checked the same way. For the green slot `snapshot` writes
 * dual-cluster.lock.json; give it to `refuse` and `systemSpec` with `await readLock('dual-cluster.lock.json')`.
 */
import {
  App,
  Stack,
  aws_cloudwatch_actions as actions,
  aws_ec2 as ec2,
  aws_lambda as lambda,
  aws_sns as sns,
} from 'aws-cdk-lib';
import { refuse, systemSpec } from 'kong-dual-cluster';
import { FEATURE_FLAGS, KongCluster, KongEdge } from 'kong-dual-cluster/aws-cdk';
import { EMPTY_LOCK, settingsOf } from 'kong-dual-cluster/settings';

const settings = settingsOf({
  name: 'gateway',
  live: 'blue',
  network: { create: {} }, // not used: the edge is given a VPC below
  edge: { testerHeader: {} },
  slots: { blue: { version: '2.8', datastore: { new: { engineVersion: '15.18' } } } },
});
const lock = EMPTY_LOCK;
refuse(settings, lock);
const spec = systemSpec(settings, lock);

// FEATURE_FLAGS: with these the edge's template stays the same when a slot comes or goes.
const app = new App({ context: { ...FEATURE_FLAGS } });

const platform = new Stack(app, 'platform');
const vpc = new ec2.Vpc(platform, 'Vpc', { maxAzs: 2 });
const pager = new sns.Topic(platform, 'Pager', { enforceSSL: true });

const edgeStack = new Stack(app, 'gateway-edge');
const edge = new KongEdge(edgeStack, 'Edge', { spec, vpc });
for (const alarm of edge.alarms.all) alarm.addAlarmAction(new actions.SnsAction(pager));

for (const cluster of Object.values(spec.slots)) {
  const stack = new Stack(app, `gateway-${cluster.slot}`);
  const kong = new KongCluster(stack, 'Cluster', { spec: cluster, connections: edge.connections(cluster.slot) });
  // Kong's aws-lambda plugin calls with the role of the nodes' task.
  lambda.Function.fromFunctionName(stack, 'Orders', 'orders').grantInvoke(kong.taskDefinition.taskRole);
}

app.synth();
