import { RDSClient } from '@aws-sdk/client-rds';
import { readFreeze, type FreezeReading } from '../datastore/freeze';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { KongVersion } from '../release/kong-version';
import type { PlanDocument, ShiftOutlook } from '../render/plan-document';
import { loadSettings } from '../settings/load';
import type { Settings } from '../settings/schema';
import { readSlotDeployed } from '../teardown/read-subject';
import { teardownToken } from '../teardown/token';
import { durationOf } from '../traffic/duration';
import { planOf } from '../traffic/plan-of-settings';
import type { TrafficPlan } from '../traffic/plan';
import { otherSlot, type Slot } from '../traffic/weights';
import type { Context } from './context';
import { foundIn, planOf as upgradePlanOf, printPlan, type Found, type PlanFlags } from './plan-print';
import { planStages, trafficFor, trafficText } from './plan-stages';
import { prepare, type StartFlags } from './shift-prepare';
import { DeployedSystem, here } from './system';

/**
 * The plan of the upgrade between the two slots, and what its shift would do, read live; nothing is written. Exit code 0,
 * or 2 when something stands against the shift.
 */
export async function runLivePlan(context: Context, flags: PlanFlags & { readonly to?: Slot }): Promise<ExitCode> {
  requireTwoSlots(await settingsOf(context), context);
  context.progress.step('what is deployed');
  const system = await DeployedSystem.open(context);
  const { settings } = system;
  const plan = planOf(settings.shift, flags);
  const { start, findings, isOver, readings } = await prepare(system, plan, flags, 'plan');
  const freeze = await readFreeze(system.elb, system.edge.freezeRuleArn);
  context.progress.end();
  const { from, to } = start;
  const ready = findings.every(({ ok }) => ok);
  const token = await tokenOf(system, to);
  const traffic = trafficFor(readings, from, flags);
  const worstSeconds = plan.worstSeconds({ ...start, whenInconclusive: settings.shift.whenInconclusive });
  const shift: ShiftOutlook = {
    from,
    to,
    stages: planStages(start, traffic),
    totalSeconds: plan.totalSeconds,
    worstSeconds: Number.isFinite(worstSeconds) ? worstSeconds : null,
    ...(traffic && { traffic }),
    maxExtensionSeconds: start.maxExtensionSeconds,
    alarms: start.alarms,
    freeze: { mode: settings.configWrites, ...freeze },
    ready,
    findings,
    teardown: { slot: to, token: token ?? null },
  };
  const words = {
    title: `${settings.name}: ${from}${version(settings, from)} → ${to}${version(settings, to)}`,
    configWrites: freezeText(freeze, settings.configWrites, plan),
    traffic: trafficText(traffic, from),
    next: [
      ...next({ from, to, holds: ready, isOver, options: optionsOf(flags) }),
      ...(token
        ? [
            `${isOver ? 'teardown of' : 'to give up'} ${to} in CI: kong-dual-cluster teardown --slot ${to} --token ${token}`,
          ]
        : []),
    ],
  };
  const versions = {
    from: settings.slots[settings.live]!.version,
    to: settings.slots[otherSlot(settings.live)]!.version,
  };
  const known = await foundIn(context, versions, flags);
  printPlan(context, planBetween(settings, from, flags, known), { shift, words });
  return ready || isOver ? EXIT.done : EXIT.findings;
}

/**
 * The version that the command line does not name: `from` is the live slot's, `to` the other slot's.
 * @throws KongDualClusterError SETTINGS_…, PLAN_VERSION_MISSING (exit 64)
 */
export async function versionsOfSettings(
  context: Context,
  { from, to }: Pick<PlanFlags, 'from' | 'to'>,
): Promise<{ readonly from: string; readonly to: string }> {
  const settings = await settingsOf(context);
  const found = from ?? settings.slots[settings.live]?.version;
  const wanted = to ?? settings.slots[otherSlot(settings.live)]?.version;
  if (found === undefined || wanted === undefined) throw versionMissing(settings, context);
  return { from: found, to: wanted };
}

/** The settings; where there are none the way without them is named. */
async function settingsOf({ settingsPath }: Context): Promise<Settings> {
  try {
    return await loadSettings(settingsPath);
  } catch (error) {
    if (!(error instanceof KongDualClusterError) || error.code !== 'SETTINGS_NOT_FOUND') throw error;
    throw new KongDualClusterError(error.code, error.problem, {
      ...(error.found !== undefined && { found: error.found }),
      remedy: `for a plan without settings give both versions: kong-dual-cluster plan --from 2.8 --to 3.4; else ${error.remedy}`,
      exitCode: error.exitCode,
      cause: error,
    });
  }
}

function requireTwoSlots(settings: Settings, context: Context): void {
  if (settings.slots.blue === undefined || settings.slots.green === undefined) throw versionMissing(settings, context);
}

function versionMissing({ slots, live }: Settings, { settingsPath }: Context): KongDualClusterError {
  const here = slots.blue ? 'blue' : 'green';
  const known = slots[here]?.version ?? 'VERSION';
  const [from, to] = here === live ? [known, 'VERSION'] : ['VERSION', known];
  return new KongDualClusterError('PLAN_VERSION_MISSING', `${settingsPath} names one slot only`, {
    found: `${here}, Kong ${known}`,
    remedy: `say the other version: kong-dual-cluster plan --from ${from} --to ${to}`,
    exitCode: EXIT.usage,
  });
}

