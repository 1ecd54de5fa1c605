import { KongDualClusterError } from '../errors';
import { addressNumber, addressText, networkRange, rangeSize } from './cidr';
import type { NetworkSpec } from './spec';

/** Availability zones of a network that is made. */
export const ZONES = 2;

/** Prefix lengths of the subnets, in the order in which their ranges are handed out. */
export const SUBNET_PREFIXES = { public: 24, nodes: 22, database: 24 } as const;
export type SubnetKind = keyof typeof SUBNET_PREFIXES;

/** Days that flow logs are kept. */
export const FLOW_LOG_DAYS = 30;

export interface NetworkLayout {
  readonly cidr: string;
  /** Ranges by kind, one a zone. */
  readonly subnets: Readonly<Record<SubnetKind, readonly string[]>>;
  /** At most one a zone; zone i goes out by gateway `min(i, natGateways - 1)`. */
  readonly natGateways: number;
}

/**
 * Ranges of a network that is made: one after the other, each at the next multiple of its own size, which is how
 * aws-cdk-lib hands them out (`ec2.IpAddresses.cidr`). They are part of what is deployed: another order would replace every
 * subnet.
 * @throws KongDualClusterError NETWORK_SIZE for a range that does not hold them (the settings' check says it earlier)
 */
export function networkLayout({ cidr, natGateways }: Extract<NetworkSpec, { kind: 'create' }>): NetworkLayout {
  const range = networkRange(cidr);
  let next = addressNumber(range.split('/')[0]!);
  const take = (prefix: number): string => {
    const size = rangeSize(prefix);
    const start = Math.ceil(next / size) * size;
    next = start + size;
    return `${addressText(start)}/${prefix}`;
  };
  const each = (kind: SubnetKind): string[] => Array.from({ length: ZONES }, () => take(SUBNET_PREFIXES[kind]));
  // In this order: each takes what the one before left.
  const subnets = { public: each('public'), nodes: each('nodes'), database: each('database') };
  if (next > addressNumber(range.split('/')[0]!) + rangeSize(Number(range.split('/')[1]))) {
    throw new KongDualClusterError('NETWORK_SIZE', 'the range does not hold the subnets of two zones', {
      found: cidr,
      remedy: 'use a range from /16 to /20, such as 10.20.0.0/16',
    });
  }
  return {
    cidr: range,
    subnets,
    natGateways: Math.min(natGateways, ZONES),
  };
}
