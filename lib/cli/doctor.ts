import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeDBSnapshotsCommand, RDSClient } from '@aws-sdk/client-rds';
import { refusals } from '../blueprint/refusals';
import { TAGS } from '../blueprint/tag-names';
import { readFreeze } from '../datastore/freeze';
import { deployCommand } from '../blueprint/deploy-command';
import type { StackReading } from '../deployed/stacks';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { bad, findingLine, good, type Finding } from '../finding';
import { loadSettings } from '../settings/load';
import { lockPathOf, readLock } from '../settings/lock-file';
import type { Lock, Settings } from '../settings/schema';
import { logGroupsLeft } from '../teardown/leftovers';
import { liveSlot, otherSlot, SLOTS } from '../traffic/weights';
import type { Context } from './context';
import {
  alarmFindings,
  capacityFindings,
  freezeFindings,
  lockFindings,
  logGroupFindings,
  shiftFindings,
  snapshotFindings,
  stackFindings,
  testerHeaderFindings,
  trafficFindings,
  type TaggedSnapshot,
} from './doctor-findings';
import { DeployedSystem, here } from './system';

/** Looks at everything that is known to go wrong, changes nothing. Exit code 0, or 2 when something was found. */
export async function runDoctor(context: Context): Promise<ExitCode> {
  const findings: Finding[] = [];
  context.progress.step('settings');
  const local = await told(findings, 'settings', () => lookAtSettings(context, findings));
  context.progress.step('account, edge and traffic');
  const system = local && (await told(findings, 'account, region and edge', () => DeployedSystem.open(context)));
  if (local && system) {
    findings.push(good('account and region', `${system.account}, ${system.region}`));
    await lookAtSystem(system, local.lock, findings);
  }
  context.progress.end();
  const against = findings.filter(({ ok }) => !ok);
  context.print(
    [
      ...findings.map(findingLine),
      '',
      against.length === 0 ? 'nothing stands out' : `${against.length} of ${findings.length} things stand out`,
    ].join('\n'),
    { ok: against.length === 0, findings },
  );
  return against.length === 0 ? EXIT.done : EXIT.findings;
}

/** What refuses elsewhere is a finding here; what is no refusal of ours (no credentials, no network) ends the command. */
async function told<T>(findings: Finding[], what: string, look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof KongDualClusterError)) throw error;
    const { problem, found, remedy, code } = error;
    findings.push(bad(what, `${problem}${found === undefined ? '' : `: ${found}`} [${code}]`, remedy));
    return undefined;
  }
}

async function lookAtSettings(
  { settingsPath }: Context,
  findings: Finding[],
): Promise<{ readonly settings: Settings; readonly lock: Lock }> {
  const settings = await loadSettings(settingsPath);
  const lock = await readLock(lockPathOf(settingsPath));
  const refused = refusals(settings, lock);
  findings.push(
    ...(refused.length === 0
      ? [good('settings', `${settingsPath} and its lock file: nothing is refused`)]
      : refused.map(({ path, problem, found, remedy, code }) =>
          bad(`settings ${path.join('.')}`, `${problem}, found: ${found} [${code}]`, remedy),
        )),
  );
  return { settings, lock };
}

async function lookAtSystem(system: DeployedSystem, lock: Lock, findings: Finding[]): Promise<void> {
  const { settings, edge, stacks } = system;
  const rds = new RDSClient({ region: system.region });
  const look = <T>(what: string, read: () => Promise<T>) => told(findings, what, read);

  const [edgeStack, blue, green] = await Promise.all(
    ['edge', ...SLOTS].map((part) => stacks.find(`${settings.name}-${part}`)),
  );
  findings.push(...stackFindings([edgeStack, blue, green]));
  const deployed: Record<'blue' | 'green', StackReading | undefined> = { blue, green };
  const isUp = (slot: 'blue' | 'green') => deployed[slot] !== undefined || settings.slots[slot]?.adopted !== undefined;

  const reading = await look('weighted rules', () => system.router.read());
  if (reading) findings.push(...trafficFindings(reading, settings.live));
  const live = (reading?.places[0] && liveSlot(reading.places[0].weights)) ?? settings.live;
  const idle = otherSlot(live);

  const held = await look('lock', () => system.table.readLock());
  const record = await look('last shift', () => system.table.readShift());
  findings.push(...lockFindings(held, { ...here, now: here.now() }), ...shiftFindings(record, held));

  const freeze = await look('config writes', () => readFreeze(system.elb, edge.freezeRuleArn));
  const shifting = record !== undefined && record.phase !== 'done' && record.phase !== 'rolled back';
  const underWay = (isUp('blue') && isUp('green')) || shifting || lock.slots[idle] !== undefined;
  if (freeze) findings.push(...freezeFindings(freeze, underWay));

  const names = [...new Set(SLOTS.flatMap((slot) => system.alarmNames(slot)))];
  findings.push(...alarmFindings(await system.alarms(names)));
  findings.push(
    ...capacityFindings(await system.capacity(live), isUp(idle) ? await system.capacity(idle) : undefined),
    ...testerHeaderFindings(
      settings.edge.testerHeader !== undefined,
      record?.phase === 'done' && !isUp(idle),
      deployCommand(settings, edge.stackName),
    ),
  );

  findings.push(
    ...snapshotFindings(await taggedSnapshots(rds, settings.name), lock, here.now(), snapshotIds(settings)),
  );
  const logs = new CloudWatchLogsClient({ region: system.region });
  for (const slot of SLOTS) {
    const left = await logGroupsLeft(logs, stacks, `${settings.name}-${slot}`, deployed[slot] !== undefined);
    findings.push(...logGroupFindings(left));
  }
}

async function taggedSnapshots(rds: RDSClient, system: string): Promise<TaggedSnapshot[]> {
  const found: TaggedSnapshot[] = [];
  let Marker: string | undefined;
  do {
    const page = await rds.send(new DescribeDBSnapshotsCommand({ SnapshotType: 'manual', Marker }));
    for (const { TagList, DBSnapshotIdentifier, SnapshotCreateTime, AllocatedStorage } of page.DBSnapshots ?? []) {
      const tag = (key: string) => TagList?.find(({ Key }) => Key === key)?.Value;
      if (tag(TAGS.system) !== system) continue;
      found.push({
        id: DBSnapshotIdentifier ?? '',
        kind: tag(TAGS.final) === undefined ? 'upgrade' : 'final',
        slot: tag(TAGS.slot) ?? 'an unknown slot',
        takenAt: (SnapshotCreateTime ?? new Date()).toISOString(),
        gib: AllocatedStorage ?? 0,
      });
    }
    Marker = page.Marker;
  } while (Marker);
  return found;
}

/** Ids of the snapshots that the slots of the settings are made from; an ARN ends in one. */
const snapshotIds = ({ slots }: Settings): (string | undefined)[] =>
  SLOTS.map((slot) => slots[slot]?.datastore)
    .map((datastore) => (datastore && 'snapshot' in datastore ? datastore.snapshot?.id : undefined))
    .map((id) => id?.split(':').at(-1));
