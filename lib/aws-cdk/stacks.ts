import { Annotations, Fn, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { deployEdgeFirst } from '../blueprint/deploy-order';
import type { ClusterSpec, SystemSpec } from '../blueprint/spec';
import { SLOTS } from '../traffic/weights';
import type { Slot } from '../traffic/weights';
import { KongCluster } from './cluster';
import { KongEdge } from './edge';
import type { SlotConnections } from './slot-connections';

/**
 * A stack that asks nobody for its availability zones. With an explicit account and region CDK looks them up at synth
 * and wants `cdk.context.json` committed; CloudFormation knows them just as well when it deploys.
 */
class ZoneIndependentStack extends Stack {
  override get availabilityZones(): string[] {
    return [Fn.select(0, Fn.getAzs()), Fn.select(1, Fn.getAzs())];
  }
}

export interface EdgeStackProps extends StackProps {
  readonly spec: SystemSpec;
}

/**
 * The long-lived part that both slots stand behind. Its template does not depend on which slots there are, but for the health
 * path of a slot older than Kong 3.3 (lib/blueprint/health.ts).
 */
export class EdgeStack extends ZoneIndependentStack {
  readonly edge: KongEdge;

  constructor(scope: Construct, id: string, props: EdgeStackProps) {
    const { spec, ...stackProps } = props;
    super(scope, id, {
      description: `${spec.name}: load balancer, weighted rules and target groups of both slots`,
      ...stackProps,
    });
    this.edge = new KongEdge(this, 'Edge', { spec });
  }

  /** What a slot's stack needs of the edge. */
  connections(slot: Slot): SlotConnections {
    return this.edge.connections(slot);
  }
}

export interface SlotStackProps extends StackProps {
  readonly spec: SystemSpec;
  readonly cluster: ClusterSpec;
  readonly connections: SlotConnections;
}

/** One slot: its nodes, their database and its migrations. The whole of it goes with `cdk destroy <name>-<slot>`. */
export class SlotStack extends ZoneIndependentStack {
  readonly cluster: KongCluster;

  constructor(scope: Construct, id: string, props: SlotStackProps) {
    const { spec, cluster, connections, ...stackProps } = props;
    super(scope, id, { description: `${spec.name}: the Kong cluster in slot ${cluster.slot}`, ...stackProps });
    this.cluster = new KongCluster(this, 'Cluster', { spec: cluster, connections });
  }
}

export interface SystemStacks {
  readonly edge: EdgeStack;
  readonly slots: Partial<Record<Slot, SlotStack>>;
}

/** The stacks `<name>-edge`, `<name>-blue` and `<name>-green`; a slot that is not in the spec gets none. */
export function makeStacks(scope: Construct, spec: SystemSpec): SystemStacks {
  const env = { ...(spec.account && { account: spec.account }), ...(spec.region && { region: spec.region }) };
  const edge = new EdgeStack(scope, `${spec.name}-edge`, { spec, env });
  const slots: Partial<Record<Slot, SlotStack>> = {};
  for (const slot of SLOTS) {
    const cluster = spec.slots[slot];
    if (cluster === undefined) continue;
    slots[slot] = new SlotStack(scope, `${spec.name}-${slot}`, {
      spec,
      cluster,
      connections: edge.connections(slot),
      env,
    });
  }
  for (const sentence of deployEdgeFirst(spec)) Annotations.of(edge).addInfo(sentence);
  return { edge, slots };
}
