import { ECSClient, TagResourceCommand } from '@aws-sdk/client-ecs';
import { RDSClient } from '@aws-sdk/client-rds';
import { destroyCommand, toolName } from '../blueprint/deploy-command';
import { lockedSource } from '../blueprint/restored';
import { TAGS } from '../blueprint/tag-names';
import { serviceOf } from '../deployed/capacity';
import type { StackReading } from '../deployed/stacks';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { requestCounts } from '../metrics/request-counts';
import type { Lease } from '../runner/lock';
import { lockPathOf, readLock } from '../settings/lock-file';
import type { Settings } from '../settings/schema';
import {
  finalSnapshotId,
  finalTags,
  ownSnapshots,
  type FinalSnapshot,
  type FinalSnapshotRequest,
} from '../teardown/final-snapshot';
import { readSlotDeployed, type SlotDeployed } from '../teardown/read-subject';
import {
  pinOf,
  refuseOtherSystem,
  refuseRequests,
  refuseSticky,
  refuseUnfinished,
  slotToTearDown,
} from '../teardown/verdicts';
import { durationOf, secondsOf } from '../traffic/duration';
import type { RequestCounts } from '../traffic/gates';
import { otherSlot, type Slot } from '../traffic/weights';
import type { Context } from './context';
import { lockFor } from './lock';
import { countsOf, DeployedSystem } from './system';
import {
  consent,
  nothingThere,
  refuseNobodyToType,
  refuseWrongToken,
  snapshotRequest,
  takeFinal,
} from './teardown-steps';
import { destroy } from './teardown-destroy';
import { finish, keptFinal, type TeardownFlags, type Work } from './teardown-finish';
import { commandsByHand } from './teardown-text';

export type { TeardownFlags };

/** The lock is renewed this often, milliseconds. */
const BEAT_MS = 5000;

/**
 * Takes the idle slot away: looks, makes a final snapshot, asks, destroys its stack, brings the settings up to date. Each
 * step looks first whether it was done, so that the same command goes on after an interruption.
 * @throws KongDualClusterError SYSTEM_LOCKED (exit 5), TEARDOWN_… (exit 8; 4 when requests cannot be counted; 1 when the stack
 *   is still there afterwards), CONSENT_MISSING, SNAPSHOT_…
 */
export async function runTeardown(context: Context, flags: TeardownFlags): Promise<ExitCode> {
  const idleForSeconds = secondsOf(flags.idleFor);
  context.progress.step('account, edge and weights');
  const system = await DeployedSystem.open(context);
  refuseShortWindow(idleForSeconds, system.settings.shift.periodSeconds);
  const record = await system.table.readShift();
  const rds = new RDSClient({ region: system.region });
  const work = { ...flags, context, system, rds, idleForSeconds, record };
  if (flags.print) return tearDown({ ...work, holds: () => Promise.resolve() });
  const lease = await lock(system);
  const timer = setInterval(() => void lease.beat(doing).catch(() => undefined), BEAT_MS);
  let doing = 'looking';
  try {
    const holds = (what: string) => lease.beat((doing = what));
    return await (flags.last ? tearDownLast : tearDown)({ ...work, holds });
  } finally {
    clearInterval(timer);
    await lease.release().catch(() => undefined);
  }
}

async function lock(system: DeployedSystem): Promise<Lease> {
  return lockFor(system, {
    command: 'teardown',
    doing: 'looking',
    replaceSilent: (await system.table.readLock())?.command === 'teardown',
    waiting: () => system.context.progress.note('another teardown holds the lock; looking whether it lives'),
  });
}

