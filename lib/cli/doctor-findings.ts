import { deployCommand } from '../blueprint/deploy-command';
import { capacityShort, nodesOf, type CapacityReading } from '../deployed/capacity';
import type { LockReading } from '../deployed/shift-table';
import type { StackReading } from '../deployed/stacks';
import type { FreezeReading } from '../datastore/freeze';
import { bad, good, type Finding } from '../finding';
import type { RouterReading } from '../routers/router';
import type { Lock } from '../settings/schema';
import type { LogGroupLeft } from '../teardown/leftovers';
import { durationOf } from '../traffic/duration';
import type { AlarmReading } from '../traffic/gates';
import type { ShiftRecord } from '../traffic/shift-record';
import { liveSlot, otherSlot, type Slot, type Weights } from '../traffic/weights';

/*
 * What `doctor` says of what it has read, as plain functions: each thing is as it should be, or what was found instead
 * and the command that mends it.
 */

/** A holder of the lock beats every few seconds; one that was silent for longer than this is looked at. Milliseconds. */
const SILENT_MS = 60_000;

export function trafficFindings({ places, followers }: RouterReading, live: Slot): Finding[] {
  const shown = ({ blue, green }: Weights) => `blue ${blue}, green ${green}`;
  const kinds = [...new Set(places.map(({ weights }) => shown(weights)))];
  const what = 'weighted rules';
  if (kinds.length > 1) {
    return [
      bad(
        what,
        `they disagree, a write ended half-way: ${places.map(({ id, weights }) => `${shown(weights)} in ${id}`).join('; ')}`,
        'kong-dual-cluster shift resume, or kong-dual-cluster shift abort',
      ),
    ];
  }
  const weights = places[0]?.weights;
  if (!weights) return [bad(what, 'none', 'deploy the edge')];
  const actual = liveSlot(weights);
  const whole = actual !== undefined && weights[otherSlot(actual)] === 0;
  const astray = followers.filter((place) => whole && liveSlot(place.weights) !== actual);
  return [
    good(what, `${shown(weights)} in ${places.length === 1 ? 'one rule' : `all ${places.length} rules`}`),
    ...(astray.length > 0
      ? astray.map(({ id, weights: its }) =>
          bad(
            'Admin API',
            `it goes elsewhere than the traffic: ${shown(its)} in ${id}`,
            `kong-dual-cluster shift set --to ${actual} --share 100`,
          ),
        )
      : followers.map(({ weights: its }) => good('Admin API', `goes to ${liveSlot(its) ?? 'both slots'}`))),
    !whole || actual === live
      ? good('live in the settings', `${live}${whole ? '' : ', and both slots serve'}`)
      : bad(
          'live in the settings',
          `${live}, and most of the traffic is on ${actual}`,
          `set live: ${actual} in the settings`,
        ),
  ];
}

export function lockFindings(
  lock: LockReading | undefined,
  here: { readonly host: string; readonly now: number; readonly isAlive: (pid: number) => boolean },
): Finding[] {
  const what = 'lock';
  if (!lock) return [good(what, 'free')];
  const who = `${lock.command} on ${lock.host} (process ${lock.pid}, run ${lock.run}, by ${lock.by}): ${lock.doing}`;
  const mend =
    lock.command === 'teardown'
      ? 'run the same teardown again: it takes over from a dead one'
      : 'kong-dual-cluster shift resume takes over from a dead one; kong-dual-cluster shift abort puts everything back';
  if (lock.host === here.host && !here.isAlive(lock.pid))
    return [bad(what, `held by a process that is dead: ${who}`, mend)];
  const silence = here.now - lock.beat;
  return silence > SILENT_MS
    ? [bad(what, `no sign of life for ${durationOf(silence / 1000)}: ${who}`, mend)]
    : [good(what, `held by ${who}`)];
}

export function shiftFindings(record: ShiftRecord | undefined, lock: LockReading | undefined): Finding[] {
  const what = 'last shift';
  if (!record) return [good(what, 'none was recorded')];
  const where = `run ${record.run}, ${record.from} → ${record.to}: ${record.phase} since ${record.changedAt}${record.reason ? ` (${record.reason})` : ''}`;
  if (record.phase === 'done' || record.phase === 'rolled back' || (lock && lock.run === record.run)) {
    return [good(what, where)];
  }
  return [bad(what, `not finished: ${where}`, 'kong-dual-cluster shift resume, or kong-dual-cluster shift abort')];
}

/** @param underWay whether anything shows an upgrade: both slots deployed, a snapshot locked for the other, a shift */
export function freezeFindings({ frozen, by, since, until, overdue }: FreezeReading, underWay: boolean): Finding[] {
  const what = 'config writes';
  if (!frozen) return [good(what, 'not frozen')];
  const who = `frozen by ${by ?? 'nobody known'} since ${since ?? 'an unknown time'}${until ? ` until ${until}` : ''}`;
  if (overdue)
    return [bad(what, `${who}, which has passed`, 'kong-dual-cluster unfreeze, or freeze --for to move it on')];
  return underWay
    ? [good(what, who)]
    : [
        bad(
          what,
          `${who}, and no upgrade is under way`,
          'kong-dual-cluster unfreeze, unless you are about to take the snapshot',
        ),
      ];
}

