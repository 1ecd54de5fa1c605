import { isObject, type Entity } from './schema';

export interface Target {
  readonly host: string;
  readonly port: number;
}

interface Weighted extends Target {
  readonly id: string;
  readonly weight: number;
}

/** Upstreams and their targets: smooth weighted round robin whatever the algorithm, no health checks (README). */
export class Balancer {
  private upstreams = new Map<string, { entity: Entity; targets: Weighted[] }>();
  private readonly current = new Map<string, number>();

  load(upstreams: readonly Entity[], targets: readonly Entity[]): void {
    this.upstreams = new Map(
      upstreams.map((entity) => [
        String(entity.name),
        {
          entity,
          targets: targets
            .filter(({ upstream }) => isObject(upstream) && upstream.id === entity.id)
            .map(({ id, weight, target }) => ({ id: String(id), weight: Number(weight), ...hostPort(String(target)) })),
        },
      ]),
    );
  }

  /** The upstream that a service's host names, or undefined for a plain host. */
  upstream(host: string): Entity | undefined {
    return this.upstreams.get(host)?.entity;
  }

  /** Weight that a target of an upstream has here, in memory; undefined where it is not loaded. */
  weightOf(upstream: string, id: string): number | undefined {
    return this.upstreams.get(upstream)?.targets.find((target) => target.id === id)?.weight;
  }

  /** Targets with a weight, the chosen one first, the others to fall back on. */
  choose(host: string): Target[] {
    const usable = this.upstreams.get(host)?.targets.filter(({ weight }) => weight > 0) ?? [];
    const at = (id: string): number => this.current.get(id) ?? 0;
    for (const { id, weight } of usable) this.current.set(id, at(id) + weight);
    const order = [...usable].sort((a, b) => at(b.id) - at(a.id));
    const [first] = order;
    if (first) this.current.set(first.id, at(first.id) - usable.reduce((sum, { weight }) => sum + weight, 0));
    return order;
  }
}

function hostPort(target: string): Target {
  const colon = target.lastIndexOf(':');
  return { host: target.slice(0, colon), port: Number(target.slice(colon + 1)) };
}
