import { bad, good, type Finding } from '../finding';
import type { RouterCapabilities, RouterReading } from '../routers/router';
import { durationOf } from '../traffic/duration';
import { about, untold } from '../traffic/gates-of';
import type { GatePolicy } from '../traffic/gate-policy';
import { isSlow } from '../traffic/gate-policy-of-settings';
import type { MinuteReading } from '../traffic/minutes';
import { percent, type Stage } from '../traffic/plan';
import { samplesNeeded, type SamplePlan } from '../traffic/samples-needed';
import { limitsOf, type ShiftLimits } from '../traffic/stage-policy';
import { trafficOf } from '../traffic/traffic-now';
import type { Slot } from '../traffic/weights';
import { weightsHeld } from '../traffic/weights-held';
import { workablePlan } from '../traffic/workable-plan';

/** What is known of the gates, the router and the timer before a shift. */
export interface Surveillance {
  readonly policy: GatePolicy;
  readonly from: Slot;
  readonly to: Slot;
  readonly stages: readonly Stage[];
  readonly limits: ShiftLimits;
  readonly router: RouterCapabilities;
  readonly reading: Pick<RouterReading, 'stickySeconds'>;
  /** What the sources say of the time before. */
  readonly readings: readonly MinuteReading[];
  /** Why a source did not answer. */
  readonly silent: readonly string[];
  /** Sources that begin to count with the shift: what they tell is not known before. */
  readonly hasSourceWithoutPast: boolean;
  /** Seconds; absent: off. */
  readonly deadManSeconds?: number;
  /** Seconds that a data point of the load balancer covers. */
  readonly periodSeconds: number;
  /** Whether the edge can put the weights back by itself, and why not. */
  readonly deadMan: 'possible' | 'edge outdated' | 'other router';
  /** Command that deploys the edge again. */
  readonly deployEdge: string;
}

/** What stands for or against a start in how the shift will be watched; `ok: false` refuses it. */
export function surveillance(before: Surveillance): Finding[] {
  return [gates(before), samples(before), shares(before), router(before), deadMan(before)].flat();
}

const NAME = { errors: 'errors', slow: 'slow requests', refusals: '401, 403 and 429', sampleRatio: 'the share seen' };

function gates(before: Surveillance): Finding[] {
  return [...untoldGates(before), ...lateSources(before)];
}

function untoldGates({ policy, readings, silent, hasSourceWithoutPast }: Surveillance): Finding[] {
  const missing = untold(readings, policy);
  return missing.map(({ gate, use, reason }) => {
    const what = 'gates';
    const why = [reason, ...silent.map((each) => `no answer: ${each}`)].join('; ');
    if (use === 'gate' && !hasSourceWithoutPast) {
      return bad(
        what,
        `${NAME[gate]}: ${why}`,
        `send traffic through the live slot, name a source (shift.metrics), or shift.gates.${gate}: dryRun in the settings`,
      );
    }
    if (hasSourceWithoutPast) return good(what, `${NAME[gate]}: known only once the shift runs (${why})`);
    return good(what, `${NAME[gate]} is ${use} and nobody can tell it: ${why}`);
  });
}

/** Seconds after which a source that gates and has nothing new is a reason not to begin. */
const TOO_LATE = 600;

/** A source that told something hours ago and nothing now: the first stage would be raised without anybody looking. */
function lateSources({ policy, readings, hasSourceWithoutPast }: Surveillance): Finding[] {
  const isGated = (['errors', 'slow', 'refusals', 'sampleRatio'] as const).some((gate) => policy[gate] === 'gate');
  const told = readings.filter(({ minutes }) => minutes.length > 0);
  if (hasSourceWithoutPast || !isGated || told.length === 0) return [];
  if (told.some(({ staleSeconds = 0 }) => staleSeconds < TOO_LATE)) return [];
  return told.map(({ source, staleSeconds = 0 }) =>
    bad(
      'gates',
      `${source} is late: its newest point is ${about(staleSeconds)} old`,
      'send traffic through the live slot, or wait until its counts come again: aws cloudwatch, or the node or file that is named in shift.metrics',
    ),
  );
}

/**
 * EventBridge Scheduler counts whole minutes and may fire up to one late (its User Guide, "Schedule types"): a shorter timer
 * would race the signs of life.
 */