async function tearDown(work: Work): Promise<ExitCode> {
  const { system, context, record, rds } = work;
  const { settings, account, region } = system;
  refuseUnfinished(record);
  await forgetTimer(work);
  const reading = await system.router.read();
  const slot = slotToTearDown(reading, work.slot);
  const deployed = await readSlotDeployed({ stacks: system.stacks, rds }, settings, slot, record?.stackIds[slot]);
  const stackId = deployed.stack?.id;
  refuseOtherSystem(pinOf(record, settings, slot), { account, region, stackId }, slot, settings);
  if (!deployed.stack && settings.slots[slot] === undefined) return finish(work, deployed, undefined);
  refuseSlotUnknown(settings, deployed);
  refuseSticky(reading.stickySeconds, record, work.idleForSeconds, Date.now());
  refuseRequests(await requestsSeen(work), slot, work.idleForSeconds);
  const { adopted } = settings.slots[slot] ?? {};
  if (adopted) return forgetAdopted(work, deployed);
  if (!deployed.stack) {
    const final = await finalOfGoneStack(work, deployed);
    // Terraform takes what it publishes away first: only its state, which it alone reads, says whether all of it went.
    if (settings.terraform && !work.print) {
      await work.holds(`destroying what is left of ${deployed.stackName}`);
      await destroy(work, deployed);
    }
    return finish(work, deployed, final);
  }

  const request = snapshotRequest(work, deployed);
  if (work.print) return printCommands(work, deployed, request);
  refuseWrongToken(work, deployed);
  const final = deployed.database.ours ? await takeFinal(work, deployed, request) : undefined;
  await consent(work, deployed, final, deployed.stackName);

  await work.holds(`destroying ${deployed.stackName}`);
  // Consent and snapshot took their time: once more, directly before what cannot be undone.
  slotToTearDown(await system.router.read(), slot);
  refuseRequests(await requestsSeen(work), slot, work.idleForSeconds);
  await destroy(work, deployed);
  context.progress.end();
  return finish(work, deployed, final);
}

/** Destroys the slot that carries traffic, when it is the last one: typed by a person, never by a token. */
async function tearDownLast(work: Work): Promise<ExitCode> {
  const { system, context, rds, record } = work;
  const { settings, account, region } = system;
  const slot = work.slot ?? settings.live;
  const other = `${settings.name}-${otherSlot(slot)}`;
  if (await system.stacks.find(other)) {
    throw new KongDualClusterError('TEARDOWN_NOT_LAST', `${slot} is not the last slot of ${settings.name}`, {
      found: `${other} is deployed`,
      remedy: `tear that one down first: kong-dual-cluster teardown --slot ${otherSlot(slot)}`,
      exitCode: EXIT.preflightRefused,
    });
  }
  const deployed = await readSlotDeployed({ stacks: system.stacks, rds }, settings, slot, record?.stackIds[slot]);
  if (!deployed.stack) throw nothingThere(settings, deployed);
  refuseOtherSystem(pinOf(record, settings, slot), { account, region, stackId: deployed.stack.id }, slot, settings);
  refuseNobodyToType();
  const final = deployed.database.ours
    ? await takeFinal(work, deployed, { ...snapshotRequest(work, deployed), notBefore: undefined })
    : undefined;
  await consent({ ...work, token: undefined }, deployed, final, `destroy live ${deployed.stackName}`);
  await work.holds(`destroying ${deployed.stackName}, the last slot`);
  await allowDestroyLive(system, deployed.stack, slot);
  await destroy(work, deployed);
  context.progress.end();
  const next = `${destroyCommand(settings, system.edge.stackName)} (edge.loadBalancer.deletionProtection: false and a deploy first)`;
  context.print(
    [
      `${deployed.stackName} is gone, and nothing serves ${settings.name} any more`,
      ...(final ? [`kept: final snapshot ${final.id}, verified`] : []),
      `next: ${next}`,
    ].join('\n'),
    { slot, stack: deployed.stackName, ...(final && { finalSnapshot: final }), next: [next] },
  );
  return EXIT.done;
}

/** The tag that the guard in the stack (lib/handlers/migrations/live-guard.ts) takes for a consent. */
async function allowDestroyLive(system: DeployedSystem, stack: StackReading, slot: Slot): Promise<void> {
  const found = await serviceOf(system.stacks, system.settings, slot);
  if (!found) return;
  const partition = system.edge.loadBalancerArn.split(':')[1];
  const resourceArn = `arn:${partition}:ecs:${system.region}:${system.account}:service/${found.cluster}/${found.service}`;
  await new ECSClient({ region: system.region }).send(
    new TagResourceCommand({ resourceArn, tags: [{ key: TAGS.destroyLive, value: stack.name }] }),
  );
}

/**
 * The dead-man timer of an earlier shift would find that it has ended, and write nothing; a slot that goes away must not be
 * the one that a timer points at all the same.
 */
async function forgetTimer({ system, context, print }: Work): Promise<void> {
  const timer = system.deadMan();
  if (print || !timer.isPossible) return;
  await timer.disarm().catch((error: unknown) => {
    context.progress.note(`note: whether a dead-man timer stands could not be seen: ${(error as Error).message}`);
  });
}