/**
 * From the older slot to the newer one, also when the shift goes back. What is refused as an upgrade (a version that is
 * not known here) is told as a warning: the shift must be seen.
 */
function planBetween(settings: Settings, live: Slot, flags: PlanFlags, known: Found): PlanDocument {
  const compared = versionOf(settings, live).compare(versionOf(settings, otherSlot(live)));
  const old = compared > 0 ? otherSlot(live) : live;
  const from = settings.slots[old]!.version;
  const to = settings.slots[otherSlot(old)]!.version;
  const { to: _, ...rest } = flags;
  try {
    return upgradePlanOf({ from, to }, { datastore: 'postgres', ...editionsOf(settings, old), ...rest }, undefined, {
      ...known,
      terraform: settings.terraform,
    });
  } catch (error) {
    if (!(error instanceof KongDualClusterError)) throw error;
    const { code, problem, found, remedy } = error;
    return {
      from,
      to,
      asOf: flags.asOf ?? new Date(here.now()).toISOString().slice(0, 10),
      hops: [],
      stops: [],
      strategy: { name: 'dual-cluster', why: 'The settings deploy a second cluster beside the first.', others: [] },
      runbook: [],
      warnings: [{ code, message: `${problem}${found === undefined ? '' : `, found: ${found}`}. ${remedy}` }],
    };
  }
}

const versionOf = ({ slots }: Settings, slot: Slot): KongVersion => KongVersion.parse(slots[slot]!.version);

/** The numbers of a version say its edition; where they do not, the settings do. */
function editionsOf(settings: Settings, old: Slot): Pick<PlanFlags, 'edition' | 'toEdition'> {
  const [edition, after] = [old, otherSlot(old)].map(
    (slot) => versionOf(settings, slot).edition() ?? settings.slots[slot]!.edition,
  );
  return { ...(edition && { edition }), ...(edition === 'oss' && after === 'enterprise' && { toEdition: after }) };
}

interface Outlook {
  readonly from: Slot;
  readonly to: Slot;
  readonly holds: boolean;
  readonly isOver: boolean;
  /** As on the command line, with a space before. */
  readonly options: string;
}

function next({ from, to, holds, isOver, options }: Outlook): string[] {
  if (isOver) {
    return [
      `the shift to ${from} is done. When you are satisfied: kong-dual-cluster teardown --slot ${to}`,
      `the stages above are the way back to ${to}: kong-dual-cluster shift start --to ${to}${options}`,
    ];
  }
  return [
    holds ? `next: kong-dual-cluster shift start --to ${to}${options}` : 'a shift would be refused; see NOT above',
  ];
}

/** The options again, so that what was looked at is what is started. */
export function optionsOf(flags: StartFlags): string {
  const percents = (share: number): string => String(Math.round(share * 100_000) / 1000);
  const quoted = (text: string): string => (/^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
  return [
    flags.shares && `--shares ${flags.shares.map(percents).join(',')}`,
    flags.linear !== undefined && `--linear ${percents(flags.linear)}`,
    flags.canary !== undefined && `--canary ${percents(flags.canary)}`,
    flags.allAtOnce && '--all-at-once',
    flags.bake && `--bake ${flags.bake}`,
    flags.soak && `--soak ${flags.soak}`,
    flags.minRequests !== undefined && `--min-requests ${flags.minRequests}`,
    flags.maxExtension && `--max-extension ${flags.maxExtension}`,
    ...(flags.alarm ?? []).map((name) => `--alarm ${quoted(name)}`),
    flags.acceptThawed && '--accept-thawed',
    flags.acceptRuntimeState && '--accept-runtime-state',
  ]
    .filter(Boolean)
    .map((option) => ` ${option}`)
    .join('');
}

const version = (settings: Settings, slot: Slot): string => {
  const found = settings.slots[slot]?.version;
  return found === undefined ? '' : ` (Kong ${found})`;
};

/** The hours of the freeze against those of the plan. @param now milliseconds since the epoch */
export function freezeText(
  freeze: FreezeReading,
  mode: 'freeze' | 'dualApply',
  plan: TrafficPlan,
  now = here.now(),
): string {
  if (mode === 'dualApply') return 'dual apply: you make every change on both slots until the old one is gone';
  const needed = `the shift needs ${durationOf(plan.totalSeconds)} more`;
  if (!freeze.frozen) return `not frozen; ${needed}: kong-dual-cluster freeze --for ${hours(plan.totalSeconds)}`;
  const since = freeze.since === undefined ? '' : ` for ${durationOf((now - Date.parse(freeze.since)) / 1000)}`;
  const until =
    freeze.until === undefined
      ? ''
      : `, announced until ${freeze.until}${freeze.overdue ? ', which has passed: kong-dual-cluster freeze --for TIME moves it on' : ''}`;
  return `frozen${since} by ${freeze.by ?? 'somebody'}${until}; ${needed}`;
}

/** Whole hours, with one to spare. */
const hours = (seconds: number): string => `${Math.ceil(seconds / 3600) + 1}h`;

/** What `teardown --token` takes; nothing for a slot without a stack and a database. */
async function tokenOf(system: DeployedSystem, slot: Slot): Promise<string | undefined> {
  const { settings, region, account, stacks } = system;
  const deployed = await readSlotDeployed({ stacks, rds: new RDSClient({ region }) }, settings, slot);
  const stackId = deployed.stack?.id;
  const databaseResourceId = deployed.database.resourceId;
  if (!stackId || databaseResourceId === '') return undefined;
  return teardownToken({ account, region, stackId, databaseResourceId, slot });
}
