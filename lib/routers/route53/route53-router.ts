import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  type Change,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { EXIT, KongDualClusterError } from '../../errors';
import { sameShare, SLOTS, validateWeights, type Slot, type Weights, type WeightScale } from '../../traffic/weights';
import { conflict, has, refuseNothing, shown } from '../failures';
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
import { writeInTime } from '../write-in-time';
import type { NameServers } from './name-servers';
import {
  batches,
  nameTold,
  ofSlots,
  recordSets,
  replaced,
  weightsOfRecords,
  withWeights,
  type Client,
  type RecordType,
  type SlotRecords,
} from './record-sets';
import { against, areTheSame, counted, unclear, type Against, type SlotValues } from './sampling';

/** Weights 0–255 ("Values specific for weighted records"): 1 of 256 is the least share. */
export const ROUTE53_SCALE: WeightScale = { kind: 'total', totals: [100, 256], max: 255 };

export interface Route53RouterProps {
  readonly hostedZoneId: string;
  /** Names that are split, each with one weighted record a slot and no other of its type. */
  readonly names: readonly string[];
  readonly type: RecordType;
  readonly setIdentifiers: Readonly<Record<Slot, string>>;
  /** Asked what they answer before a write counts as done; absent: what Route 53 says of the change is all. */
  readonly nameServers?: () => Promise<NameServers>;
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Queries a name for one sample: enough that a step from 0 to 5 % is seen. */
const QUERIES = 1000;
/** Queries a name before anything is written: whether the answers tell anything at all. */
const FIRST_QUERIES = 40;
/** Looks at a change that is on its way, milliseconds apart. */
const POLL_MS = 2000;
/** Samples of answers that do not follow yet, milliseconds apart. */
const SAMPLE_MS = 10_000;
/** "Changes generally propagate to all name servers within 60 seconds" (ChangeResourceRecordSets); milliseconds. */
const PROPAGATION_MS = 120_000;
/** The runner's lock is renewed this often while a change is on its way, milliseconds. */
const SIGN_OF_LIFE_MS = 10_000;
/** TTL of alias records to a load balancer, seconds ("Choosing between alias and non-alias records"). */
const ALIAS_TTL = 60;

/**
 * Weighted records of Route 53.
 *
 * atomic  one batch deletes the records of all names as they were read and creates them with the new weights: all or
 *         nothing. Only names beyond the quota of a batch (1000 records) are in a batch of their own
 * compare a record that has changed since it was read is not deleted, and then nothing of the batch is made
 * sticky  whoever has resolved a name keeps the answer for its TTL, some resolvers and clients for longer
 * drains  nothing: connections stay where they are, and old answers bring new ones until they expire
 */
export class Route53Router implements TrafficRouter {
  /** Seconds; of the records that were read last. */
  private ttl = ALIAS_TTL;
  /** Changes of this process that may not have reached every name server. */
  private readonly pending = new Set<string>();
  /** Places that the name servers need not be asked about again: their answers follow, or tell nothing. */
  private effective = '';
  private asked: Promise<NameServers> | undefined;
  private readonly sleep: (milliseconds: number) => Promise<void>;
  private readonly now: () => number;
  private readonly names: readonly string[];

  constructor(
    private readonly client: Client,
    private readonly props: Route53RouterProps,
  ) {
    this.names = [...new Set(props.names.map(nameTold))];
    this.sleep = props.sleep ?? ((milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)));
    this.now = props.now ?? Date.now;
  }

  get capabilities(): RouterCapabilities {
    return {
      name: 'route53',
      scale: ROUTE53_SCALE,
      splits: 'lookups',
      compareAndSet: true,
      settleSeconds: this.ttl,
      notes: {
        atomic: 'the records of all names at once, and only over the records that were read',
        sticky:
          'an answer is kept for its TTL, by some resolvers and clients for longer; one lookup may be many clients',
        drains: 'nothing: connections stay, and old answers bring new ones until they expire',
      },
    };
  }

