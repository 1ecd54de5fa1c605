import type { CapacityReading } from '../deployed/capacity';
import { capacityShort } from '../deployed/capacity';
import { bad, good, type Finding } from '../finding';
import type { RouterReading } from '../routers/router';
import { durationOf } from '../traffic/duration';
import type { AlarmReading } from '../traffic/gates';
import { percent, type TrafficPlan } from '../traffic/plan';
import { isFinished } from '../traffic/shift';
import type { ShiftRecord } from '../traffic/shift-record';
import { liveSlot, shareOf, type Slot } from '../traffic/weights';

/** What is known before a shift; all of it read, nothing written. */
export interface BeforeShift {
  readonly from: Slot;
  readonly to: Slot;
  /** Whether a person named `to`; else it is the idle slot, whatever that is by now. */
  readonly isNamed: boolean;
  /** Seconds that a data point of the load balancer covers. */
  readonly periodSeconds: number;
  readonly plan: TrafficPlan;
  readonly smallestShare: number;
  readonly reading: RouterReading;
  readonly record?: ShiftRecord;
  readonly alarms: readonly AlarmReading[];
  /** Those that count only in ALARM (`ShiftStart.onlyBreaches`). @default none */
  readonly onlyBreaches?: readonly string[];
  readonly capacity: { readonly rising: CapacityReading; readonly other: CapacityReading };
  /** Milliseconds since the epoch at which credentials end that nothing renews. */
  readonly credentialsEnd?: number;
  readonly now: number;
  /** dualApply: every change is made on both slots; accepted: a person answers for the time without a freeze. */
  readonly configWrites: 'dualApply' | 'accepted' | { readonly frozen: boolean; readonly since?: string };
  /** When the last snapshot was taken that one slot was made from the other by, ISO 8601. */
  readonly snapshotTakenAt?: string;
  readonly maxExtensionSeconds: number;
  /** How far this machine's clock is ahead of the one of AWS, seconds; absent: not known. */
  readonly clockAheadSeconds?: number;
}

/** Everything that stands for or against the start; `ok: false` refuses it (exit 8). */
export function preflight(before: BeforeShift): Finding[] {
  return [
    weights(before),
    lastShift(before),
    alarms(before),
    capacity(before),
    freeze(before),
    credentials(before),
    clock(before),
    stickiness(before),
    bakes(before),
  ].flat();
}

function weights({ reading, from, to, plan, smallestShare }: BeforeShift): Finding[] {
  const what = 'weights';
  const all = reading.places.map((place) => place.weights);
  const shares = [...new Set(all.map((each) => shareOf(each, to)))];
  const first = plan.stages[0]?.share ?? 0;
  if (all.some(({ blue, green }) => blue + green === 0)) {
    return [
      bad(
        what,
        'blue 0, green 0: nobody is sent anywhere on purpose, and a rollback would have nothing to go back to',
        `kong-dual-cluster shift set --to ${to} --share 0`,
      ),
    ];
  }
  if (shares.length > 1) {
    return [
      bad(
        what,
        `the rules disagree: ${shares.map((share) => `${percent(share)} on ${to}`).join(', ')}`,
        'kong-dual-cluster shift abort',
      ),
    ];
  }
  const [share = 0] = shares;
  if (liveSlot(all[0]!) === to || share >= first) {
    return [
      bad(
        what,
        `${to} has ${percent(share)} already, the first stage is ${percent(first)}`,
        raised(from, to, share, liveSlot(all[0]!) === to),
      ),
    ];
  }
  // A rollback would be verified against it, and the configuration be written where the traffic is not.
  const admin = reading.followers.find((follower) => share === 0 && liveSlot(follower.weights) !== from);
  if (admin) {
    return [
      bad(
        what,
        `the Admin API is on ${liveSlot(admin.weights) ?? 'both slots'}, all traffic on ${from}`,
        `kong-dual-cluster shift set --to ${to} --share 0 puts it where the traffic is`,
      ),
    ];
  }
  const small = plan.stages.find((stage) => stage.share < smallestShare);
  if (small)
    return [bad(what, `the load balancer cannot hold ${percent(small.share)}`, `begin with ${percent(smallestShare)}`)];
  return [good(what, `${percent(1 - share)} on ${from}, in ${all.length === 1 ? 'one rule' : `${all.length} rules`}`)];
}

/** What to do with a slot that has traffic already; never to take it away from the slot that serves most of it. */
function raised(from: Slot, to: Slot, share: number, isLive: boolean): string {
  if (share >= 1)
    return `there is nothing to shift; to move the traffic to ${from}: kong-dual-cluster shift start --to ${from}`;
  if (isLive) return `to give it the rest without stages: kong-dual-cluster shift set --to ${to} --share 100`;
  return `a shift only raises: kong-dual-cluster shift set --to ${to} --share 0, or a plan that begins higher`;
}

function lastShift({ record, from, to, isNamed }: BeforeShift): Finding[] {
  if (record === undefined) return [];
  if (record.phase === 'done' && record.from === to && !isNamed) {
    return [
      bad(
        'last shift',
        `it went from ${to} to ${from}; the idle slot is the old one now`,
        `if all is well: kong-dual-cluster teardown --slot ${to}; to move the traffic back to it in stages: --to ${to}`,
      ),
    ];
  }
  if (isFinished(record.phase)) return [];
  return [
    bad(
      'last shift',
      `run ${record.run} is not finished: ${record.phase} at stage ${record.stage} of ${record.stages}${record.reason ? ` (${record.reason})` : ''}`,
      'kong-dual-cluster shift resume, or kong-dual-cluster shift abort',
    ),
  ];
}

