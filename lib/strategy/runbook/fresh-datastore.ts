import { editionAfter, imageOf, type Situation } from '../situation';
import type { RunbookStep } from '../upgrade-plan';
import { allowWrites, divert, freezeWrites, lookAtNew, soak, startBeside } from './by-hand';
import { backupDatabase } from './backup';
import { askPassword, convertedFile, dumpedFile, envFile, kong, MIGRATIONS_EXPECTED } from './commands';
import { startNodes, stopNodes } from './nodes';
import { rollbackByWeights } from './rollback';
import { after, during, SOURCE } from './step';

/** An empty datastore: bootstrap, start, and the configuration from a file, if any. */
export function freshDatastore(situation: Situation): RunbookStep[] {
  const { to, hops, datastore } = situation;
  const image = imageOf(to.toString(), editionAfter(situation), hops.at(-1));
  const file =
    hops.length === 0 ? dumpedFile('kong-backup', situation.edition) : convertedFile(hops.at(-1)!.to, situation);
  return [
    freezeWrites(situation),
    backupDatabase(situation),
    during({
      id: 'bootstrap',
      title: `Bootstrap the fresh datastore with ${to.toString()}`,
      commands: [
        askPassword(situation),
        kong(image, 'kong migrations bootstrap', 'new.env'),
        kong(image, 'kong migrations list', 'new.env'),
      ],
      files: [envFile('new.env', datastore === 'cassandra' ? '$NEW_KEYSPACE' : '$NEW_DB_HOST', situation)],
      why: 'On a database that is bootstrapped already it ends with exit code 0 and does nothing, whatever version made it (recorded): look that it is empty.',
      expected: MIGRATIONS_EXPECTED,
      check: '`kong migrations list` of the new version: clean; before it ended with exit code 3, empty',
      undo: 'delete the new datastore',
      sources: [SOURCE.guide28, SOURCE.recordedMigrations],
    }),
    startBeside({
      id: 'start-new-nodes',
      title: `Start new nodes with ${image} and the checked kong.conf`,
      ...startNodes(situation),
      expected: 'ready, without any route',
    }),
    during({
      id: 'load-configuration',
      title: 'Load the configuration that is wanted, if any',
      commands: [
        'deck gateway ping --kong-addr $NEW_ADMIN_URL',
        `deck gateway validate --kong-addr $NEW_ADMIN_URL ${file}`,
        `deck gateway sync --kong-addr $NEW_ADMIN_URL ${file}`,
      ],
      why: 'The file is the converted one. What decK does not cover stays behind: see `backup-not-in-deck`.',
      expected: 'created entities as many as the file has',
      check: '`deck gateway diff` shows no change',
      undo: '`deck gateway reset --kong-addr $NEW_ADMIN_URL`, after reading the address twice',
      sources: [SOURCE.backup, SOURCE.recordedDeclarative],
    }),
    lookAtNew('the new nodes'),
    divert(),
    soak(),
    rollbackByWeights('by-hand'),
    after({
      id: 'remove-old',
      title: 'The point of no return: take the old nodes and their datastore away',
      commands: stopNodes(situation),
      why: 'The first of this and `allow-writes` is the point of no return: before, the old side has everything.',
      expected: 'no old node runs; the old datastore is kept as its backup',
      check: 'no request reached the old target group for a quarter of an hour',
      undo: 'start the old nodes on their datastore while it exists; what was written since is on the new side alone',
      pointOfNoReturn: true,
      sources: [SOURCE.guide28],
    }),
    allowWrites(situation),
  ];
}
