import type { Situation } from '../situation';
import type { RunbookStep } from '../upgrade-plan';
import { backupDatabase } from './backup';
import { allowWrites, divert, freezeWrites, lookAtNew, restoreCopy, soak, startBeside } from './by-hand';
import { helmGreen } from './helm';
import { migrateCopy } from './migrate';
import { lastImage, startNodes, stopNodes } from './nodes';
import { rollbackByWeights } from './rollback';
import { topUpAtCutover } from './runtime-state';
import { after, SOURCE } from './step';

/** Two clusters where this project's own commands do not reach: Helm. */
export function dualClusterByHand(situation: Situation): RunbookStep[] {
  const topUps = topUpAtCutover(situation);
  const image = lastImage(situation);
  return [
    freezeWrites(situation),
    backupDatabase(situation),
    restoreCopy(situation),
    ...(situation.platform === 'eks'
      ? helmGreen(situation)
      : [
          ...migrateCopy(situation),
          startBeside({
            id: 'start-new-nodes',
            title: `Start the new nodes with ${image} on the migrated copy, without traffic`,
            ...startNodes(situation),
            expected: 'all targets of the new target group are healthy, and its weight is 0',
          }),
        ]),
    lookAtNew('the new nodes'),
    ...topUps.filter(({ id }) => id === 'runtime-top-up'),
    divert(),
    ...topUps.filter(({ id }) => id !== 'runtime-top-up'),
    soak(),
    rollbackByWeights('by-hand'),
    removeOld(situation),
    allowWrites(situation),
  ];
}

/** The point of no return of every strategy with an old database that stays as it is. */
export function removeOld(situation: Situation): RunbookStep {
  const { helm } = situation;
  return after({
    id: 'remove-old',
    title: 'The point of no return: a final snapshot, then take the old cluster away',
    commands: [
      'aws rds create-db-snapshot --db-instance-identifier $OLD_DB --db-snapshot-identifier $FINAL_SNAPSHOT',
      'aws rds wait db-snapshot-available --db-snapshot-identifier $FINAL_SNAPSHOT',
      ...(situation.platform === 'eks'
        ? helm.releaseNames.map((release) => `helm uninstall ${release} -n ${helm.namespace}`)
        : stopNodes(situation)),
      'aws rds delete-db-instance --db-instance-identifier $OLD_DB --skip-final-snapshot',
    ],
    why: 'The first of this and `allow-writes` is the point of no return: before, the old side has everything.',
    expected: 'the final snapshot is `available` before anything is deleted',
    check: 'no request reached the old target group for a quarter of an hour',
    undo: 'a new cluster from the final snapshot, which is a deployment and no jump',
    pointOfNoReturn: true,
    sources: [SOURCE.dualCluster, SOURCE.noReturn],
  });
}
