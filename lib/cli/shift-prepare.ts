import type { CapacityReading } from '../deployed/capacity';
import { deployCommand } from '../blueprint/deploy-command';
import { lockedSource } from '../blueprint/restored';
import { readFreeze } from '../datastore/freeze';
import { EXIT, KongDualClusterError } from '../errors';
import type { Finding } from '../finding';
import { told } from '../runner/failures';
import { preflight } from '../runner/preflight';
import { surveillance } from '../runner/preflight-gates';
import { lockPathOf, readLock } from '../settings/lock-file';
import { secondsOf } from '../traffic/duration';
import { dispersionsOf } from '../traffic/dispersion';
import { gatePolicyOf } from '../traffic/gate-policy-of-settings';
import type { MinuteReading } from '../traffic/minutes';
import type { TrafficPlan } from '../traffic/plan';
import type { PlanOverrides } from '../traffic/plan-of-settings';
import type { ShiftStart } from '../traffic/shift-events';
import { liveSlot, otherSlot, SLOTS, smallestShare, type Slot } from '../traffic/weights';
import { credentialsEnd } from './credentials';
import { runtimeState } from './shift-runtime-state';
import { here, type DeployedSystem } from './system';

export interface StartFlags extends PlanOverrides {
  to?: Slot;
  minRequests?: number;
  maxExtension?: string;
  alarm?: readonly string[];
  acceptThawed?: boolean;
  acceptRuntimeState?: boolean;
}

/** Periods before the shift that its bursts of errors are measured in: three hours on AWS. */
const BEFORE_PERIODS = 180;

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
  /** What the sources counted before. */
  readonly readings: readonly MinuteReading[];
}> {
  const { settings, edge, elb } = system;
  const reading = await system.router.read();
  const weights = reading.places[0]!.weights;
  const from = flags.to ? otherSlot(flags.to) : (liveSlot(weights) ?? settings.live);
  const to = otherSlot(from);
  const alarmNames = system.alarmNames(to, flags.alarm);
  const onlyBreaches = alarmsElsewhere(system, to, flags.alarm);
  const minRequests = flags.minRequests ?? settings.shift.minRequests;
  const maxExtensionSeconds = secondsOf(flags.maxExtension ?? settings.shift.maxExtension);
  const accepted = flags.acceptRuntimeState ?? false;
  const [alarms, rising, other, record, freeze, end, stacks, lock, minutes, state, ahead] = await Promise.all([
    system.alarms(alarmNames),
    system.capacity(to),
    system.capacity(from),
    system.table.readShift(),
    readFreeze(elb, edge.freezeRuleArn),
    credentialsEnd(elb.config.credentials),
    Promise.all(SLOTS.map((slot) => system.stacks.find(`${settings.name}-${slot}`))),
    readLock(lockPathOf(system.context.settingsPath)),
    minutesBefore(system),
    runtimeState(system, { from, to }, accepted),
    system.clockAhead(),
  ]);
  const { capabilities } = system.router;
  const { splits, scale } = capabilities;
  const { stickySeconds } = reading;
  const policy = gatePolicyOf(
    settings.shift,
    { splits, stickySeconds },
    dispersionsOf(minutes.readings, from),
    dispersionsOf(minutes.readings, from, 'inTime'),
  );
  const deadManSeconds = settings.shift.deadMan === 'off' ? undefined : secondsOf(settings.shift.deadMan);
  const capacity = { rising, other };
  // Of the last time that one slot's data became the other's, whichever way it went: a write after it is on one slot only.
  const takenAt = SLOTS.flatMap((slot) => lockedSource(lock, slot)?.takenAt ?? [])
    .sort()
    .at(-1);
  return {
    start: {
      run,
      system: settings.name,
      from,
      to,
      stages: plan.stages,
      router: capabilities.name,
      scale,
      gates: policy,
      periodSeconds: settings.shift.periodSeconds,
      ...(deadManSeconds !== undefined && { deadManSeconds }),
      minRequests,
      maxExtensionSeconds,
      alarms: alarmNames,
      ...(onlyBreaches && { onlyBreaches }),
      account: system.account,
      region: system.region,
      stackIds: Object.fromEntries(SLOTS.flatMap((slot, i) => (stacks[i]?.id ? [[slot, stacks[i].id]] : []))),
      weightsBefore: weights,
      reading,
    },
    findings: [
      ...preflight({
        from,
        to,
        isNamed: flags.to !== undefined,
        periodSeconds: settings.shift.periodSeconds,
        plan,
        smallestShare: smallestShare(scale),
        reading,
        ...(record && { record }),
        alarms,
        ...(onlyBreaches && { onlyBreaches }),
        capacity,
        ...(end !== undefined && { credentialsEnd: end }),
        now: Date.now(),
        configWrites: settings.configWrites === 'dualApply' ? 'dualApply' : flags.acceptThawed ? 'accepted' : freeze,
        ...(takenAt !== undefined && { snapshotTakenAt: takenAt }),
        maxExtensionSeconds,
        ...(ahead !== undefined && { clockAheadSeconds: ahead }),
      }),
      ...surveillance({
        policy,
        from,
        to,
        stages: plan.stages,
        limits: { minRequests, maxExtensionSeconds, whenInconclusive: policy.whenInconclusive },
        router: capabilities,
        reading,
        ...minutes,
        hasSourceWithoutPast: settings.shift.metrics.prometheus !== undefined,
        ...(deadManSeconds !== undefined && { deadManSeconds }),
        periodSeconds: settings.shift.periodSeconds,
        deadMan: deadManOf(system),
        deployEdge: deployCommand(settings, edge.stackName),
      }),
      ...state,
    ],
    isOver: record?.phase === 'done' && record.from === to && flags.to === undefined,
    capacity,
    readings: minutes.readings,
  };
}

/** What the sources say of the time before; what one of them does not answer is no reason to know nothing. */
async function minutesBefore(
  system: DeployedSystem,
): Promise<{ readonly readings: readonly MinuteReading[]; readonly silent: readonly string[] }> {
  const now = here.now();
  const from = new Date(now - BEFORE_PERIODS * system.settings.shift.periodSeconds * 1000);
  const metrics = system.minuteSources();
  const all = await Promise.allSettled(metrics.sources.map((source) => source(from, new Date(now))));
  await metrics.stop();
  return {
    readings: all.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])),
    silent: all.flatMap((each) => (each.status === 'rejected' ? [told(each.reason)] : [])),
  };
}

/** With the weights elsewhere the traffic may not pass the edge: of its alarms only a breach counts, unless they are named. */
function alarmsElsewhere({ router, edge, settings }: DeployedSystem, to: Slot, named: readonly string[] = []) {
  if (router.capabilities.name === 'alb') return undefined;
  const own = new Set([...settings.shift.alarms, ...named]);
  return [...edge.alarmNames[to], ...edge.alarmNames.loadBalancer].filter((name) => !own.has(name));
}

function deadManOf(system: DeployedSystem): 'possible' | 'edge outdated' | 'other router' {
  if (system.router.capabilities.name !== 'alb') return 'other router';
  return system.deadMan().isPossible ? 'possible' : 'edge outdated';
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
      remedy: `set weights in the settings and run ${deployCommand(settings, edge.stackName)}, stage by stage`,
      exitCode: EXIT.preflightRefused,
    },
  );
}
