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

/** Each of the owner's rules gets one of ours above it, which is named after it. */
export const adoptedRuleTwice: Check = ({ edge }) =>
  repeated(edge.adopted?.rules ?? [], ({ listenerArn, above }) => [`${listenerArn} ${above}`]).map(
    ({ index, first }) => ({
      code: 'EDGE_ADOPTED_RULE_TWICE',
      path: ['edge', 'adopted', 'rules', index],
      problem: 'two rules would be made above one and the same rule of the owner',
      found: `above: ${edge.adopted?.rules[index]?.above}, as rules[${first}]`,
      remedy: 'keep one of the two, or let `kong-dual-cluster adopt` write the rules',
    }),
  );

/** A listener has one rule of a priority (ELBv2 API, `CreateRule`: PriorityInUse). */
export const priorityTwice: Check = ({ edge }) =>
  repeated(edge.adopted?.rules ?? [], ({ listenerArn, priority, testerPriorities }) =>
    [priority, ...(edge.testerHeader && testerPriorities ? Object.values(testerPriorities) : [])].map(
      (each) => `${listenerArn} ${each}`,
    ),
  ).map(({ index, first, key }) => ({
    code: 'EDGE_PRIORITY_TWICE',
    path: ['edge', 'adopted', 'rules', index],
    problem: 'two rules of one listener have the same priority',
    found: `${key.split(' ').at(-1)}, as in rules[${first}]`,
    remedy:
      'give each rule and each testerPriorities a number of its own, or let `kong-dual-cluster adopt` choose them',
  }));

interface Repeated {
  /** Of the one that comes second, and of the one before it. */
  readonly index: number;
  readonly first: number;
  readonly key: string;
}

function repeated<T>(all: readonly T[], keysOf: (each: T) => readonly string[]): Repeated[] {
  const seen = new Map<string, number>();
  return all.flatMap((each, index) =>
    keysOf(each).flatMap((key) => {
      const first = seen.get(key);
      if (first === undefined) seen.set(key, index);
      return first === undefined ? [] : [{ index, first, key }];
    }),
  );
}

/** An Application Load Balancer stands in two zones at least (ELBv2 API, `CreateLoadBalancer.Subnets`). */
export const edgeWithoutPublicSubnets: Check = ({ edge, network }) => {
  if (edge.adopted !== undefined || 'create' in network || edge.loadBalancer.scheme === 'internal') return [];
  const { publicSubnetIds } = network.existing;
  if (publicSubnetIds.length >= 2) return [];
  return [
    {
      code: 'EDGE_WITHOUT_PUBLIC_SUBNETS',
      path: ['network', 'existing', 'publicSubnetIds'],
      problem: 'a load balancer that faces the internet needs two public subnets in different zones',
      found: publicSubnetIds.join(', ') || 'none',
      remedy: 'name them, or set edge.loadBalancer.scheme: internal',
    },
  ];
};

/** Two zones of 256 public, 1024 node and 256 database addresses fit into a /20; a VPC is a /16 at most. */
export const networkSize: Check = ({ network }) => {
  if (!('create' in network)) return [];
  const { cidr } = network.create;
  const prefix = Number(cidr.split('/')[1]);
  if (prefix >= 16 && prefix <= 20) return [];
  return [
    {
      code: 'NETWORK_SIZE',
      path: ['network', 'create', 'cidr'],
      problem: 'the network that is made is a range from /16 to /20',
      found: cidr,
      remedy: 'use a range such as 10.20.0.0/16',
    },
  ];
};
