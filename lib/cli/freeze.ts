import { setTimeout as sleepFor } from 'node:timers/promises';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { freeze, readFreeze, unfreeze, type FreezeReading } from '../datastore/freeze';
import { probeCommand, probeUrl, probeWrite, verify, type Verified } from '../datastore/freeze-probe';
import { roadsOf, type Road } from '../datastore/freeze-roads';
import { readFreezeRoads } from '../datastore/read-freeze-roads';
import { readEdge, type EdgeReading } from '../deployed/read-edge';
import { refuseThawWhileSplit } from '../deployed/live-slot';
import { openStacks, type Stacks } from '../deployed/stacks';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { AlbRouter } from '../routers/alb/alb-router';
import { loadSettings } from '../settings/load';
import type { Settings } from '../settings/schema';
import { secondsOf } from '../traffic/duration';
import { SLOTS } from '../traffic/weights';
import { accountAndRegion } from './aws-clients';
import type { Context } from './context';
import { freezeText } from './freeze-text';

export interface FreezeFlags {
  /** Duration, for example `8h`. */
  for: string;
  reason?: string;
  verify: boolean;
}

const sleep = (milliseconds: number): Promise<void> => sleepFor(milliseconds);

/**
 * @throws KongDualClusterError DURATION_INVALID, FREEZE_REASON_TOO_LONG (exit 64), FREEZE_RULE_MISSING,
 *   FREEZE_RULE_CHANGED, STACK_NOT_FOUND, EDGE_OUTDATED, OTHER_ACCOUNT, OTHER_REGION
 */
export async function runFreeze(context: Context, flags: FreezeFlags): Promise<ExitCode> {
  const seconds = secondsOf(flags.for);
  if (seconds === 0) {
    throw new KongDualClusterError('DURATION_INVALID', 'a freeze must last longer than nothing', {
      found: `--for ${flags.for}`,
      remedy: 'write it like 8h; `kong-dual-cluster unfreeze` ends a freeze',
      exitCode: EXIT.usage,
    });
  }
  const system = await open(context);
  context.progress.step('freeze the configuration');
  context.ifInterrupted('the configuration may be frozen; `kong-dual-cluster freeze status` says so');
  const { reading, did } = await freeze(
    system.clients.elb,
    system.edge.freezeRuleArn,
    { by: system.caller, seconds, reason: flags.reason, now: Date.now() },
    sleep,
  );
  return tell(context, system, reading, flags.verify, did);
}

/** @throws KongDualClusterError FREEZE_RULE_MISSING, FREEZE_RULE_CHANGED, STACK_NOT_FOUND, EDGE_OUTDATED, OTHER_ACCOUNT, OTHER_REGION */
export async function runFreezeStatus(context: Context, flags: Pick<FreezeFlags, 'verify'>): Promise<ExitCode> {
  const system = await open(context);
  const reading = await readFreeze(system.clients.elb, system.edge.freezeRuleArn);
  // Looking changes nothing, so that being unable to verify is not a failure of it.
  const code = await tell(context, system, reading, flags.verify, 'read');
  return code === EXIT.inconclusive ? EXIT.done : code;
}

export interface UnfreezeFlags {
  verify: boolean;
  /** Although both slots serve. */
  force?: boolean;
}

/**
 * @throws KongDualClusterError THAW_WHILE_SPLIT (exit 8), FREEZE_RULE_MISSING, FREEZE_RULE_CHANGED, STACK_NOT_FOUND,
 *   EDGE_OUTDATED, OTHER_ACCOUNT, OTHER_REGION
 */
export async function runUnfreeze(context: Context, flags: UnfreezeFlags): Promise<ExitCode> {
  const system = await open(context);
  if (!flags.force) await refuseMidShift(system);
  context.progress.step('let writes through again');
  context.ifInterrupted('the configuration may be writable; `kong-dual-cluster freeze status` says so');
  const before = await unfreeze(system.clients.elb, system.edge.freezeRuleArn, sleep);
  return tell(
    context,
    system,
    { frozen: false, overdue: false },
    flags.verify,
    before.frozen ? 'thawed' : 'nothing',
    before,
  );
}

async function refuseMidShift({ settings, edge, clients }: System): Promise<void> {
  // A slot that is not there gets no write either.
  if (SLOTS.some((slot) => settings.slots[slot] === undefined)) return;
  const router = new AlbRouter(clients.elb, { ruleArns: edge.weightedRuleArns, targetGroups: edge.targetGroupArns });
  refuseThawWhileSplit(await router.read());
}

interface System {
  readonly settings: Settings;
  readonly edge: EdgeReading;
  readonly caller: string;
  readonly clients: {
    readonly elb: ElasticLoadBalancingV2Client;
    readonly ecs: ECSClient;
    readonly ec2: EC2Client;
    readonly stacks: Stacks;
  };
}

async function open(context: Context): Promise<System> {
  const settings = await loadSettings(context.settingsPath);
  context.progress.step('account and edge');
  const { region, caller } = await accountAndRegion(context, settings);
  const clients = {
    elb: new ElasticLoadBalancingV2Client({ region }),
    ecs: new ECSClient({ region }),
    ec2: new EC2Client({ region }),
    stacks: await openStacks(settings, { region }),
  };
  return { settings, caller, clients, edge: await readEdge(clients.stacks, settings) };
}

/** Verifies, reads the roads, prints; the exit code says whether what was wanted was seen. */
async function tell(
  context: Context,
  { settings, edge, clients }: System,
  reading: FreezeReading,
  verifies: boolean,
  did: 'froze' | 'extended' | 'thawed' | 'nothing' | 'read',
  before?: FreezeReading,
): Promise<ExitCode> {
  const { progress } = context;
  const url = probeUrl(edge.adminDns, settings.edge.admin);
  const nodes = settings.slots[settings.live]?.adopted === undefined;
  let verified: Verified | undefined;
  if (verifies) {
    progress.step(`write that no Kong stores, to ${url}`);
    verified = await verify({ frozen: reading.frozen, nodes }, () => probeWrite(url), sleep);
  }
  let roads: readonly Road[] = [];
  if (reading.frozen || did === 'read') {
    progress.step('roads into the configuration');
    roads = roadsOf(await readFreezeRoads(clients, settings, edge, settings.live));
  }
  progress.end(verified !== undefined && verified.verified !== true);
  const { frozen, by, since, until, reason, overdue } = reading;
  context.print(
    freezeText({ reading, did, roads, verified, probe: probeCommand(url), ...(before ? { before } : {}) }),
    { frozen, by, since, until, reason, overdue, did, verified: verified?.verified ?? false, roads },
  );
  if (verified === undefined || verified.verified === true) return EXIT.done;
  // What was set and what is answered contradict each other; or nobody could look.
  return verified.verified === false && did === 'read' ? EXIT.findings : EXIT.inconclusive;
}
