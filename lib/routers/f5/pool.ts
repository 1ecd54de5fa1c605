import { KongDualClusterError } from '../../errors';
import type { F5Settings } from '../../settings/router-schema';
import { allOn, SLOTS, type Slot, type Weights, type WeightScale } from '../../traffic/weights';
import { changed, missing } from './f5-errors';

/** An AS3 declaration and the pool in it that splits; pure. Property names are those of the AS3 schema (core-schema.json). */

export type Json = Readonly<Record<string, unknown>>;
type Names = Pick<F5Settings, 'tenant' | 'application' | 'pool' | 'members' | 'virtualServers'>;

/** AS3 schema, `Pool_Member.ratio`: 0–100. */
export const MAX_RATIO = 100;

/** One entry of `members`: all its addresses have its ratio. */
export interface Member {
  readonly slot: Slot;
  readonly addresses: readonly string[];
  readonly port: number;
  readonly ratio: number;
  /** enable, disable: connections end, no new ones; offline: out of the game, whatever the ratios. */
  readonly state: 'enable' | 'disable' | 'offline';
}

export interface Pool {
  readonly id: string;
  readonly members: readonly Member[];
  /** What is written back by `restore`. */
  readonly verbatim: { readonly loadBalancingMode: unknown; readonly members: readonly Json[] };
  readonly weights: Weights;
  /** Stale when anybody changed the tenant meanwhile. */
  readonly lockKey: string;
  /** Services that use the pool and keep clients on a member, in words. */
  readonly sticky: readonly string[];
}

export const poolId = ({ tenant, application, pool }: Names): string => `/${tenant}/${application}/${pool}`;

/** @throws KongDualClusterError ROUTER_RULE_MISSING, ROUTER_RULE_CHANGED (exit 6) */
export function poolIn(declaration: unknown, names: Names): Pool {
  const tenant = objectIn(declaration, names.tenant);
  const application = objectIn(tenant, names.application);
  const pool = objectIn(application, names.pool);
  const id = poolId(names);
  if (tenant === undefined || application === undefined || pool?.class !== 'Pool') throw missing(`pool ${id}`);
  const lockKey = tenant.optimisticLockKey;
  if (typeof lockKey !== 'string' || lockKey === '')
    throw changed(id, 'no optimisticLockKey with showHash=true', 'install AS3 3.38 or later');
  if (pool.loadBalancingMode !== 'ratio-member') {
    throw changed(
      id,
      `loadBalancingMode is ${pool.loadBalancingMode === undefined ? 'round-robin, the default' : text(pool.loadBalancingMode)}`,
      'set "loadBalancingMode": "ratio-member" in the declaration',
    );
  }
  const entries = Array.isArray(pool.members) ? (pool.members as Json[]) : [];
  const members = entries.map((entry, i) => memberOf(entry, i, names, id));
  refuseUnlisted(members, names, id);
  refusePriorities(entries, id);
  return {
    id,
    members,
    verbatim: { loadBalancingMode: pool.loadBalancingMode, members: entries },
    weights: weightsOf(members, countsIn(names)),
    lockKey,
    sticky: stickyServices(declaration as Json, names),
  };
}

/** How many members of a slot there are, by the settings. */
const countsIn = ({ members }: Names): Weights => ({ blue: members.blue.length, green: members.green.length });

/**
 * A member has a ratio from 0 to 100, and a slot the sum of its members'. So that every step is held exactly, the slot with
 * fewer members has larger ratios: with three to two, the weights add up to 33 and not to 100.
 */
export function scaleOf(names: Names): WeightScale {
  const [blue, green] = reduced(countsIn(names));
  const total = Math.max(2, Math.floor(MAX_RATIO / Math.max(blue, green)));
  return { kind: 'total', totals: [total], max: total - 1 };
}

