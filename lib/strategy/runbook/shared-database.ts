import { stopsOf, type Situation } from '../situation';
import type { RunbookStep } from '../upgrade-plan';
import { backupDatabase } from './backup';
import { divert, lookAtNew, soak, startBeside } from './by-hand';
import { askPassword, kong, MIGRATIONS_CHECK, MIGRATIONS_EXPECTED, oldEnv, weights } from './commands';
import { helmChart, helmStop } from './helm';
import { stopId } from './stop-id';
import { startNodes, stopNodes } from './nodes';
import { pluginsAdded } from './plugin-added';
import { rollbackByWeights } from './rollback';
import { after, during, SOURCE } from './step';

/** Both versions on one database between `up` and `finish`; within a minor or to the next one. */
export function sharedDatabase(situation: Situation): RunbookStep[] {
  const stop = stopsOf(situation)[0]!;
  const { platform, helm } = situation;
  if (platform === 'eks') {
    return [
      helmChart(situation, helm.releaseNames),
      adminOnOld(),
      backupDatabase(situation),
      ...markLast(
        helmStop(situation, stop, helm.releaseNames, {
          undo: 'before `finish` (the post-upgrade job): `helm rollback` to the revision before, whose pods understand the database; after it only a restore, see `rollback-restore`',
          pointOfNoReturn: false,
        }),
      ),
      adminOnNew(),
    ];
  }
  return [
    adminOnOld(),
    backupDatabase(situation),
    during({
      id: stopId(stop),
      title: `Run \`migrations up\` of ${stop.version} on the database that serves, and no \`finish\` yet`,
      commands: [
        askPassword(situation),
        kong(stop.image, 'kong migrations up', 'kong.env'),
        kong(stop.image, 'kong migrations list', 'kong.env'),
      ],
      files: [oldEnv(situation)],
      why: 'For this step Kong makes `up` so that the old nodes go on working. From 2.x to 3.x that is not so, which is why this runbook is refused there.',
      expected:
        'exit code 4 of `list`: migrations are pending, none is new. Between patches there may be nothing to do: exit code 0',
      check: `the old nodes answer as before. ${MIGRATIONS_CHECK}`,
      undo: 'leave it: the old version works on it. If it does not, restore the snapshot into a fresh database',
      sources: [SOURCE.blueGreen, SOURCE.guide28, SOURCE.recordedMigrations],
    }),
    startBeside({
      id: 'start-new-nodes',
      title: `Start new nodes with ${stop.image} beside the old ones, on the same database`,
      ...startNodes(situation),
      expected: 'they warn of pending migrations and are ready; their Admin API is reachable for nobody',
    }),
    lookAtNew('the new nodes'),
    divert({ title: 'Divert the traffic by weights to the new nodes: 5, 25, 50, 100 %' }),
    soak(),
    rollbackByWeights('by-hand'),
    during({
      id: 'stop-old-nodes',
      title: 'Decommission the old nodes: stopped, not deleted, until `finish` is done',
      commands: stopNodes(situation),
      expected: 'no old node runs, no request fails',
      check: 'the old target group has no targets and no requests',
      undo: `start them again, the database still serves both; then \`${weights(100, 0)}\``,
      sources: [SOURCE.blueGreen, SOURCE.guide28],
    }),
    during({
      id: 'migrations-finish',
      title: 'The point of no return: `migrations finish`',
      commands: [
        kong(stop.image, 'kong migrations finish', 'kong.env'),
        kong(stop.image, 'kong migrations list', 'kong.env'),
      ],
      why: 'From here on no node of the old version may start on this database.',
      expected: MIGRATIONS_EXPECTED,
      check: MIGRATIONS_CHECK,
      undo: 'restore the snapshot into a fresh database and start the old nodes on that one; see `rollback-restore`',
      pointOfNoReturn: true,
      sources: [SOURCE.blueGreen, SOURCE.guide28],
    }),
    ...pluginsAdded(situation, { image: stop.image, envFile: 'kong.env', pointOfNoReturn: false }).map((step) => ({
      ...step,
      undo: 'leave the plugin out of `plugins` while no row uses it: the tables that were added disturb nobody',
    })),
    adminOnNew(),
  ];
}

/** Of the chart's steps the last one runs `finish`. */
const markLast = (steps: readonly RunbookStep[]): RunbookStep[] =>
  steps.map((step, index) => (index === steps.length - 1 ? { ...step, pointOfNoReturn: true } : step));

function adminOnOld(): RunbookStep {
  return during({
    id: 'admin-on-old',
    title: 'The Admin API is used on the old nodes only, and at best not at all',
    commands: [
      'aws ec2 revoke-security-group-ingress --group-id $ADMIN_SECURITY_GROUP --protocol tcp --port 8001 --cidr $WRITERS_CIDR',
    ],
    why: 'What a new node writes an old one may not understand. Kong’s newer documents allow no writes at all during an upgrade.',
    expected: 'pipelines are paused; whoever must write does it on an old node',
    check: 'from the place of a writer the Admin API of a new node does not connect',
    undo: 'the same line with authorize-security-group-ingress',
    sources: [SOURCE.guide28, SOURCE.blueGreen],
  });
}

function adminOnNew(): RunbookStep {
  return after({
    id: 'admin-on-new',
    title: 'The Admin API is used on the new nodes from here on',
    commands: [
      'aws ec2 authorize-security-group-ingress --group-id $NEW_ADMIN_SECURITY_GROUP --protocol tcp --port 8001 --cidr $WRITERS_CIDR',
    ],
    expected: 'pipelines run again',
    check: 'a write by the usual way, read back',
    undo: 'stop the writers again',
    sources: [SOURCE.guide28],
  });
}
