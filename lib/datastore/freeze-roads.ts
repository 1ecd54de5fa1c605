import type { Slot } from '../traffic/weights';

/** A way on which Kong's configuration can be written. */
export interface Road {
  readonly road: string;
  /** Whether the freeze stops it. What could not be read is not called covered. */
  readonly covered: boolean;
  readonly why: string;
}

/** What was read of the roads into the live slot; plain data. */
export interface RoadReadings {
  readonly slot: Slot;
  /** Of the Admin listener, with its port. */
  readonly adminListener: string;
  readonly adminLoadBalancerGroupIds: readonly string[];
  /** KONG_ADMIN_LISTEN of the nodes' task definition; undefined when it is not set there. */
  readonly adminListen?: string;
  /** Ingress of the nodes' security groups. Undefined: could not be read. */
  readonly ingress?: readonly Ingress[];
  /** Target groups, other than ours, with a node on a port of the Admin API. Undefined: could not be read. */
  readonly targetGroups?: readonly {
    readonly name: string;
    readonly port: number;
    readonly loadBalancers: readonly string[];
  }[];
  /** What could not be read, and why. */
  readonly unread: readonly { readonly what: string; readonly why: string }[];
}

export interface Ingress {
  readonly groupId: string;
  /** 0 to 65535 where the rule names no ports. */
  readonly fromPort: number;
  readonly toPort: number;
  /** A range, a security group or a prefix list. */
  readonly source: string;
}

export interface AdminPort {
  readonly port: number;
  /** Reached from the node itself alone. */
  readonly loopback: boolean;
}

/**
 * Ports of the Admin API: `0.0.0.0:8001, [::]:8444 ssl`. Kong's default listens on the node itself (kong.conf,
 * `admin_listen`), but an image may say otherwise, so that where the task definition says nothing both usual ports are
 * taken for open.
 */
export function adminPorts(adminListen: string | undefined): readonly AdminPort[] {
  if (adminListen === undefined) return [8001, 8444].map((port) => ({ port, loopback: false }));
  return adminListen.split(',').flatMap((entry) => {
    const [, host = '', port] = /^\s*(\S*):(\d+)(\s|$)/.exec(entry) ?? [];
    return port === undefined ? [] : [{ port: Number(port), loopback: /^(127\.|localhost$|\[::1\]$)/.test(host) }];
  });
}

/** Every road into the live slot's configuration, those that the freeze covers first. */
export function roadsOf(readings: RoadReadings): readonly Road[] {
  const past = pastTheListener(readings);
  const tools = past.every(({ covered }) => covered);
  const roads: readonly Road[] = [
    {
      road: `Admin API by the Admin listener (${readings.adminListener})`,
      covered: true,
      why: 'the freeze rule answers POST, PUT, PATCH and DELETE with 423, for both slots',
    },
    ...past,
    {
      road: 'decK, kongctl, Kong Manager, CI',
      covered: tools,
      why: tools
        ? 'they call the Admin API, and that is reached by the Admin listener alone'
        : 'covered where they call the Admin listener, and not on the other ways to the Admin API named here',
    },
    {
      road: `a shell on a node of ${readings.slot} (ECS Exec, SSH)`,
      covered: false,
      why: 'the Admin API answers on the node itself; the freeze stands in front of the nodes',
    },
    {
      road: 'direct writes to the database',
      covered: false,
      why: 'psql, kong config db_import and restores do not pass the Admin API',
    },
    {
      road: 'what requests store',
      covered: false,
      why: 'oauth2 tokens, sessions, acme certificates and cluster rate limits are written by the proxy; no configuration',
    },
  ];
  return [...roads.filter(({ covered }) => covered), ...roads.filter(({ covered }) => !covered)];
}

function pastTheListener(readings: RoadReadings): Road[] {
  const ports = adminPorts(readings.adminListen);
  const open = ports.filter(({ loopback }) => !loopback).map(({ port }) => port);
  const nodes = `Admin API of the nodes of ${readings.slot}`;
  const unread = readings.unread.map(({ what, why }) => ({
    road: `${nodes}: ${what}`,
    covered: false,
    why: `could not be read: ${why}`,
  }));
  if (open.length === 0) {
    return [
      {
        road: nodes,
        covered: true,
        why: `KONG_ADMIN_LISTEN ${readings.adminListen} is not reached from outside a node`,
      },
      ...unread,
    ];
  }
  const openings = (readings.ingress ?? []).flatMap(({ groupId, fromPort, toPort, source }) => {
    const reached = open.filter((port) => fromPort <= port && port <= toPort);
    return reached.length === 0 || readings.adminLoadBalancerGroupIds.includes(source)
      ? []
      : [
          {
            road: `${nodes}, port ${reached.join(' and ')} from ${source}`,
            covered: false,
            why: `security group ${groupId} lets it in, past the Admin listener; close it, or stop its writers`,
          },
        ];
  });
  const groups = (readings.targetGroups ?? []).map(({ name, port, loadBalancers }) => ({
    road: `${nodes} by target group ${name}${loadBalancers.length > 0 ? ` of ${loadBalancers.join(', ')}` : ''}`,
    covered: false,
    why: `the nodes are registered there on port ${port}; stop its writers`,
  }));
  const all = [...openings, ...groups, ...unread];
  if (all.length > 0) return all;
  return [{ road: nodes, covered: true, why: `port ${open.join(' and ')} is open to the Admin load balancer alone` }];
}
