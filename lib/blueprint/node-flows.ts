import { PORTS } from './spec';
import type { Slot } from '../traffic/weights';

/** One port that a load balancer opens to the nodes of a slot: a rule in at the nodes, and one out at the load balancer. */
export interface NodeFlow {
  /** proxy: the load balancer that takes the requests; admin: the internal one of the Admin API. */
  readonly from: 'proxy' | 'admin';
  readonly port: number;
  readonly inbound: string;
  readonly outbound: string;
}

/**
 * What may reach a slot's nodes: proxy and status port from the load balancer, Admin and status port from the internal
 * one. Without the status port every node would be unhealthy.
 */
export function nodeFlows(slot: Slot): NodeFlow[] {
  const flow = (from: NodeFlow['from'], port: number, what: string): NodeFlow => ({
    from,
    port,
    inbound: `${what} from the load balancer`,
    outbound: `${what} of the ${slot} nodes`,
  });
  return [
    flow('proxy', PORTS.proxy, 'Proxy'),
    flow('proxy', PORTS.status, 'Health checks'),
    flow('admin', PORTS.admin, 'Admin API'),
    flow('admin', PORTS.status, 'Health checks'),
  ];
}

export const nodeGroupDescription = (slot: Slot): string => `Kong nodes of the ${slot} slot`;

/** Descriptions of the load balancers' security groups. */
export const LOAD_BALANCER_DESCRIPTIONS = {
  proxy: 'Load balancer of the Kong proxy',
  admin: 'Internal load balancer of the Kong Admin API',
} as const;