function alarms({ alarms: all, onlyBreaches }: BeforeShift): Finding[] {
  const what = 'alarms';
  const missing = all.filter(({ state }) => state === 'MISSING').map(({ name }) => name);
  const breaching = all.filter(({ state }) => state === 'ALARM').map(({ name }) => name);
  if (onlyBreaches !== undefined && all.every(({ name }) => onlyBreaches.includes(name))) {
    return [
      bad(
        what,
        "only the edge's, and this router's traffic may not pass the edge",
        'name alarms that see the traffic: shift.alarms in the settings, or --alarm',
      ),
    ];
  }
  return [
    ...(missing.length > 0
      ? [
          bad(
            what,
            `there is no alarm ${missing.join(', ')}`,
            'correct the name: a missing alarm would look like a quiet one',
          ),
        ]
      : []),
    ...(breaching.length > 0
      ? [
          bad(
            what,
            `in ALARM before the start: ${breaching.join(', ')}`,
            'find out why; a shift that starts now would roll back at its first look',
          ),
        ]
      : []),
    ...(all.length === 0
      ? [bad(what, 'none', 'deploy the edge, which has alarms, or name your own with --alarm')]
      : []),
    ...(missing.length + breaching.length === 0 && all.length > 0
      ? [good(what, `${all.length} exist, none is in ALARM`)]
      : []),
  ];
}

function capacity({ capacity: { rising, other }, to, from }: BeforeShift): Finding[] {
  const what = 'capacity';
  const short = capacityShort(rising, other);
  if (short === undefined) return [good(what, `${to} ${rising.healthy} healthy nodes, ${from} ${other.healthy}`)];
  return [
    bad(
      what,
      short,
      `give ${to} as many: slots.${to}.size.count and a deploy of its stack; a node that is unhealthy says why in its log`,
    ),
  ];
}

function freeze({ configWrites, snapshotTakenAt, from }: BeforeShift): Finding[] {
  const what = 'config writes';
  if (configWrites === 'dualApply')
    return [good(what, 'you make every change on both slots (configWrites: dualApply)')];
  if (configWrites === 'accepted') return [good(what, 'not looked at: you answer for it (--accept-thawed)')];
  if (!configWrites.frozen) {
    return [
      bad(
        what,
        `not frozen: what is written to ${from} now is not on the other slot`,
        'if nothing was written since the snapshot: kong-dual-cluster freeze, and --accept-thawed; else take a new snapshot',
      ),
    ];
  }
  // Not as text: one of them may have parts of a second or another zone.
  if (
    configWrites.since !== undefined &&
    snapshotTakenAt !== undefined &&
    Date.parse(configWrites.since) > Date.parse(snapshotTakenAt)
  ) {
    return [
      bad(
        what,
        `frozen since ${configWrites.since}, the snapshot is of ${snapshotTakenAt}: a write may lie between`,
        'if you know that none does: --accept-thawed; else take a new snapshot',
      ),
    ];
  }
  return [good(what, `frozen since ${configWrites.since ?? 'an unknown time'}`)];
}

function credentials({ credentialsEnd, now, plan, maxExtensionSeconds }: BeforeShift): Finding[] {
  if (credentialsEnd === undefined) return [];
  const what = 'credentials';
  const left = (credentialsEnd - now) / 1000;
  // One stage may wait for data; a plan that waits in every one of them stops at the end of its credentials, holding.
  const needed = plan.totalSeconds + Math.min(maxExtensionSeconds, plan.totalSeconds);
  if (left >= needed) return [good(what, `last ${durationOf(left)}`)];
  return [
    bad(
      what,
      `they end in ${durationOf(Math.max(0, left))}, the plan needs ${durationOf(needed)}`,
      'use credentials that are renewed (a profile with a role or SSO), log in for longer, or a shorter plan',
    ),
  ];
}

/** A minute of metrics and of the dead-man timer. */
const CLOCK_SECONDS = 60;

function clock({ clockAheadSeconds: ahead = 0 }: BeforeShift): Finding[] {
  if (Math.abs(ahead) <= CLOCK_SECONDS) return [];
  return [
    bad(
      'clock',
      `this machine's clock is ${durationOf(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} the one of AWS`,
      'set it (chrony, ntpd): the minutes of the metrics and the dead-man timer are asked for by it',
    ),
  ];
}

function stickiness({ reading: { stickySeconds }, plan }: BeforeShift): Finding[] {
  if (stickySeconds === 0) return [];
  const longest = Math.max(...plan.stages.map(({ bakeSeconds }) => bakeSeconds));
  return [
    good(
      'stickiness',
      `clients stay with their slot for ${durationOf(stickySeconds)}${stickySeconds > longest ? ': the share seen will lag behind the weights in every stage' : ''}`,
    ),
  ];
}

/** Minutes an alarm of the edge looks back at, of which three must be bad. */
const ALARM_PERIODS = 5;

function bakes({ plan, periodSeconds }: BeforeShift): Finding[] {
  const shortest = Math.min(...plan.stages.map(({ bakeSeconds }) => bakeSeconds));
  if (shortest >= ALARM_PERIODS * periodSeconds) return [];
  return [
    good(
      'bake',
      `${durationOf(shortest)} is short: an alarm of the edge looks at ${ALARM_PERIODS} data points of ${durationOf(periodSeconds)}, three of them must be bad`,
    ),
  ];
}