  /** @throws KongDualClusterError ROUTER_RULE_MISSING, ROUTER_RULE_CHANGED (exit 6) */
  async read(): Promise<RouterReading> {
    const live = await this.live();
    const places = this.names.map((name) => this.placeOf(name, live.get(name) ?? []));
    this.ttl = Math.max(0, ...places.flatMap(({ verbatim }) => (verbatim as ResourceRecordSet[]).map(ttlOf)));
    return { router: 'route53', places, followers: [], stickySeconds: this.ttl };
  }

  /**
   * Returns when every name server has the change and, unless it is switched off, was seen to answer by it.
   * @throws KongDualClusterError ROUTER_CONFLICT (exit 6), ROUTER_NOT_EFFECTIVE (exit 4), and those of `read`
   */
  async apply({ expected, to, mayWrite }: WeightChange): Promise<Receipt> {
    validateWeights(to);
    const before = await this.read();
    const foreign = before.places.filter(
      ({ weights }) => ![...expected, to].some((known) => sameShare(known, weights)),
    );
    if (foreign.length > 0) throw conflict(foreign, expected);
    const open = before.places.filter(({ weights }) => !sameShare(weights, to));
    if (open.length > 0) await this.canBeSeen(before);
    const changes = open.map((place) => ({ id: place.id, changes: withWeights(recordsOf(place.verbatim), to) }));
    try {
      await this.write(changes, mayWrite);
    } catch (error) {
      if (!isRefused(error)) throw error;
      await this.orConflict(error, before, to);
    }
    await this.holdsOrThrow(to, mayWrite);
    return { written: open.map(({ id }) => id) };
  }

  /**
   * Configured, and followed by the name servers: that is asked once for each set of records. Answers that tell nothing are
   * no difference here, as they are in `apply`: going back must not wait for them.
   */
  async verify(weights: Weights): Promise<Verification> {
    return this.verified(weights, new Set(['differs']));
  }

  /**
   * Puts the weights of a reading back, into the live records, so that what else was changed in them since then stays. Where
   * a name is not split between the two records any more, all its records of the type are replaced by those of the reading.
   */
  async restore(reading: RouterReading, mayWrite?: MayWrite): Promise<Receipt> {
    refuseNothing(reading.places.map(({ weights }) => weights));
    for (let attempt = 1; ; attempt += 1) {
      const live = await this.live();
      const changes = reading.places.flatMap(({ id, weights, verbatim }) => {
        const now = live.get(nameOf(id)) ?? [];
        const records = ofSlots(now, this.props.setIdentifiers);
        const made = records
          ? sameShare(weightsOfRecords(records), weights)
            ? []
            : withWeights(records, weights)
          : replaced(now, verbatim as ResourceRecordSet[]);
        return made.length > 0 ? [{ id, changes: made }] : [];
      });
      try {
        await this.write(changes, mayWrite);
        return { written: changes.map(({ id }) => id) };
      } catch (error) {
        // Somebody wrote between the read and the write: whatever it is, the reading goes over it.
        if (!isRefused(error) || attempt === 3) throw error;
      }
    }
  }

