import type { F5Settings } from '../../settings/router-schema';
import { sameShare, SLOTS, validateWeights, type Weights } from '../../traffic/weights';
import { conflict, has, refuseNothing, shown } from '../failures';
import type {
  MayWrite,
  Receipt,
  RouterCapabilities,
  RouterReading,
  TrafficRouter,
  Verification,
  WeightChange,
} from '../router';
import { deploy, quiet, type Deployed, type Waiting } from './as3-write';
import type { Answer, BigIp } from './big-ip';
import { changed, missing, notEffective, notServed, standby, sticky, unreachable } from './f5-errors';
import { plain, poolId, poolIn, scaleOf, withWeights, type Json, type Member, type Pool } from './pool';

/** A cookie of BIG-IP without an expiration lives as long as the browser; told as a week, the longest of a load balancer. */
const STICKY_SECONDS = 604_800;
const RESTORE_ATTEMPTS = 3;
/** Before it AS3 deployed a declaration whose lock key did not match (F5Networks/f5-appsvcs-extension#599, AUTOTOOL-3138). */
const FIRST_MINOR = 38;

/**
 * One pool of a BIG-IP that is declared by AS3, load balanced by ratio-member.
 *
 * atomic  the whole pool in one declaration of its tenant, which AS3 deploys or does not
 * compare by optimisticLockKey: a declaration over a tenant that changed since it was read is not deployed, not even late
 * sticky  persistence must be off; a connection stays with its member, and with it all its requests without OneConnect
 * drains  a slot with weight 0 is disabled: no new connections, those under way end by themselves
 */
export class F5Router implements TrafficRouter {
  readonly capabilities: RouterCapabilities;
  private readonly waiting: Waiting;
  private readonly pool: string;
  private hasLock = false;

