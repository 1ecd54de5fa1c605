import { EXIT, KongDualClusterError } from '../../errors';
import type { KongUpstreamSettings } from '../../settings/router-schema';
import { otherSlot, sameShare, shareOf, SLOTS, type Slot, type Weights } from '../../traffic/weights';
import { conflict, has, refuseNothing } from '../failures';
import { changed, gone, KongAdmin, type Json } from '../kong/kong-admin';
import type {
  MayWrite,
  PlaceReading,
  Receipt,
  RouterCapabilities,
  RouterReading,
  TrafficRouter,
  Verification,
  WeightChange,
} from '../router';
import {
  countsOf,
  isBetween,
  targetsOf,
  upstreamScale,
  weightsOf,
  writesFor,
  type Counts,
  type Target,
} from './targets';

/** Until a node's workers follow: worker_state_update_frequency and db_update_frequency are 5 s each by default. */
const SETTLE_SECONDS = 10;
/** A node that does not follow by then does not follow, milliseconds. */
const FOLLOW_MS = 30_000;
const POLL_MS = 500;

interface Node {
  readonly admin: KongAdmin;
  readonly place: PlaceReading;
  readonly targets: readonly Target[];
}

export interface Clock {
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly now: () => number;
}

/**
 * An upstream of a Kong in front of both slots, whose targets are the slots'.
 *
 * atomic  one target at a time; the old slot's weights stay, so that a step is one write per target of the new slot
 * compare between two reads: another's write in the same moment is found by the read afterwards
 * sticky  nothing outlives the weights; with hash_on a client keeps its slot until the border passes it
 * drains  requests under way end; connections to the old targets are kept in the pool of nginx and not used any more
 */
export class KongUpstreamRouter implements TrafficRouter {
  private readonly nodes: readonly KongAdmin[];
  private counts: Counts;
  private isHashed = false;
  private readonly clock: Clock;

