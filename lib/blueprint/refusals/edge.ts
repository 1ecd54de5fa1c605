import type { Check } from './refusal';

/** A load balancer without a listener that forwards would take no traffic at all. */
export const edgeForwardsNothing: Check = ({ edge }) =>
  edge.adopted === undefined && edge.https === undefined && (edge.http === 'off' || edge.http === 'redirect')
    ? [
        {
          code: 'EDGE_FORWARDS_NOTHING',
          path: ['edge', 'http'],
          problem: 'without edge.https, plain HTTP is the only listener that can forward',
          found: edge.http,
          remedy: 'add edge.https.certificateArn, or set edge.http: forward',
        },
      ]
    : [];

/** Listeners of an adopted load balancer belong to its owner. */
export const edgeAdoptedAndOwn: Check = ({ edge }) =>
  edge.adopted === undefined
    ? []
    : (['http', 'https'] as const)
        .filter((key) => edge[key] !== undefined)
        .map((key) => ({
          code: 'EDGE_ADOPTED_AND_OWN',
          path: ['edge', key],
          problem: 'an adopted load balancer keeps the listeners of its owner',
          found: `edge.adopted and edge.${key}`,
          remedy: `remove edge.${key}, or edge.adopted to have a load balancer made`,
        }));

/** Nodes behind an adopted load balancer live in its VPC. */
export const edgeAdoptedInNewNetwork: Check = ({ edge, network }) =>
  edge.adopted !== undefined && 'create' in network
    ? [
        {
          code: 'EDGE_ADOPTED_IN_NEW_NETWORK',
          path: ['network'],
          problem: 'an adopted load balancer stands in a network that exists',
          found: 'network.create',
          remedy: 'describe its VPC under network.existing, or let `kong-dual-cluster adopt` write it',
        },
      ]
    : [];