  constructor(
    private readonly unit: BigIp,
    private readonly settings: F5Settings,
    waiting: Partial<Waiting> = {},
  ) {
    this.pool = poolId(settings);
    this.waiting = {
      sleep: waiting.sleep ?? ((milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))),
      now: waiting.now ?? (() => performance.now()),
    };
    this.capabilities = {
      name: 'f5',
      scale: scaleOf(settings),
      splits: 'connections',
      compareAndSet: true,
      settleSeconds: 1,
      notes: {
        atomic: 'the whole pool in one declaration, deployed only over the tenant as it was read',
        sticky: 'persistence must be off; a connection stays with its member, its requests too without OneConnect',
        drains: 'a slot with weight 0 is disabled: connections under way end by themselves, new ones do not come',
      },
    };
  }

  /**
   * Refuses persistence while all traffic is on one slot, before a shift; later it is told as stickiness, so that the way
   * back stays open.
   * @throws KongDualClusterError ROUTER_RULE_MISSING, ROUTER_RULE_CHANGED (exit 6), ROUTER_UNIT_STANDBY, ROUTER_STICKY (exit 8)
   */
  async read(): Promise<RouterReading> {
    const pool = await this.look();
    if (SLOTS.some((slot) => pool.weights[slot] === 0)) {
      if (pool.sticky.length > 0) throw sticky(pool.sticky);
      await this.refuseComplete();
    }
    return readingOf(pool);
  }

  /**
   * Returns when AS3 has deployed it and the pool follows.
   * @throws KongDualClusterError ROUTER_CONFLICT (exit 6), ROUTER_WRITE_FAILED, ROUTER_NOT_EFFECTIVE, and those of `read`
   */
  async apply({ expected, to, mayWrite }: WeightChange): Promise<Receipt> {
    validateWeights(to);
    const pool = await this.look();
    const { weights } = pool;
    if (![...expected, to].some((known) => sameShare(known, weights))) throw conflict([pool], expected);
    if (sameShare(weights, to)) return { written: [] };
    if (pool.sticky.length > 0) throw sticky(pool.sticky);
    await this.refuseDown(pool, to);
    if ((await this.write(pool, withWeights(pool, to), mayWrite)) === 'stale') {
      const now = await this.look();
      throw conflict([now], expected, [`${has(now)}, and its tenant was changed between the read and the write`]);
    }
    const { holds, reading, differences } = await this.verify(to);
    if (!holds) throw conflict(reading.places, [to], differences);
    return { written: [pool.id] };
  }

  /** The declaration, and the members of the pool as the unit runs them. */
  async verify(weights: Weights): Promise<Verification> {
    const pool = await this.look();
    const differences = sameShare(pool.weights, weights) ? await this.notFollowed(pool) : [has(pool)];
    return { holds: differences.length === 0, reading: readingOf(pool), differences };
  }

  /** Puts the members of a reading back as they were, and its way of load balancing; waits for declarations under way. */
  async restore(reading: RouterReading, mayWrite?: MayWrite): Promise<Receipt> {
    const [place] = reading.places;
    if (place === undefined) return { written: [] };
    refuseNothing([place.weights]);
    await this.refuseStandby();
    await quiet(this.unit, this.waiting);
    const { members, loadBalancingMode } = place.verbatim as Pool['verbatim'];
    for (let attempt = 1; ; attempt += 1) {
      const declaration = await this.declaration();
      const live = attempted(() => poolIn(declaration, this.settings));
      const isOurs = live !== undefined && sameShare(live.weights, place.weights);
      if (isOurs && (await this.notFollowed(live)).length === 0) return { written: [] };
      const lockKey = live?.lockKey ?? lockKeyIn(declaration, this.settings.tenant);
      const saved = this.weightsOf(place.verbatim) ?? place.weights;
      const isWhole = live === undefined || sameShare(saved, place.weights);
      if (isWhole) refuseNothing([saved]);
      const entries = isWhole ? members : withWeights(live, place.weights);
      const written = await this.write({ lockKey }, entries, mayWrite, loadBalancingMode);
      if (written === 'deployed') return { written: [place.id] };
      if (attempt === RESTORE_ATTEMPTS) throw conflict([place], [place.weights], ['the tenant changes all the time']);
    }
  }

  /** Weights of saved members; undefined where they are not those of the settings any more. */
  private weightsOf(verbatim: unknown): Weights | undefined {
    const { tenant, application, pool } = this.settings;
    const declared = { class: 'Pool', ...(verbatim as Json) };
    const declaration = { [tenant]: { optimisticLockKey: '-', [application]: { [pool]: declared } } };
    return attempted(() => poolIn(declaration, this.settings))?.weights;
  }

  private async look(): Promise<Pool> {
    await this.refuseStandby();
    await this.refuseOld();
    return poolIn(await this.declaration(), this.settings);
  }

  /**
   * GET of one tenant with the key for the next write ("Method GET" and `showHash` of the AS3 API). What is in Common may be
   * used by services of every tenant.
   */
  private async declaration(tenant = this.settings.tenant): Promise<unknown> {
    const filter = tenant === 'Common' || tenant === '' ? '' : `/${encodeURIComponent(tenant)}`;
    const path = `/mgmt/shared/appsvcs/declare${filter}?showHash=true`;
    const answer = await this.unit.ask('GET', path);
    const { status, body } = answer;
    if (isNotServed(answer)) throw notServed(this.unit.name);
    if (status === 204 || status === 404) throw missing(`pool ${this.pool}`);
    if (status !== 200) throw unreachable(this.unit.name, `${status} to GET ${path}`);
    return body;
  }

  /** @throws KongDualClusterError ROUTER_RULE_CHANGED when a lock key would not keep AS3 from deploying */
  private async refuseOld(): Promise<void> {
    if (this.hasLock) return;
    const path = '/mgmt/shared/appsvcs/info';
    const answer = await this.unit.ask('GET', path);
    if (isNotServed(answer)) throw notServed(this.unit.name);
    if (answer.status !== 200) throw unreachable(this.unit.name, `${answer.status} to GET ${path}`);
    const version = String((answer.body as { version?: unknown } | undefined)?.version);
    const [, major, minor] = /^(\d+)\.(\d+)\./.exec(version) ?? [];
    if (!(Number(major) > 3 || (Number(major) === 3 && Number(minor) >= FIRST_MINOR))) {
      throw changed(
        this.pool,
        `AS3 ${version} deploys over changes of others, whatever the optimisticLockKey`,
        `install AS3 3.${FIRST_MINOR} or later`,
      );
    }
    this.hasLock = true;
  }

  /**
   * A patch is deployed with the updateMode of the stored declaration, and complete removes the tenants that the patch does
   * not name. It cannot be patched along: AS3 takes the first name of each path for a tenant (`parsePatchBodies`).
   * @throws KongDualClusterError ROUTER_RULE_CHANGED
   */
  private async refuseComplete(): Promise<void> {
    const whole = (await this.declaration('')) as Json;
    if (whole.updateMode !== 'complete') return;
    const others = Object.entries(whole)
      .filter(([name, value]) => (value as Json | null)?.class === 'Tenant' && name !== 'Common')
      .flatMap(([name]) => (name === this.settings.tenant ? [] : [name]));
    if (others.length === 0) return;
    const removed =
      others.length > 3 ? `${others.slice(0, 3).join(', ')} and ${others.length - 3} more` : others.join(', ');
    throw changed(
      this.pool,
      `the stored declaration says "updateMode": "complete", so that a change of this tenant would remove ${removed}`,
      'deploy the declaration once with "updateMode": "selective"',
    );
  }

  /** A declaration that a standby unit takes is not what the active one runs, and is overwritten by the next sync. */
  private async refuseStandby(): Promise<void> {
    const { status, body } = await this.unit.ask('GET', '/mgmt/tm/cm/failover-status');
    if (status !== 200) throw unreachable(this.unit.name, `${status} to GET /mgmt/tm/cm/failover-status`);
    const { entries = {} } = (body ?? {}) as {
      entries?: Record<string, { nestedStats?: { entries?: { status?: { description?: unknown } } } }>;
    };
    const found = Object.values(entries)[0]?.nestedStats?.entries?.status?.description;
    if (found !== 'ACTIVE') throw standby(this.unit.name, typeof found === 'string' ? found : 'nothing of failover');
  }

  private write(
    { lockKey }: Pick<Pool, 'lockKey'>,
    members: readonly Json[],
    mayWrite: MayWrite | undefined,
    loadBalancingMode?: unknown,
  ): Promise<Deployed> {
    const { tenant, syncToGroup } = this.settings;
    const patch = [
      { op: 'add', path: `/${pointer(tenant)}/optimisticLockKey`, value: lockKey },
      ...(loadBalancingMode === undefined
        ? []
        : [{ op: 'add', path: `${this.pointer()}/loadBalancingMode`, value: loadBalancingMode }]),
      { op: 'add', path: `${this.pointer()}/members`, value: members },
    ];
    const request = {
      class: 'AS3',
      action: 'patch',
      ...(syncToGroup !== undefined && { syncToGroup }),
      patchBody: patch,
    };
    return deploy(this.unit, tenant, request, this.waiting, mayWrite, () => this.refuseComplete());
  }

  private pointer(): string {
    const { tenant, application, pool } = this.settings;
    return `/${[tenant, application, pool].map(pointer).join('/')}`;
  }

  /** Before the first connection goes there. @throws KongDualClusterError ROUTER_NOT_EFFECTIVE */
  private async refuseDown({ id, members, weights }: Pool, to: Weights): Promise<void> {
    const rising = SLOTS.find((slot) => weights[slot] === 0 && to[slot] > 0);
    if (rising === undefined) return;
    const running = await this.running();
    const own = members.filter(({ slot }) => slot === rising).flatMap((member) => keysOf(member));
    const states = own.map((key) => running.get(key)?.state ?? 'not there');
    if (states.some((state) => state !== 'down' && state !== 'user-down' && state !== 'not there')) return;
    throw notEffective(`${id}: ${own.map((key, i) => `${key} is ${states[i]}`).join(', ')}`);
  }

  /** Members that run otherwise than they are declared, by iControl REST. */
  private async notFollowed({ id, members, weights }: Pool): Promise<string[]> {
    const running = await this.running();
    const told = (member: Member, key: string): string[] => {
      const live = running.get(key);
      const name = `${id} member ${key}`;
      if (live === undefined) return [`${name} is declared and not there`];
      const isOff = live.session === 'user-disabled' || live.state === 'user-down';
      if (isOff !== (member.state !== 'enable'))
        return [`${name} is ${isOff ? 'disabled' : 'enabled'}, declared is ${member.state}`];
      const matters = member.state === 'enable' && live.ratio !== member.ratio;
      return matters ? [`${name} has ratio ${live.ratio}, declared is ${member.ratio} (${shown(weights)})`] : [];
    };
    const declared = new Set(members.flatMap(keysOf));
    const more = [...running].filter(([key, { session }]) => !declared.has(key) && session !== 'user-disabled');
    return [
      ...members.flatMap((member) => keysOf(member).flatMap((key) => told(member, key))),
      ...more.map(([key]) => `${id} member ${key} is there and not declared`),
    ];
  }

  /** By address:port. */
  private async running(): Promise<Map<string, Running>> {
    const path = `/mgmt/tm/ltm/pool/${encodeURIComponent(this.pool.replaceAll('/', '~'))}/members`;
    const { status, body } = await this.unit.ask('GET', path);
    if (status === 404) throw missing(`pool ${this.pool} on the unit, though it is declared`);
    if (status !== 200) throw unreachable(this.unit.name, `${status} to GET ${path}`);
    const { items = [] } = (body ?? {}) as { items?: readonly Record<string, unknown>[] };
    return new Map(
      items.map(({ name, address, ratio, session, state }) => [
        `${plain(String(address))}:${/[:.](\d+)$/.exec(String(name))?.[1] ?? '0'}`,
        { ratio: Number(ratio), session: String(session), state: String(state) },
      ]),
    );
  }
}

interface Running {
  readonly ratio: number;
  readonly session: string;
  /** up, down, unchecked, user-down, … */
  readonly state: string;
}

const keysOf = ({ addresses, port }: Member): string[] => addresses.map((address) => `${address}:${port}`);

const readingOf = ({ id, weights, verbatim, sticky: services }: Pool): RouterReading => ({
  router: 'f5',
  places: [{ id, weights, verbatim }],
  followers: [],
  stickySeconds: services.length > 0 ? STICKY_SECONDS : 0,
});

/** AS3 itself says which tenant is not there. */
const isNotServed = ({ status, body }: Answer): boolean => {
  const { message = '' } = (body ?? {}) as { message?: unknown };
  return status === 404 && (typeof message !== 'string' || message === '' || /not registered/i.test(message));
};

/** RFC 6901. */
const pointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

function lockKeyIn(declaration: unknown, tenant: string): string {
  const found = (declaration as Record<string, Json | undefined>)[tenant]?.optimisticLockKey;
  if (typeof found !== 'string') throw missing(`tenant ${tenant}`);
  return found;
}

/** Undefined where the pool is not as it should be. */
function attempted<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
