import type { Slot } from '../traffic/weights';

/**
 * What the edge publishes for a slot: ids and ARNs alone, because the two stand in states of their own. Read from the
 * edge's parameters (`publishedConnections`), or given by whoever made the edge.
 */
export interface SlotConnections {
  readonly slot: Slot;
  readonly vpcId: string;
  /** May be one token for a list of unknown length. */
  readonly nodeSubnetIds: string[];
  readonly databaseSubnetIds: string[];
  readonly proxyTargetGroupArn: string;
  readonly adminTargetGroupArn: string;
  /** The load balancers may reach the nodes through it; databases admit it. */
  readonly nodeSecurityGroupId: string;
}
