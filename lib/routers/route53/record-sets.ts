import {
  ListResourceRecordSetsCommand,
  type Change,
  type ListResourceRecordSetsCommandOutput,
  type ResourceRecordSet,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import { SLOTS, type Slot, type Weights } from '../../traffic/weights';

export type Client = Pick<Route53Client, 'send'>;
export type RecordType = 'A' | 'AAAA' | 'CNAME';

/**
 * A name as Route 53 tells it: lower case, a dot at the end, and other characters than letters, digits and `-_.` as three
 * octal digits, so that `*` is `\052` ("DNS domain name format").
 */
export function nameTold(name: string): string {
  const whole = name.toLowerCase().replace(/\.?$/, '.');
  return whole.replace(/\\\d{3}|[^a-z0-9_.\\-]/g, (part) =>
    part.startsWith('\\') ? part : `\\${part.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
}

/** Order of a listing: the labels from the last to the first ("ListResourceRecordSets"). */
const orderOf = (name: string): string => name.split('.').reverse().join('\0');

/**
 * All record sets of each name with this type, whatever they are. Names that lie close together come with one call: Route 53
 * takes five requests a second from an account, all callers together.
 */
export async function recordSets(
  client: Client,
  HostedZoneId: string,
  names: readonly string[],
  type: RecordType,
): Promise<ReadonlyMap<string, readonly ResourceRecordSet[]>> {
  const found = new Map<string, ResourceRecordSet[]>();
  for (const name of [...names].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))) {
    if (found.has(name)) continue;
    let page: ListResourceRecordSetsCommandOutput | undefined;
    const seen = new Map<string, ResourceRecordSet[]>();
    const isOpen = (at: string): boolean =>
      page?.IsTruncated === true && page.NextRecordName === at && page.NextRecordType === type;
    do {
      page = await client.send(
        new ListResourceRecordSetsCommand({
          HostedZoneId,
          StartRecordName: page?.NextRecordName ?? name,
          StartRecordType: page?.NextRecordType ?? type,
          ...(page?.NextRecordIdentifier && { StartRecordIdentifier: page.NextRecordIdentifier }),
        }),
      );
      for (const set of page.ResourceRecordSets ?? []) {
        if (set.Type !== type || set.Name === undefined) continue;
        seen.set(set.Name, [...(seen.get(set.Name) ?? []), set]);
      }
    } while (isOpen(name));
    for (const [at, sets] of seen) if (!isOpen(at)) found.set(at, sets);
  }
  return found;
}

export type SlotRecords = Readonly<Record<Slot, ResourceRecordSet>>;

/** The records of both slots; undefined where these are not weighted records, or not the only ones of the name. */
export function ofSlots(
  sets: readonly ResourceRecordSet[],
  setIdentifiers: Readonly<Record<Slot, string>>,
): SlotRecords | undefined {
  const of = (slot: Slot) => sets.find(({ SetIdentifier }) => SetIdentifier === setIdentifiers[slot]);
  const [blue, green] = SLOTS.map(of);
  return sets.length === 2 && blue?.Weight !== undefined && green?.Weight !== undefined && blue !== green
    ? { blue, green }
    : undefined;
}

export const weightsOfRecords = ({ blue, green }: SlotRecords): Weights => ({
  blue: blue.Weight ?? 0,
  green: green.Weight ?? 0,
});

/**
 * Other weights for both records: each is deleted exactly as it was read, which fails when anything of it has changed
 * since, and created with its new weight and all else as it was.
 */
export const withWeights = (records: SlotRecords, weights: Weights): Change[] =>
  SLOTS.flatMap((slot): Change[] => [
    { Action: 'DELETE', ResourceRecordSet: records[slot] },
    { Action: 'CREATE', ResourceRecordSet: { ...records[slot], Weight: weights[slot] } },
  ]);

/** Puts records back as they were, in place of whatever has their name and type now. */
export function replaced(now: readonly ResourceRecordSet[], before: readonly ResourceRecordSet[]): Change[] {
  const text = (set: ResourceRecordSet): string => JSON.stringify(Object.entries(set).sort());
  const [is, was] = [now.map(text), before.map(text)];
  return [
    ...now
      .filter((set) => !was.includes(text(set)))
      .map((set): Change => ({ Action: 'DELETE', ResourceRecordSet: set })),
    ...before
      .filter((set) => !is.includes(text(set)))
      .map((set): Change => ({ Action: 'CREATE', ResourceRecordSet: set })),
  ];
}

/** ChangeResourceRecordSets takes 1000 records and 32,000 characters of values at once ("Quotas on …ResourceRecordSets"). */
const RECORDS_A_BATCH = 1000;
const CHARACTERS_A_BATCH = 32_000;

/** As few batches as the quotas allow; the changes of one name are never parted, and each batch is made whole or not at all. */
export function batches<T extends { readonly changes: readonly Change[] }>(all: readonly T[]): T[][] {
  const made: T[][] = [];
  let [records, characters] = [Infinity, Infinity];
  for (const item of all) {
    const values = item.changes.flatMap(({ ResourceRecordSet: set }) => set?.ResourceRecords ?? [{ Value: '' }]);
    const length = values.reduce((sum, { Value }) => sum + (Value ?? '').length, 0);
    if (records + values.length > RECORDS_A_BATCH || characters + length > CHARACTERS_A_BATCH) {
      made.push([]);
      [records, characters] = [0, 0];
    }
    made.at(-1)!.push(item);
    records += values.length;
    characters += length;
  }
  return made;
}