export function alarmFindings(alarms: readonly AlarmReading[]): Finding[] {
  const what = 'alarms';
  const named = (state: AlarmReading['state']) => alarms.filter((one) => one.state === state).map(({ name }) => name);
  const [missing, breaching] = [named('MISSING'), named('ALARM')];
  return [
    ...(missing.length > 0
      ? [
          bad(
            what,
            `missing: ${missing.join(', ')}`,
            'deploy the edge, or correct shift.alarms: nothing watches in their place',
          ),
        ]
      : []),
    ...(breaching.length > 0
      ? [bad(what, `in ALARM: ${breaching.join(', ')}`, 'look at them in CloudWatch; a shift would not start')]
      : []),
    ...(missing.length + breaching.length === 0 ? [good(what, `${alarms.length} exist, none is in ALARM`)] : []),
  ];
}

/** @param idle undefined when that slot is not deployed */
export function capacityFindings(live: CapacityReading, idle: CapacityReading | undefined): Finding[] {
  const what = 'capacity';
  const healthy = live.healthy > 0;
  const serving = healthy
    ? good(what, `${live.slot} has ${live.healthy} healthy nodes of ${nodesOf(live)}`)
    : bad(
        what,
        `${live.slot} has no healthy node and takes the traffic`,
        `look at the nodes' log; ${idle && idle.healthy > 0 ? 'kong-dual-cluster shift abort' : 'nothing else can take the traffic'}`,
      );
  if (!idle) return [serving];
  const short = capacityShort(idle, live);
  return [
    serving,
    short === undefined
      ? good(what, `${idle.slot} has ${idle.healthy} healthy nodes and could take the traffic`)
      : bad(
          what,
          `${short}: it could not take the traffic`,
          `give ${idle.slot} as many before a shift, or before you need the way back: slots.${idle.slot}.size.count and a deploy`,
        ),
  ];
}

export const stackFindings = (stacks: readonly (StackReading | undefined)[]): Finding[] =>
  stacks.flatMap((stack) => {
    if (!stack) return [];
    const what = `stack ${stack.name}`;
    // Only CloudFormation has a status; of Terraform's stacks nothing but what they publish can be seen from here.
    if (stack.status === undefined) return [good(what, 'deployed')];
    if (stack.status === 'DELETE_FAILED') {
      return [
        bad(
          what,
          'DELETE_FAILED: it serves on, but CloudFormation updates it no more',
          `tear it down when it is idle (kong-dual-cluster teardown); the next upgrade replaces it`,
        ),
      ];
    }
    return /FAILED$|^ROLLBACK_COMPLETE$/.test(stack.status)
      ? [bad(what, stack.status, `read its events, mend the cause, ${deployCommand({}, stack.name)}`)]
      : [good(what, stack.status)];
  });

/** A snapshot that carries this system's tag. */
export interface TaggedSnapshot {
  readonly id: string;
  readonly kind: 'final' | 'upgrade';
  readonly slot: string;
  /** ISO 8601. */
  readonly takenAt: string;
  readonly gib: number;
}

/** @param now milliseconds since the epoch */
export function snapshotFindings(
  snapshots: readonly TaggedSnapshot[],
  lock: Lock,
  now: number,
  /** Ids that the settings name: a stack that is made again needs them, lock file or not. */
  inSettings: readonly (string | undefined)[] = [],
): Finding[] {
  const locked = new Set([lock.slots.blue?.snapshot?.id, lock.slots.green?.snapshot?.id]);
  return snapshots.map(({ id, kind, slot, takenAt, gib }) => {
    const what = `snapshot ${id}`;
    const about = `${kind === 'final' ? 'final one' : 'for an upgrade'} of ${slot}, ${age(takenAt, now)}, ${gib} GiB`;
    const remove = `aws rds delete-db-snapshot --db-snapshot-identifier ${id}`;
    if (kind === 'final') return good(what, `${about}; kept until you delete it: ${remove}`);
    if (locked.has(id)) return good(what, `${about}, in the lock file`);
    return inSettings.includes(id)
      ? good(what, `${about}, in the settings`)
      : bad(what, `${about}, and no slot is made from it`, `when nobody needs it: ${remove}`);
  });
}

export const logGroupFindings = (groups: readonly LogGroupLeft[]): Finding[] =>
  groups.map(({ name, bytes, retentionDays }) => {
    const what = `log group ${name}`;
    const size = `${Math.round(bytes / 1024)} KiB of a slot that is gone`;
    return retentionDays === undefined
      ? bad(what, `${size}, kept for ever`, `aws logs delete-log-group --log-group-name ${name}`)
      : good(what, `${size}, its lines go after ${retentionDays} days`);
  });

/** The header is a way around the weights, for an upgrade; with one slot left after it, it is only a risk. */
export const testerHeaderFindings = (configured: boolean, afterCutover: boolean, deployEdge: string): Finding[] =>
  configured && afterCutover
    ? [
        bad(
          'tester header',
          'still there although the other slot is gone',
          `remove edge.testerHeader from the settings, then ${deployEdge}`,
        ),
      ]
    : [];

const age = (iso: string, now: number): string => {
  const days = Math.floor((now - Date.parse(iso)) / 86_400_000);
  return days === 1 ? '1 day old' : `${days} days old`;
};
