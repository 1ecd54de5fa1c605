import { RDSClient } from '@aws-sdk/client-rds';
import { readFreeze, type FreezeReading } from '../datastore/freeze';
import { EXIT, type ExitCode } from '../errors';
import { findingLine } from '../finding';
import { readSlotDeployed } from '../teardown/read-subject';
import { teardownToken } from '../teardown/token';
import { durationOf } from '../traffic/duration';
import { planOf } from '../traffic/plan-of-settings';
import { percent, type TrafficPlan } from '../traffic/plan';
import { weightsFor, type Slot } from '../traffic/weights';
import type { Context } from './context';
import { prepare, type StartFlags } from './shift-prepare';
import { DeployedSystem, here } from './system';

export interface PlanFlags extends StartFlags {
  readonly from?: string;
}

/** What the upgrade would do next, read live; nothing is written. Exit code 0, or 2 when something stands against the shift. */
export async function runPlan(context: Context, flags: StartFlags): Promise<ExitCode> {
  context.progress.step('what is deployed');
  const system = await DeployedSystem.open(context);
  const { settings } = system;
  const plan = planOf(settings.shift, flags);
  const { start, findings, isOver } = await prepare(system, plan, flags, 'plan');
  const freeze = await readFreeze(system.elb, system.edge.freezeRuleArn);
  context.progress.end();
  const { from, to } = start;
  const stages = stagesOf(plan, to);
  const holds = findings.every(({ ok }) => ok);
  const token = await tokenOf(system, to);
  context.print(
    [
      `${settings.name}: ${from}${version(system, from)} → ${to}${version(system, to)}`,
      '',
      ...stages.map(
        ({ stage, share, weights, bakeSeconds, afterSeconds }) =>
          `  ${String(stage).padStart(2)}. ${percent(share).padStart(6)} on ${to}   blue ${weights.blue} : green ${weights.green}   ${stage === stages.length ? 'soak' : 'bake'} ${durationOf(bakeSeconds)}   until ${durationOf(afterSeconds)}`,
      ),
      `  in all ${durationOf(plan.totalSeconds)} when every gate passes at once; a stage without data waits ${durationOf(start.maxExtensionSeconds)} longer, then the shift holds`,
      `  rolled back by any of ${start.alarms.length} alarms:`,
      ...start.alarms.map((name) => `    ${name}`),
      '',
      `config writes: ${freezeText(freeze, settings.configWrites, plan)}`,
      '',
      ...findings.map(findingLine),
      '',
      ...next({ from, to, holds, isOver, options: optionsOf(flags) }),
      ...(token
        ? [
            `${isOver ? 'teardown of' : 'to give up'} ${to} in CI: kong-dual-cluster teardown --slot ${to} --token ${token}`,
          ]
        : []),
    ].join('\n'),
    {
      from,
      to,
      stages,
      totalSeconds: plan.totalSeconds,
      maxExtensionSeconds: start.maxExtensionSeconds,
      alarms: start.alarms,
      freeze: { mode: settings.configWrites, ...freeze },
      ready: holds,
      findings,
      teardown: { slot: to, token: token ?? null },
    },
  );
  return holds || isOver ? EXIT.done : EXIT.findings;
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
      `the plan above is the way back to ${to} in stages: kong-dual-cluster shift start --to ${to}${options}`,
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
  ]
    .filter(Boolean)
    .map((option) => ` ${option}`)
    .join('');
}

const version = ({ settings }: DeployedSystem, slot: Slot): string => {
  const found = settings.slots[slot]?.version;
  return found === undefined ? '' : ` (Kong ${found})`;
};

function stagesOf(plan: TrafficPlan, to: Slot) {
  let afterSeconds = 0;
  return plan.stages.map(({ share, bakeSeconds }, index) => {
    afterSeconds += bakeSeconds;
    return { stage: index + 1, share, weights: weightsFor(share, to), bakeSeconds, afterSeconds };
  });
}

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
  const { settings, region, account, cloudFormation } = system;
  const deployed = await readSlotDeployed({ cloudFormation, rds: new RDSClient({ region }) }, settings, slot);
  const stackId = deployed.stack?.id;
  const databaseResourceId = deployed.database.resourceId;
  if (stackId === undefined || databaseResourceId === '') return undefined;
  return teardownToken({ account, region, stackId, databaseResourceId, slot });
}