const SHORTEST_TIMER = 120;
/** The period of AWS; a shorter one is a rehearsal's, whose timer is exact. */
const AWS_PERIOD = 60;

/** Shares that the router's scale cannot hold as they were asked for. */
function shares({ stages, to, router: { name, scale } }: Surveillance): Finding[] {
  const notes = stages.flatMap(({ share }) => weightsHeld(share, to, scale, name).note ?? []);
  return notes.length === 0 ? [] : [good('shares', notes.join('; '))];
}

/** Periods of a source after which its counts are settled. */
const SETTLE_PERIODS = 2;

/** Stages that cannot have a verdict at the traffic there is: they would end as `whenInconclusive` says. */
function samples({ policy, stages, limits, readings, from }: Surveillance): Finding[] {
  const [traffic] = readings.flatMap((reading) => trafficOf(reading, from) ?? []);
  const delaySeconds = SETTLE_PERIODS * Math.max(0, ...readings.map(({ periodSeconds }) => periodSeconds));
  if (traffic === undefined) return [];
  const plan = { stages, traffic, policy, shift: limits, delaySeconds };
  const without = samplesNeeded(plan).filter(({ within }) => within === 'never');
  const each = without.map(({ stage, text }) => {
    const own = stages[stage - 1]!;
    const end = { hold: 'hold (exit 4)', abort: 'roll back (exit 3)', extend: 'go on being watched' };
    const then = end[limitsOf(own, limits).whenInconclusive];
    return good('samples', `stage ${stage} (${percent(own.share)}) ${text}: it would ${then}`);
  });
  return [...each, ...wayOut(plan, without[0]?.advice ?? [])];
}

/** Exact settings with which every stage can have a verdict. */
function wayOut(plan: SamplePlan, advice: readonly string[]): Finding[] {
  const found = workablePlan(plan);
  if (found === undefined) return [];
  const { shares, maxExtensionSeconds, objective } = found;
  const ways = [
    ...(shares ? [`--shares ${shares.map((share) => Math.round(share * 1000) / 10).join(',')}`] : []),
    ...(maxExtensionSeconds === undefined ? [] : [`--max-extension ${durationOf(maxExtensionSeconds)}`]),
    ...(objective === undefined ? [] : [`shift.gates.objective: ${objective} (${percent(objective)} bad answers)`]),
    ...advice.filter((each) => each.startsWith('errors come in bursts')),
  ];
  const words = ways.length > 0 ? `for a verdict in every stage: ${ways.join(', or ')}` : advice.at(-1);
  return words === undefined ? [] : [good('samples', words)];
}

function router({ router: { name, splits, notes, settleSeconds }, reading }: Surveillance): Finding[] {
  const slow = isSlow({ splits, stickySeconds: reading.stickySeconds });
  return [
    ...(name === 'alb' ? [] : [good('router', `${name}, new requests follow within ${durationOf(settleSeconds)}`)]),
    ...(slow ? [good('router', `${notes.sticky}; the share seen is told and counts for nothing`)] : []),
  ];
}

function deadMan({
  deadManSeconds,
  periodSeconds,
  deadMan: how,
  router: { name },
  deployEdge,
}: Surveillance): Finding[] {
  const what = 'dead-man timer';
  if (deadManSeconds === undefined)
    return [good(what, 'off: when the runner dies, the traffic stays as it is until somebody comes')];
  if (deadManSeconds < SHORTEST_TIMER && periodSeconds >= AWS_PERIOD) {
    return [
      bad(
        what,
        `shift.deadMan is ${durationOf(deadManSeconds)}, and EventBridge counts whole minutes: it would race a runner that lives`,
        `shift.deadMan: ${durationOf(SHORTEST_TIMER)} or more in the settings, or off`,
      ),
    ];
  }
  if (how === 'edge outdated') {
    return [
      bad(
        what,
        'the edge cannot put the weights back by itself: it has no rollback machine',
        `${deployEdge} (it does not touch the weights), or shift.deadMan: off in the settings`,
      ),
    ];
  }
  if (how === 'other router') {
    return [
      bad(
        what,
        `the edge's rollback machine writes listener rules, and the weights are in ${name}`,
        'shift.deadMan: off in the settings, and a runner that does not end by itself (not a laptop)',
      ),
    ];
  }
  return [good(what, `everything goes back when the runner gives no sign of life for ${durationOf(deadManSeconds)}`)];
}
