import { lookup } from 'node:dns/promises';
import { isObject, type Entity } from './schema';
import type { Store } from './store';

export interface Target {
  readonly host: string;
  readonly port: number;
}

interface Address extends Target {
  readonly id: string;
  readonly weight: number;
}

/**
 * Upstreams and their targets: smooth weighted round robin for every algorithm, and for consistent-hashing the same
 * target for the same hashed value. No active or passive health checks: a target is unhealthy when the Admin API said so.
 */
export class Balancer {
  private upstreams = new Map<string, { entity: Entity; targets: Address[] }>();
  private readonly unhealthy = new Set<string>();
  private readonly current = new Map<string, number>();

  constructor(private readonly store: Store) {}

  load(upstreams: readonly Entity[], targets: readonly Entity[]): void {
    this.upstreams = new Map(
      upstreams.map((entity) => [
        String(entity['name']),
        {
          entity,
          targets: targets
            .filter((target) => (target['upstream'] as Entity)['id'] === entity['id'])
            .map((target) => ({ id: String(target['id']), weight: Number(target['weight']), ...hostPort(String(target['target'])) })),
        },
      ]),
    );
  }

  /** The upstream that a service's host names, or undefined for a plain host. */
  upstream(host: string): Entity | undefined {
    return this.upstreams.get(host)?.entity;
  }

  /** Targets to try in order, the chosen one first. `hashed` is the value of `hash_on`. */
  choose(host: string, hashed: string | undefined): Target[] {
    const { entity, targets = [] } = this.upstreams.get(host) ?? {};
    const usable = targets.filter(({ id, weight }) => weight > 0 && !this.unhealthy.has(id));
    if (entity?.['algorithm'] === 'consistent-hashing' && hashed !== undefined && usable.length > 0) {
      const sum = [...hashed].reduce((total, character) => (total * 31 + character.charCodeAt(0)) >>> 0, 7);
      const first = sum % usable.length;
      return [...usable.slice(first), ...usable.slice(0, first)];
    }
    const total = usable.reduce((sum, { weight }) => sum + weight, 0);
    for (const { id, weight } of usable) this.current.set(id, (this.current.get(id) ?? 0) + weight);
    const order = [...usable].sort((a, b) => (this.current.get(b.id) ?? 0) - (this.current.get(a.id) ?? 0));
    const [first] = order;
    if (first) this.current.set(first.id, (this.current.get(first.id) ?? 0) - total);
    return order;
  }

  mark(target: Entity, healthy: boolean): void {
    if (healthy) this.unhealthy.delete(String(target['id']));
    else this.unhealthy.add(String(target['id']));
  }

  /** `GET /upstreams/{upstream}/health`, by target or (`balancer_health=1`) as a whole. */
  async health(upstream: Entity, query: URLSearchParams): Promise<Entity> {
    const { rows } = await this.store.page(this.store.kind('targets'), { field: 'upstream_id', value: upstream['id'] }, 1000);
    const data = await Promise.all(rows.map((target) => this.targetHealth(upstream, target)));
    if (!query.has('balancer_health')) return { data };
    const hosts = data.map(({ data: one }) => one as Entity);
    const sum = (name: string): number => hosts.reduce((total, one) => total + Number((one['weight'] as Entity)[name]), 0);
    const health = sum('available') > 0 ? 'HEALTHY' : 'UNHEALTHY';
    const details = {
      healthy: health === 'HEALTHY',
      weight: { total: sum('total'), available: sum('available'), unavailable: sum('unavailable') },
      hosts: hosts.map((one) => ({
        ...one,
        addresses: (one['addresses'] as Entity[]).map(({ health: state, ...rest }) => ({ ...rest, healthy: state !== 'UNHEALTHY' })),
      })),
    };
    const later = this.store.settings.release !== '2.8.5';
    return { data: { id: upstream['id'], health, details, ...(later ? { balancer_health: health } : {}) } };
  }

  private async targetHealth(upstream: Entity, target: Entity): Promise<Entity> {
    const { host, port } = hostPort(String(target['target']));
    const weight = Number(target['weight']);
    const ip = await lookup(host).then(({ address }) => address, () => undefined);
    const down = this.unhealthy.has(String(target['id']));
    const health = down ? 'UNHEALTHY' : ip === undefined ? 'DNS_ERROR' : checked(upstream['healthchecks']) ? 'HEALTHY' : 'HEALTHCHECKS_OFF';
    const usable = ip === undefined ? 0 : weight;
    return {
      ...target,
      health,
      data: {
        host,
        port,
        dns: ip === undefined ? 'dns server error: 3 name error' : 'A',
        nodeWeight: weight,
        weight: { total: usable, available: down ? 0 : usable, unavailable: down ? usable : 0 },
        addresses: ip === undefined ? {} : [{ ip, port, weight, health }],
      },
    };
  }
}

export function hostPort(target: string): Target {
  const colon = target.lastIndexOf(':');
  return { host: target.slice(0, colon), port: Number(target.slice(colon + 1)) };
}

/** Some check of the upstream is on: an interval or a threshold above 0. */
function checked(checks: unknown): boolean {
  const on = (value: unknown): boolean =>
    isObject(value) && Object.entries(value).some(([name, one]) => (['interval', 'successes', 'timeouts', 'http_failures', 'tcp_failures'].includes(name) ? Number(one) > 0 : on(one)));
  return on(checks);
}
