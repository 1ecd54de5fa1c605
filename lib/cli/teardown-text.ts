import { destroyCommand } from '../blueprint/deploy-command';
import type { Settings } from '../settings/schema';
import type { FinalSnapshot } from '../teardown/final-snapshot';
import type { LogGroupLeft } from '../teardown/leftovers';
import type { SlotDeployed } from '../teardown/read-subject';
import { otherSlot, type Slot } from '../traffic/weights';

/** What a teardown would do, before anybody consents. */
export interface TeardownPlan {
  readonly settings: Pick<Settings, 'name' | 'terraform'>;
  readonly deployed: SlotDeployed;
  /** Running nodes; undefined when they cannot be counted. */
  readonly nodes: number | undefined;
  readonly final: FinalSnapshot | undefined;
  readonly testerHeader: boolean;
}

/** A table of what goes and what stays. */
export function planTable({ settings, deployed, nodes, final }: TeardownPlan): string {
  const { slot, stackName, stack, database } = deployed;
  const { name, terraform } = settings;
  const { identifier, reading } = database;
  const size = reading ? `, ${reading.allocatedStorageGib} GiB ${reading.storageType}, ${reading.instanceClass}` : '';
  const rows: [string, string][] = [
    ['goes', `stack ${stackName}${stack?.status ? ` (${stack.status})` : ''}`],
    ['goes', `${nodes === undefined ? 'its' : nodes} Kong nodes of ${slot}, their roles, secrets and security groups`],
    ...(database.ours
      ? ([['goes', reading ? `database ${identifier}${size}` : `database ${identifier}: gone already`]] as [
          string,
          string,
        ][])
      : []),
    ['stays', `${name}-edge: load balancer, rules, both target groups; ${name}-${otherSlot(slot)} with its database`],
    ...(database.ours ? [] : ([['stays', `database ${identifier}, which is not of our making`]] as [string, string][])),
    ...(final
      ? ([
          ['stays', `final snapshot ${final.id} of ${final.takenAt}, ${final.sizeGib} GiB, verified`],
          [
            'stays',
            `one more snapshot, which ${terraform ? 'RDS' : 'CloudFormation'} makes of the database as it deletes it`,
          ],
        ] as [string, string][])
      : []),
    ['stays', 'log groups of the nodes and of the migrations, until they expire'],
  ];
  return rows.map(([what, text]) => `  ${what.padEnd(6)} ${text}`).join('\n');
}

/** What to type where `teardown` shall not do it itself. */
export function commandsByHand(
  { deployed, settings }: Pick<TeardownPlan, 'deployed' | 'settings'>,
  snapshotId: string,
  tags: readonly { readonly Key: string; readonly Value: string }[],
  region: string,
): string[] {
  const { stackName, slot, database } = deployed;
  const { identifier, reading, ours } = database;
  const rds = `aws rds --region ${region}`;
  const tagged = tags.map(({ Key, Value }) => `Key=${Key},Value=${Value}`).join(' ');
  return [
    ...(ours && reading
      ? [
          `${rds} create-db-snapshot --db-instance-identifier ${identifier} --db-snapshot-identifier ${snapshotId} --tags ${tagged}`,
          `${rds} wait db-snapshot-available --db-snapshot-identifier ${snapshotId}`,
          `${rds} modify-db-instance --db-instance-identifier ${identifier} --no-deletion-protection`,
        ]
      : []),
    destroyCommand(settings, stackName),
    `kong-dual-cluster teardown --slot ${slot}   # ${settings.name}: finds the stack gone and brings the settings up to date`,
  ];
}

export interface TeardownResult {
  readonly slot: Slot;
  readonly stack: string;
  /** Absent when the slot's database was not ours. */
  readonly finalSnapshot?: FinalSnapshot;
  /** Beside ours: what the deletion of the database itself has made. */
  readonly deletionSnapshot?: { readonly id: string; readonly arn: string };
  readonly settings: string;
  readonly leftovers: readonly LogGroupLeft[];
  readonly next: readonly string[];
}

export function resultText(result: TeardownResult, settingsPath: string): string {
  const { slot, stack, finalSnapshot, deletionSnapshot, leftovers, next } = result;
  return [
    `nothing of ${slot} is deployed by us: no stack ${stack}; ${settingsPath} says ${result.settings}`,
    ...(finalSnapshot ? [`kept: final snapshot ${finalSnapshot.id} of ${finalSnapshot.takenAt}, verified`] : []),
    ...(deletionSnapshot
      ? [`kept: ${deletionSnapshot.id}, made by the deletion itself; one of the two is enough in the long run`]
      : []),
    ...leftovers.map(({ name, retentionDays }) =>
      retentionDays === undefined ? `kept: log group ${name}` : `kept: log group ${name}, ${retentionDays} days`,
    ),
    ...(next.length > 0 ? ['next:', ...next.map((line) => `  ${line}`)] : []),
  ].join('\n');
}
