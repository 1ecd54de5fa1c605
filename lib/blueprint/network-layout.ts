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
  return {
    cidr: range,
    // In this order: each takes what the one before left.
    subnets: { public: each('public'), nodes: each('nodes'), database: each('database') },
    natGateways: Math.min(natGateways, ZONES),
  };
}