/** The sums of the ratios, in the scale's total where that holds them exactly. */
function weightsOf(members: readonly Member[], counts: Weights): Weights {
  const sum = (slot: Slot): number =>
    members
      .filter((member) => member.slot === slot && member.state === 'enable')
      .reduce((all, { ratio, addresses }) => all + ratio * addresses.length, 0);
  const [blue, green] = [sum('blue'), sum('green')];
  if (blue === 0 && green === 0) return { blue, green };
  if (blue === 0 || green === 0) return allOn(blue === 0 ? 'green' : 'blue');
  const [a, b] = reduced(counts);
  const total = Math.max(2, Math.floor(MAX_RATIO / Math.max(a, b)));
  const held = (blue * total) / (blue + green);
  if (Number.isInteger(held)) return { blue: held, green: total - held };
  const [x, y] = reduced({ blue, green });
  return { blue: x, green: y };
}

/**
 * The entries with the ratios of the weights; nothing else in them changes. A slot with weight 0 is disabled, which takes
 * no new connections and lets those under way end (AS3 schema, `Pool_Member.adminState`); what is offline stays offline.
 * @throws KongDualClusterError WEIGHTS_OUT_OF_RANGE when ratios up to 100 cannot hold the weights with the members there are
 */
export function withWeights({ members, verbatim, id }: Pool, to: Weights): Json[] {
  const count = (slot: Slot): number =>
    members
      .filter((member) => member.slot === slot && member.state !== 'offline')
      .reduce((all, { addresses }) => all + addresses.length, 0);
  for (const slot of SLOTS) {
    if (to[slot] > 0 && count(slot) === 0)
      throw changed(id, `every member of ${slot} is offline`, `enable one, or its addresses are not those of ${slot}`);
  }
  const [blue, green] = reduced({ blue: count('blue'), green: count('green') });
  let [forBlue, forGreen] = [to.blue * Math.max(1, green), to.green * Math.max(1, blue)];
  if (to.blue === 0 || to.green === 0 || Math.max(forBlue, forGreen) > MAX_RATIO)
    [forBlue, forGreen] = reduced({ blue: forBlue, green: forGreen });
  if (Math.max(forBlue, forGreen) > MAX_RATIO) {
    throw new KongDualClusterError('WEIGHTS_OUT_OF_RANGE', 'ratios up to 100 do not hold these weights', {
      found: `blue ${to.blue}, green ${to.green} with ${count('blue')} members of blue and ${count('green')} of green`,
      remedy: 'let both slots have the same number of members that are not offline, or take a coarser share',
    });
  }
  const ratios: Weights = { blue: forBlue, green: forGreen };
  return verbatim.members.map((entry, i) => {
    const { slot, state } = members[i]!;
    if (state === 'offline') return entry;
    const ratio = Math.max(1, ratios[slot]);
    if (to[slot] === 0) return { ...entry, ratio, adminState: 'disable' };
    return state === 'enable' ? { ...entry, ratio } : { ...entry, ratio, adminState: 'enable' };
  });
}

function memberOf(entry: Json, index: number, names: Names, pool: string): Member {
  const {
    addressDiscovery = 'static',
    serverAddresses = [],
    servers = [],
    servicePort,
    ratio = 1,
    adminState = 'enable',
  } = entry;
  const where = `members/${index}`;
  if (addressDiscovery !== 'static')
    throw changed(pool, `${where} finds its addresses by ${text(addressDiscovery)}`, 'name them in serverAddresses');
  const addresses = [
    ...(serverAddresses as readonly string[]),
    ...(servers as readonly { readonly address: string }[]).map(({ address }) => address),
  ].map(plain);
  const slots = SLOTS.filter((slot) => addresses.some((address) => names.members[slot].map(plain).includes(address)));
  const [slot] = slots;
  const unknown = addresses.filter(
    (address) => !SLOTS.some((each) => names.members[each].map(plain).includes(address)),
  );
  if (slot === undefined || unknown.length > 0)
    throw changed(
      pool,
      `${where} has ${unknown.join(', ') || 'no address'}, of neither slot`,
      'name it under members of its slot in the settings, or take it out of the pool',
    );
  if (slots.length > 1)
    throw changed(
      pool,
      `${where} has addresses of both slots, and one ratio for all`,
      'give each slot an entry of its own in members',
    );
  const isOut = adminState === 'offline' || entry.enable === false;
  return {
    slot,
    addresses,
    port: Number(servicePort),
    ratio: Number(ratio),
    state: isOut ? 'offline' : adminState === 'disable' ? 'disable' : 'enable',
  };
}

