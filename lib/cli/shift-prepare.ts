import type { CapacityReading } from '../deployed/capacity';
import { readFreeze } from '../datastore/freeze';
import { findStack } from '../deployed/read-stack';
import { EXIT, KongDualClusterError } from '../errors';
import type { Finding } from '../finding';
import { preflight } from '../runner/preflight';
import { lockPathOf, readLock } from '../settings/lock-file';
import { secondsOf } from '../traffic/duration';
import type { TrafficPlan } from '../traffic/plan';
import type { PlanOverrides } from '../traffic/plan-of-settings';
import type { ShiftStart } from '../traffic/shift-events';
import { liveSlot, otherSlot, SLOTS, smallestShare, type Slot } from '../traffic/weights';
import { credentialsEnd } from './credentials';
import type { DeployedSystem } from './system';

export interface StartFlags extends PlanOverrides {
  to?: Slot;
  minRequests?: number;
  maxExtension?: string;
  alarm?: readonly string[];
  acceptThawed?: boolean;
}

/** Everything that is known before the first write; the same for `start` and for `plan`. */
export async function prepare(
  system: DeployedSystem,
  plan: TrafficPlan,
  flags: StartFlags,
  run: string,
): Promise<{
  readonly start: ShiftStart;
  readonly findings: readonly Finding[];
  /** The last shift is done and nobody named a slot: what comes next is the teardown of `to`. */
  readonly isOver: boolean;
  readonly capacity: { readonly rising: CapacityReading; readonly other: CapacityReading };
}> {
  const { settings, edge, elb } = system;
  const reading = await system.router.read();
  const weights = reading.places[0]!.weights;
  const from = flags.to ? otherSlot(flags.to) : (liveSlot(weights) ?? settings.live);
  const to = otherSlot(from);
  const alarmNames = system.alarmNames(to, flags.alarm);
  const maxExtensionSeconds = secondsOf(flags.maxExtension ?? settings.shift.maxExtension);
  const [alarms, rising, other, record, freeze, end, stacks, lock] = await Promise.all([
    system.alarms(alarmNames),
    system.capacity(to),
    system.capacity(from),
    system.table.readShift(),
    readFreeze(elb, edge.freezeRuleArn),
    credentialsEnd(elb.config.credentials),
    Promise.all(SLOTS.map((slot) => findStack(system.cloudFormation, `${settings.name}-${slot}`))),
    readLock(lockPathOf(system.context.settingsPath)),
  ]);
  const capacity = { rising, other };
  // Of the last time that one slot's data became the other's, whichever way it went: a write after it is on one slot only.
  const takenAt = SLOTS.flatMap((slot) => lock.slots[slot]?.snapshot.takenAt ?? [])
    .sort()
    .at(-1);
  return {
    start: {
      run,
      system: settings.name,
      from,
      to,
      stages: plan.stages,
      minRequests: flags.minRequests ?? settings.shift.minRequests,
      maxExtensionSeconds,
      alarms: alarmNames,
      account: system.account,
      region: system.region,
      stackIds: Object.fromEntries(SLOTS.flatMap((slot, i) => (stacks[i] ? [[slot, stacks[i].id]] : []))),
      weightsBefore: weights,
      reading,
    },
    findings: preflight({
      from,
      to,
      isNamed: flags.to !== undefined,
      periodSeconds: settings.shift.periodSeconds,
      plan,
      smallestShare: smallestShare(system.router.capabilities.scale),
      reading,
      ...(record && { record }),
      alarms,
      capacity,
      ...(end !== undefined && { credentialsEnd: end }),
      now: Date.now(),
      configWrites: settings.configWrites === 'dualApply' ? 'dualApply' : flags.acceptThawed ? 'accepted' : freeze,
      ...(takenAt !== undefined && { snapshotTakenAt: takenAt }),
      maxExtensionSeconds,
    }),
    isOver: record?.phase === 'done' && record.from === to && flags.to === undefined,
    capacity,
  };
}

/** @throws KongDualClusterError SHIFT_REFUSED (exit 8) naming everything that stands against it */
export function refuse(findings: readonly Finding[]): void {
  const against = findings.filter(({ ok }) => !ok);
  if (against.length === 0) return;
  const reasons = against.map(({ what, found }) => `${what}: ${found}`);
  const mends = against.map(({ mend }) => mend ?? '');
  throw new KongDualClusterError('SHIFT_REFUSED', 'the shift was not started', {
    found: listed(`${against.length} things against it`, reasons),
    remedy: listed('all of these, then again', mends),
    exitCode: EXIT.preflightRefused,
  });
}

/** One as it is; several numbered, a line each. */
const listed = (heading: string, lines: readonly string[]): string =>
  lines.length === 1 ? lines.join() : [heading, ...lines.map((line, i) => `    ${i + 1}. ${line}`)].join('\n');

/** @throws KongDualClusterError WEIGHTS_ARE_THE_TEMPLATES */
export function refuseTemplate({ settings, edge }: DeployedSystem): void {
  if (settings.weightOwnership === 'runner') return;
  throw new KongDualClusterError(
    'WEIGHTS_ARE_THE_TEMPLATES',
    'the weights are the template’s, so that each stage is a deploy',
    {
      found: 'weightOwnership: template',
      remedy: `set weights in the settings and run npx cdk deploy ${edge.stackName} --exclusively, stage by stage`,
      exitCode: EXIT.preflightRefused,
    },
  );
}
