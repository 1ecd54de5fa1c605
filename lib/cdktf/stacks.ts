import { join } from 'node:path';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { Annotations, LocalBackend, S3Backend, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { deployEdgeFirst } from '../blueprint/deploy-order';
import type { ClusterSpec, SystemSpec } from '../blueprint/spec';
import { SLOTS } from '../traffic/weights';
import type { Slot } from '../traffic/weights';
import { KongCluster } from './cluster';
import { KongEdge } from './edge';
import { REQUIRED_VERSION } from './ephemeral';
import { literal } from './literal';
import { publishedConnections } from './published-connections';
import type { SlotConnections } from './slot-connections';

/** Where the states are kept; each stack has its own. */
export type State =
  | {
      readonly s3: {
        readonly bucket: string;
        /** @default - the provider's */
        readonly region?: string | undefined;
        /** @default 'kong-dual-cluster' */
        readonly keyPrefix?: string | undefined;
        readonly kmsKeyId?: string | undefined;
      };
    }
  /** `terraform.<stack>.tfstate` in a folder of this machine, absolute. */
  | { readonly folder: string };

export interface KongStackProps {
  readonly spec: SystemSpec;
  /** @default - as cdktf does without a backend: a file in the working directory */
  readonly state?: State;
  /** The stack is about to be destroyed: nothing in it has `prevent_destroy`. @default false */
  readonly destroyable?: boolean;
}

/** A stack whose state holds no password and is reached through no other stack. */
class KongStack extends TerraformStack {
  constructor(scope: Construct, id: string, { spec, state }: KongStackProps) {
    super(scope, id);
    new AwsProvider(this, 'Aws', {
      ...(spec.region && { region: spec.region }),
      ...(spec.account && { allowedAccountIds: [spec.account] }),
    });
    this.addOverride('terraform.required_version', REQUIRED_VERSION);
    if (state && 's3' in state) keepInBucket(this, state.s3, spec.region);
    else if (state) new LocalBackend(this, { path: literal(join(state.folder, `terraform.${id}.tfstate`)) });
  }
}

function keepInBucket(
  stack: TerraformStack,
  { bucket, region, keyPrefix = 'kong-dual-cluster', kmsKeyId }: Extract<State, { s3: object }>['s3'],
  ownRegion: string | undefined,
): void {
  const where = region ?? ownRegion;
  const key = [...keyPrefix.split('/').filter(Boolean), `${stack.node.id}.tfstate`].join('/');
  new S3Backend(stack, {
    ...literal({
      bucket,
      key,
      ...(where !== undefined && { region: where }),
      ...(kmsKeyId !== undefined && { kmsKeyId }),
    }),
    encrypt: true,
  });
  // Newer than the types of cdktf 0.21; a lock in DynamoDB is deprecated.
  stack.addOverride('terraform.backend.s3.use_lockfile', true);
}

export type EdgeStackProps = KongStackProps;

/**
 * The long-lived part that both slots stand behind. What it says does not depend on which slots there are, but for the health
 * path of a slot older than Kong 3.3 (lib/blueprint/health.ts).
 */
export class EdgeStack extends KongStack {
  readonly edge: KongEdge;

  constructor(scope: Construct, id: string, props: EdgeStackProps) {
    super(scope, id, props);
    const { spec, destroyable = false } = props;
    this.edge = new KongEdge(this, 'Edge', { spec, destroyable });
  }
}

export interface SlotStackProps extends KongStackProps {
  readonly cluster: ClusterSpec;
  /** @default - read from what the edge has published, when Terraform plans */
  readonly connections?: SlotConnections;
}

/** One slot: its nodes, their database and its migrations. The whole of it goes with the stack `<name>-<slot>`. */
export class SlotStack extends KongStack {
  readonly cluster: KongCluster;

  constructor(scope: Construct, id: string, props: SlotStackProps) {
    super(scope, id, props);
    const { spec, cluster, destroyable = false } = props;
    const connections = props.connections ?? publishedConnections(this, spec.name, cluster.slot);
    this.cluster = new KongCluster(this, 'Cluster', { spec: cluster, connections, destroyable });
  }
}

export interface SystemStacksProps {
  readonly state?: State;
  /** Name of the one stack that is about to be destroyed. */
  readonly destroyable?: string;
}

export interface SystemStacks {
  readonly edge: EdgeStack;
  readonly slots: Partial<Record<Slot, SlotStack>>;
}

/**
 * The stacks `<name>-edge`, `<name>-blue` and `<name>-green`; a slot that is not in the spec gets none. The edge comes before
 * its slots where all are deployed at once; they know each other by names alone.
 */
export function makeStacks(
  scope: Construct,
  spec: SystemSpec,
  { state, destroyable }: SystemStacksProps = {},
): SystemStacks {
  const propsOf = (id: string): KongStackProps => ({
    spec,
    ...(state && { state }),
    destroyable: destroyable === id,
  });
  const edgeId = `${spec.name}-edge`;
  const edge = new EdgeStack(scope, edgeId, propsOf(edgeId));
  const slots: Partial<Record<Slot, SlotStack>> = {};
  for (const slot of SLOTS) {
    const cluster = spec.slots[slot];
    if (cluster === undefined) continue;
    const id = `${spec.name}-${slot}`;
    const stack = new SlotStack(scope, id, { ...propsOf(id), cluster });
    stack.addDependency(edge);
    slots[slot] = stack;
  }
  for (const sentence of deployEdgeFirst(spec)) Annotations.of(edge).addInfo(sentence);
  return { edge, slots };
}