function refuseUnlisted(members: readonly Member[], names: Names, pool: string): void {
  const there = new Set(members.flatMap(({ addresses }) => addresses));
  const absent = SLOTS.flatMap((slot) => names.members[slot].filter((address) => !there.has(plain(address))));
  if (absent.length > 0)
    throw changed(pool, `${absent.join(', ')} is no member`, 'add it to the pool, or take it out of the settings');
}

/** Of groups with several priorities only the highest takes connections, whatever the ratios. */
function refusePriorities(entries: readonly Json[], pool: string): void {
  const groups = [...new Set(entries.map(({ priorityGroup = 0 }) => text(priorityGroup)))];
  if (groups.length > 1)
    throw changed(pool, `members have priorityGroup ${groups.join(', ')}`, 'give all members the same priorityGroup');
}

/**
 * AS3 sets a persistence where the declaration names none: a cookie, or the source address without HTTP (AS3 schema,
 * `persistenceMethods` of Service_HTTP and Service_TCP). Nothing but an empty list is off.
 */
function stickyServices(declaration: Json, names: Names): string[] {
  const { tenant, application, virtualServers } = names;
  return Object.keys(declaration).flatMap((inTenant) =>
    Object.keys(objectIn(declaration, inTenant) ?? {}).flatMap((inApplication) => {
      const there = objectIn(objectIn(declaration, inTenant), inApplication) ?? {};
      const isOwn = inTenant === tenant && inApplication === application;
      return Object.keys(there).flatMap((name) => {
        const service = objectIn(there, name);
        if (!/^Service_/.test(String(service?.class))) return [];
        const counts =
          virtualServers.length > 0
            ? isOwn && virtualServers.includes(name)
            : referred(service?.pool, inTenant, inApplication) === poolId(names);
        return counts ? stickiness(isOwn ? name : `/${inTenant}/${inApplication}/${name}`, service!) : [];
      });
    }),
  );
}

function stickiness(
  name: string,
  { persistenceMethods: methods, fallbackPersistenceMethod: fallback }: Json,
): string[] {
  if (!Array.isArray(methods)) return [`${name} has no persistenceMethods, so AS3 gives it its default`];
  if (methods.length > 0) return [`${name} has persistenceMethods ${text(methods)}`];
  return fallback === undefined ? [] : [`${name} has a fallbackPersistenceMethod`];
}

/** Path of the pool that a service uses: a name of its application, APPLICATION/NAME of its tenant, or a whole path. */
function referred(reference: unknown, tenant: string, application: string): string | undefined {
  const { use, bigip } = (typeof reference === 'object' && reference !== null ? reference : { use: reference }) as Json;
  const name = use ?? bigip;
  if (typeof name !== 'string') return undefined;
  if (name.startsWith('/')) return name;
  return name.includes('/') ? `/${tenant}/${name}` : `/${tenant}/${application}/${name}`;
}

function objectIn(value: unknown, name: string): Json | undefined {
  const found = typeof value === 'object' && value !== null ? (value as Json)[name] : undefined;
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Json) : undefined;
}

/** Without the route domain: 10.0.0.1%2 is 10.0.0.1 of route domain 2. */
export const plain = (address: string): string => address.replace(/%\d+$/, '').toLowerCase();

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function reduced({ blue, green }: Weights): [number, number] {
  let [a, b] = [blue, green];
  while (b > 0) [a, b] = [b, a % b];
  return a === 0 ? [blue, green] : [blue / a, green / a];
}