  constructor(
    private readonly settings: KongUpstreamSettings,
    token?: () => Promise<string>,
    clock: Partial<Clock> = {},
  ) {
    this.nodes = settings.adminUrls.map((url) => new KongAdmin(url, token));
    this.counts = { blue: settings.targets.blue.length, green: settings.targets.green.length };
    this.clock = {
      sleep: clock.sleep ?? ((milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))),
      now: clock.now ?? (() => performance.now()),
    };
  }

  get capabilities(): RouterCapabilities {
    return {
      name: 'kongUpstream',
      scale: upstreamScale(this.counts),
      // By a hash the choice is made once for a client, not for a request.
      splits: this.isHashed ? 'connections' : 'requests',
      compareAndSet: false,
      settleSeconds: SETTLE_SECONDS,
      notes: {
        atomic: 'one target at a time, node by node; the old slot keeps its weights until it goes to 0 at the end',
        sticky: 'nothing outlives the weights; with hash_on a client keeps its slot until the border passes it',
        drains: 'requests under way end; nothing new goes to a target with weight 0',
      },
    };
  }

  /** @throws KongDualClusterError ROUTER_RULE_MISSING, ROUTER_RULE_CHANGED (exit 6), ROUTER_READ_ONLY (exit 8), ROUTER_NODE_SILENT */
  async read(): Promise<RouterReading> {
    const nodes = await this.look();
    if (nodes[0]) this.counts = countsOf(nodes[0].targets);
    return readingOf(nodes);
  }

  /**
   * Returns when every node's balancer has the weights.
   * @throws KongDualClusterError ROUTER_CONFLICT (exit 6), ROUTER_NOT_EFFECTIVE (exit 4), and those of `read`
   */
  async apply({ expected, to, mayWrite }: WeightChange): Promise<Receipt> {
    refuseNothing([to]);
    const before = await this.look();
    const known = [...expected, to];
    const foreign = before.filter(
      ({ place, targets }) => !known.some((each) => sameShare(each, place.weights)) && !isBetween(targets, known),
    );
    if (foreign.length > 0)
      throw conflict(
        foreign.map(({ place }) => place),
        expected,
      );
    const open = before.filter(({ place }) => !sameShare(place.weights, to));
    for (const node of open) {
      refuseUnresolved(node, to);
      refuseUnhealthy(node, to);
    }
    if (open.length > 0) refuseDisagreeing(before);
    for (const { admin } of open) {
      // Nodes of one database see each other's writes.
      const { targets, place } = await this.lookAt(admin);
      if (!sameShare(place.weights, to)) await this.write(admin, writesFor(targets, to), mayWrite);
    }
    if (open.length > 0) await this.followed(to, mayWrite);
    return { written: open.map(({ place }) => place.id) };
  }

  /** The targets of every node, and what its balancer has of them in memory. */
  async verify(weights: Weights): Promise<Verification> {
    const nodes = await this.look();
    const differences = nodes.flatMap(({ place, targets }) =>
      sameShare(place.weights, weights) ? notFollowed(place, targets) : [`${has(place)}${this.recounted(targets)}`],
    );
    return { holds: differences.length === 0, reading: readingOf(nodes), differences };
  }

  /** Puts the weights of a reading back on all nodes at once, target by target; one that is gone is made again, one of neither slot gets 0. */
  async restore({ places }: RouterReading, mayWrite?: MayWrite): Promise<Receipt> {
    refuseNothing(places.map(({ weights }) => weights));
    const results = await Promise.allSettled(
      this.nodes.map(async (admin, i) => {
        const place = places.find(({ id }) => id === this.idOf(admin)) ?? places[i] ?? places[0];
        return place && (await this.restoreAt(admin, place, mayWrite)) ? [place.id] : [];
      }),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason as Error;
    return { written: results.flatMap((result) => (result.status === 'fulfilled' ? result.value : [])) };
  }

  private async restoreAt(admin: KongAdmin, place: PlaceReading, mayWrite: MayWrite | undefined): Promise<boolean> {
    const path = this.path();
    const live = await admin.list(`${path}/targets`);
    if (live === undefined) throw gone(this.idOf(admin));
    const attempt = await this.lookAt(admin).catch(() => undefined);
    if (attempt && sameShare(attempt.place.weights, place.weights)) return false;
    // A reading whose weights are not those of its targets was made by somebody else: then the weights count.
    const saved = (place.verbatim as { readonly targets: readonly Json[] }).targets;
    const weights = await this.weightsIn(admin, saved);
    if (attempt && !(weights && sameShare(weights, place.weights))) {
      await this.write(admin, writesFor(attempt.targets, place.weights), mayWrite);
      return true;
    }
    const total = saved.reduce((sum, { weight }) => sum + Number(weight), 0);
    refuseNothing([weights ?? { blue: total, green: total }]);
    const byName = new Map(live.map((target) => [String(target.target), target]));
    const names = new Set(saved.map(({ target }) => String(target)));
    const changes: [() => Promise<unknown>, number][] = saved.flatMap(({ target, weight, tags }) => {
      const now = byName.get(String(target));
      if (now?.weight === weight) return [];
      const make = (): Promise<unknown> =>
        now === undefined
          ? admin.write('POST', `${path}/targets`, { target, weight, ...(tags ? { tags } : {}) })
          : admin.write('PATCH', targetPath(path, String(target)), { weight });
      return [[make, Number(weight) - Number(now?.weight ?? 0)]];
    });
    const strangers = live.filter(({ target, weight }) => !names.has(String(target)) && Number(weight) > 0);
    const silenced = strangers.map(({ target }): [() => Promise<unknown>, number] => [
      () => admin.write('PATCH', targetPath(path, String(target)), { weight: 0 }),
      -1,
    ]);
    // What rises first: nobody is without a target on the way.
    const ordered = [...changes, ...silenced].sort(([, a], [, b]) => b - a);
    for (const [change] of ordered) {
      await mayWrite?.();
      await change();
    }
    return ordered.length > 0;
  }

  private async weightsIn(admin: KongAdmin, saved: readonly Json[]): Promise<Weights | undefined> {
    const health = (await admin.list(`${this.path()}/health`)) ?? [];
    try {
      return weightsOf(targetsOf(this.idOf(admin), saved, health, this.settings));
    } catch {
      return undefined;
    }
  }

  private async write(
    admin: KongAdmin,
    writes: readonly { readonly name: string; readonly weight: number }[],
    mayWrite: MayWrite | undefined,
  ): Promise<void> {
    for (const { name, weight } of writes) {
      await mayWrite?.();
      await admin.write('PATCH', targetPath(this.path(), name), { weight });
    }
  }

  /** @throws KongDualClusterError ROUTER_CONFLICT, ROUTER_NOT_EFFECTIVE */
  private async followed(to: Weights, mayWrite: MayWrite | undefined): Promise<void> {
    const end = this.clock.now() + FOLLOW_MS;
    for (;;) {
      const { holds, reading, differences } = await this.verify(to);
      if (holds) {
        this.counts = countsOf((await this.look())[0]!.targets);
        return;
      }
      const foreign = reading.places.filter(({ weights }) => !sameShare(weights, to));
      if (foreign.length > 0) throw conflict(foreign, [to], differences);
      if (this.clock.now() >= end) {
        throw new KongDualClusterError('ROUTER_NOT_EFFECTIVE', 'a node does not follow the weights', {
          found: differences.join('; '),
          remedy:
            'look at the error log of that node; `kong-dual-cluster shift resume` looks again, `shift abort` goes back',
          exitCode: EXIT.inconclusive,
        });
      }
      await mayWrite?.();
      await this.clock.sleep(POLL_MS);
    }
  }

  /** Names that resolve to another number of addresses than when the weights were computed. */
  private recounted(targets: readonly Target[]): string {
    const now = countsOf(targets);
    const other = SLOTS.filter((slot) => now[slot] !== this.counts[slot]);
    if (other.length === 0) return '';
    return ` (${other.map((slot) => `${slot} has ${now[slot]} addresses, it had ${this.counts[slot]}`).join(', ')})`;
  }

  private look(): Promise<Node[]> {
    return Promise.all(this.nodes.map((admin) => this.lookAt(admin)));
  }

  private async lookAt(admin: KongAdmin): Promise<Node> {
    const path = this.path();
    const id = this.idOf(admin);
    const [, upstream, targets, health] = await Promise.all([
      admin.refuseReadOnly(),
      admin.get(path),
      admin.list(`${path}/targets`),
      admin.list(`${path}/health`),
    ]);
    if (upstream === undefined || targets === undefined || health === undefined) throw gone(id);
    const { algorithm = 'round-robin', hash_on: hashOn = 'none' } = upstream as {
      algorithm?: string;
      hash_on?: string;
    };
    this.isHashed = algorithm === 'consistent-hashing' || hashOn !== 'none';
    if (!['round-robin', 'consistent-hashing'].includes(algorithm)) {
      throw changed(
        `upstream ${id}`,
        `its algorithm is ${algorithm}, which does not split by weights alone`,
        'set it to round-robin',
      );
    }
    const found = targetsOf(id, targets, health, this.settings);
    const saved = targets.map(({ target, weight, tags = null }) => ({ target, weight, tags }));
    return { admin, targets: found, place: { id, weights: weightsOf(found), verbatim: { targets: saved } } };
  }

  private path(): string {
    return `/upstreams/${encodeURIComponent(this.settings.upstream)}`;
  }

  private idOf(admin: KongAdmin): string {
    return `${this.settings.upstream} at ${admin.name}`;
  }
}