async function requestsSeen({ system, idleForSeconds }: Work): Promise<RequestCounts> {
  const { loadBalancerArn, targetGroupArns } = system.edge;
  const to = new Date();
  const from = new Date(to.getTime() - idleForSeconds * 1000);
  // What another router sends to a slot does not pass the edge.
  if (system.settings.shift.router) return countsElsewhere(system, from, to);
  return requestCounts(system.cloudWatch, {
    loadBalancerArn,
    targetGroupArns,
    from,
    to,
    periodSeconds: system.settings.shift.periodSeconds,
  });
}

async function countsElsewhere(system: DeployedSystem, from: Date, to: Date): Promise<RequestCounts> {
  const metrics = system.minuteSources();
  try {
    return await countsOf(metrics.sources[0], from, to);
  } finally {
    await metrics.stop();
  }
}

function printCommands(work: Work, deployed: SlotDeployed, request: FinalSnapshotRequest): ExitCode {
  const { context, system } = work;
  const id = finalSnapshotId(request.system, request.slot, Date.now());
  const commands = commandsByHand({ deployed, settings: system.settings }, id, finalTags(request), system.region);
  context.progress.end();
  context.print(commands.join('\n'), { commands });
  return EXIT.done;
}

/** What somebody else made is not ours to destroy: how, and in which order; then the settings follow. */
async function forgetAdopted(work: Work, deployed: SlotDeployed): Promise<ExitCode> {
  const { system } = work;
  const { slot, database } = deployed;
  const { registered, service } = await system.capacity(slot);
  if (registered === 0) return finish(work, deployed, undefined);
  const nodes = service
    ? `aws ecs update-service --cluster ${service.cluster} --service ${service.service} --desired-count 0, and delete the service`
    : 'stop the nodes and take them out of the target group';
  throw new KongDualClusterError('TEARDOWN_ADOPTED', `${slot} was adopted: it is not ours to destroy`, {
    found: `${registered} targets in its target group`,
    remedy: [
      'with your own tools, in this order',
      `1. aws rds create-db-snapshot --db-instance-identifier ${database.identifier} --db-snapshot-identifier ${finalSnapshotId(system.settings.name, slot, Date.now())}`,
      `2. ${nodes}; keep the target group, the weighted rules forward to it`,
      `3. kong-dual-cluster teardown --slot ${slot} again: it takes ${slot} out of the settings`,
      `4. when you are sure: aws rds delete-db-instance --db-instance-identifier ${database.identifier}`,
      `after step 2 the way back by \`eject\` is closed`,
    ].join('\n    '),
    exitCode: EXIT.preflightRefused,
  });
}

/**
 * The stack is gone and the settings still name the slot: an interrupted teardown has left its final snapshot. A slot
 * that was added for the next upgrade and is not deployed yet looks the same, but for its newer snapshot in the lock.
 */
async function finalOfGoneStack(
  { system, context, rds, record }: Work,
  deployed: SlotDeployed,
): Promise<FinalSnapshot> {
  const { settings } = system;
  const { slot, database } = deployed;
  const stackId = record?.stackIds[slot];
  const [newest] = await ownSnapshots(rds, database.identifier, { system: system.settings.name, slot, stackId });
  const final = newest && keptFinal([newest], slot);
  const locked = lockedSource(await readLock(lockPathOf(context.settingsPath)), slot);
  if (!final || (locked !== undefined && locked.takenAt > final.takenAt)) throw nothingThere(settings, deployed);
  return final;
}

function refuseSlotUnknown(settings: Settings, { slot, stackName }: SlotDeployed): void {
  if (settings.slots[slot] !== undefined) return;
  throw new KongDualClusterError(
    'TEARDOWN_NOT_IN_SETTINGS',
    `${stackName} is deployed and the settings do not name ${slot}`,
    {
      found: `no slots.${slot}`,
      remedy: `bring slots.${slot} back (git log); ${toolName(settings)} knows a stack only by the settings`,
      exitCode: EXIT.preflightRefused,
    },
  );
}

/** The newest period is not published yet: a window must hold more than it. */
function refuseShortWindow(seconds: number, periodSeconds: number): void {
  if (seconds >= 3 * periodSeconds) return;
  throw new KongDualClusterError('TEARDOWN_WINDOW_SHORT', 'the time without requests is too short to be seen', {
    found: `--idle-for ${durationOf(seconds)}, counts are published every ${durationOf(periodSeconds)}`,
    remedy: `give at least --idle-for ${durationOf(3 * periodSeconds)}`,
    exitCode: EXIT.usage,
  });
}