  private async write(
    places: readonly { readonly id: string; readonly changes: readonly Change[] }[],
    mayWrite: MayWrite | undefined,
  ): Promise<void> {
    for (const batch of batches(places)) {
      await mayWrite?.();
      const { ChangeInfo } = await writeInTime(
        `ChangeResourceRecordSets of ${batch.map(({ id }) => id).join(', ')}`,
        (abortSignal) =>
          this.client.send(
            new ChangeResourceRecordSetsCommand({
              HostedZoneId: this.props.hostedZoneId,
              ChangeBatch: { Comment: 'kong-dual-cluster', Changes: batch.flatMap(({ changes }) => changes) },
            }),
            { abortSignal },
          ),
      );
      if (ChangeInfo?.Id) this.pending.add(ChangeInfo.Id.replace(/^\/change\//, ''));
      this.effective = '';
    }
  }

  /** A refused batch: the answer of a first attempt was lost, or somebody wrote in between; else it is refused for what it is. */
  private async orConflict(refused: unknown, before: RouterReading, to: Weights): Promise<void> {
    const { places } = await this.read();
    if (places.every(({ weights }) => sameShare(weights, to))) return;
    const changed = places.filter((place, i) => JSON.stringify(place) !== JSON.stringify(before.places[i]));
    if (changed.length === 0) throw refused;
    throw conflict(
      changed,
      [to],
      changed.map((place) => `${has(place)}, and was changed between the read and the write`),
    );
  }

  private async holdsOrThrow(to: Weights, mayWrite: MayWrite | undefined): Promise<void> {
    const { holds, reading, differences } = await this.verified(to, new Set(['differs', 'unclear']), mayWrite);
    if (holds) return;
    const foreign = reading.places.filter(({ weights }) => !sameShare(weights, to));
    if (foreign.length > 0) throw conflict(foreign, [to], differences);
    throw new KongDualClusterError('ROUTER_NOT_EFFECTIVE', 'the name servers do not answer by the weights', {
      found: differences.join('; '),
      remedy:
        'look at the health checks of the records and at `aws route53 get-change`; `kong-dual-cluster shift resume` looks again, `shift abort` goes back',
      exitCode: EXIT.inconclusive,
    });
  }

  private async verified(
    weights: Weights,
    counts: ReadonlySet<Against['is']>,
    mayWrite?: MayWrite,
  ): Promise<Verification> {
    const end = this.now() + PROPAGATION_MS;
    let signOfLife = this.now();
    for (;;) {
      const reading = await this.read();
      const configured = reading.places.filter((place) => !sameShare(place.weights, weights)).map(has);
      if (configured.length > 0) return { holds: false, reading, differences: configured };
      const differences = (await this.onTheirWay()) ?? (await this.notFollowed(reading, counts));
      const isNew = this.pending.size > 0 || this.effective === '';
      if (differences.length === 0) return { holds: true, reading, differences };
      const wait = this.pending.size > 0 ? POLL_MS : SAMPLE_MS;
      if (!isNew || this.now() + wait > end) return { holds: false, reading, differences };
      if (this.now() - signOfLife >= SIGN_OF_LIFE_MS) {
        await mayWrite?.();
        signOfLife = this.now();
      }
      await this.sleep(wait);
    }
  }

  /** Changes of this process that are not on every name server; undefined when there are none. */
  private async onTheirWay(): Promise<string[] | undefined> {
    for (const Id of [...this.pending]) {
      const { ChangeInfo } = await this.client.send(new GetChangeCommand({ Id }));
      if (ChangeInfo?.Status === 'INSYNC') this.pending.delete(Id);
    }
    if (this.pending.size === 0) return undefined;
    return [...this.pending].map((id) => `change ${id} has not reached every name server yet`);
  }

  /** What the name servers answer instead; nothing when they follow, or are not to be asked. */
  private async notFollowed({ places }: RouterReading, counts: ReadonlySet<Against['is']>): Promise<string[]> {
    const records = JSON.stringify(places);
    if (this.props.nameServers === undefined || this.effective === records) return [];
    const found = await this.sampled(places).catch((error: Error): Against[] => {
      if (counts.has('unclear')) throw error;
      return [{ is: 'unclear', found: error.message }];
    });
    const differences = found.filter(({ is }) => counts.has(is)).map((each) => each.found);
    if (differences.length === 0) this.effective = records;
    return differences;
  }

  private async sampled(places: readonly PlaceReading[]): Promise<Against[]> {
    const servers = await this.servers();
    const all: Against[] = [];
    for (const place of places) {
      const sample = await servers.sample(nameOf(place.id), this.props.type, QUERIES);
      const found = against(counted(sample, await this.valuesOf(place.verbatim, servers)), place.weights);
      if (found) all.push({ ...found, found: `${place.id}: ${found.found}` });
    }
    return all;
  }

  /** Before the first write, so that nothing is written whose effect could not be seen. @throws ROUTER_NOT_EFFECTIVE (exit 8) */
  private async canBeSeen({ places }: RouterReading): Promise<void> {
    if (this.props.nameServers === undefined) return;
    const servers = await this.servers();
    for (const { id, verbatim, weights } of places) {
      const values = await this.valuesOf(verbatim, servers);
      const sample = await servers.sample(nameOf(id), this.props.type, FIRST_QUERIES);
      const seen = areTheSame(values)
        ? `blue is ${values.blue.join(', ')}, green ${values.green.join(', ')}`
        : unclear(counted(sample, values));
      if (seen === undefined) continue;
      throw new KongDualClusterError(
        'ROUTER_NOT_EFFECTIVE',
        'the answers of the name servers do not tell the slots apart',
        {
          found: `${id} with ${shown(weights)}: ${seen}`,
          remedy: 'let this machine send to port 53 of the name servers, or set shift.router.route53.sample to false',
          exitCode: EXIT.preflightRefused,
        },
      );
    }
  }

  private servers(): Promise<NameServers> {
    this.asked ??= this.props.nameServers!().catch((error: unknown) => {
      this.asked = undefined;
      throw error;
    });
    return this.asked;
  }

  private async valuesOf(verbatim: unknown, servers: NameServers): Promise<SlotValues> {
    const records = recordsOf(verbatim);
    const of = async (slot: Slot): Promise<readonly string[]> => {
      const { AliasTarget, ResourceRecords = [] } = records[slot];
      if (AliasTarget?.DNSName) return servers.addresses(AliasTarget.DNSName, this.props.type);
      return ResourceRecords.map(({ Value = '' }) => Value.toLowerCase().replace(/\.$/, ''));
    };
    const [blue, green] = await Promise.all(SLOTS.map(of));
    return { blue: blue ?? [], green: green ?? [] };
  }

  private async live(): Promise<ReadonlyMap<string, readonly ResourceRecordSet[]>> {
    const { hostedZoneId, type } = this.props;
    try {
      return await recordSets(this.client, hostedZoneId, this.names, type);
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchHostedZone')
        throw missing(`hosted zone ${hostedZoneId}`, error);
      throw error;
    }
  }

  private placeOf(name: string, sets: readonly ResourceRecordSet[]): PlaceReading {
    const { type, setIdentifiers } = this.props;
    const id = `${name} ${type}`;
    if (sets.length === 0) throw missing(id);
    const records = ofSlots(sets, setIdentifiers);
    if (records !== undefined) {
      return { id, weights: weightsOfRecords(records), verbatim: [records.blue, records.green] };
    }
    throw new KongDualClusterError('ROUTER_RULE_CHANGED', 'a name is not split between blue and green any more', {
      found: `${id} has ${sets.map(({ SetIdentifier, Weight }) => (SetIdentifier ? `the record ${SetIdentifier}${Weight === undefined ? ' without a weight' : ` with weight ${Weight}`}` : 'a record that is not weighted')).join(', ')}`,
      remedy: `let it have two weighted records and no other: ${setIdentifiers.blue} and ${setIdentifiers.green}; \`kong-dual-cluster shift abort\` writes those from before the shift where its journal is`,
      exitCode: EXIT.conflict,
    });
  }
}

function recordsOf(verbatim: unknown): SlotRecords {
  const [blue, green] = verbatim as [ResourceRecordSet, ResourceRecordSet];
  return { blue, green };
}

const nameOf = (placeId: string): string => placeId.split(' ')[0] ?? '';

const ttlOf = ({ TTL, AliasTarget }: ResourceRecordSet): number => (AliasTarget ? ALIAS_TTL : (TTL ?? 0));

/** The batch was not made: a record to be deleted is not as it was read, or it is not valid. */
const isRefused = (error: unknown): boolean => error instanceof Error && error.name === 'InvalidChangeBatch';

const missing = (what: string, cause?: unknown): KongDualClusterError =>
  new KongDualClusterError('ROUTER_RULE_MISSING', 'a weighted record is gone', {
    found: `there is no ${what}`,
    remedy:
      'make it again with the weights that hold, or take it out of shift.router.route53.names; `kong-dual-cluster shift abort` makes it as it was before the shift where its journal is',
    exitCode: EXIT.conflict,
    cause,
  });