/** Before the first request goes there. @throws KongDualClusterError ROUTER_NOT_EFFECTIVE */
function refuseUnresolved({ place, targets }: Node, to: Weights): void {
  const without = targets.filter(({ slot, addresses }) => to[slot] > 0 && addresses === 0);
  if (without.length === 0) return;
  throw new KongDualClusterError('ROUTER_NOT_EFFECTIVE', 'a target has no address', {
    found: `${place.id}: ${without.map(({ name }) => name).join(', ')}`,
    remedy: 'let its name resolve on the node, then run the same command again',
    exitCode: EXIT.inconclusive,
  });
}

/**
 * All to a slot that Kong's health checks have taken out is no answer for anybody. Between two that are both out it does not
 * matter. @throws KongDualClusterError ROUTER_NOT_EFFECTIVE
 */
function refuseUnhealthy({ place, targets }: Node, to: Weights): void {
  const isDown = (slot: Slot): boolean => targets.every((target) => target.slot !== slot || target.down);
  const rising = SLOTS.find((slot) => shareOf(to, slot) > shareOf(place.weights, slot));
  if (rising === undefined || !isDown(rising) || isDown(otherSlot(rising))) return;
  throw new KongDualClusterError('ROUTER_NOT_EFFECTIVE', `no target of ${rising} is healthy`, {
    found: `${place.id}: ${targets.flatMap(({ slot, name }) => (slot === rising ? [`${name} is UNHEALTHY`] : [])).join(', ')}`,
    remedy: 'look at the health checks of the upstream, then run the same command again',
    exitCode: EXIT.inconclusive,
  });
}

/** Nodes of one database have one weight for both: it would be right for one of them. @throws KongDualClusterError ROUTER_NOT_EFFECTIVE */
function refuseDisagreeing(nodes: readonly Node[]): void {
  const [first, ...others] = nodes;
  for (const { admin, targets } of others) {
    for (const { name, addresses } of targets) {
      const there = first?.targets.find((target) => target.name === name)?.addresses;
      if (first === undefined || there === addresses) continue;
      throw new KongDualClusterError('ROUTER_NOT_EFFECTIVE', 'nodes have different numbers of addresses for a target', {
        found: `${name} has ${there ?? 0} at ${first.admin.name} and ${addresses} at ${admin.name}`,
        remedy: 'let the name resolve alike on all nodes, or wait for its TTL, then run the same command again',
        exitCode: EXIT.inconclusive,
      });
    }
  }
}

const notFollowed = ({ id }: PlaceReading, targets: readonly Target[]): string[] =>
  targets
    .filter(({ weight, followed }) => followed !== weight)
    .map(
      ({ name, weight, followed }) =>
        `${id}: ${name} has weight ${weight}, the balancer of the node ${followed ?? 'none'}`,
    );

const readingOf = (nodes: readonly Node[]): RouterReading => ({
  router: 'kongUpstream',
  places: nodes.map(({ place }) => place),
  followers: [],
  stickySeconds: 0,
});

/** HOST:PORT as it stands in a path: 2.8 and 3.x find a target by it. */
const targetPath = (upstream: string, target: string): string =>
  `${upstream}/targets/${encodeURIComponent(target).replaceAll('%3A', ':')}`;
