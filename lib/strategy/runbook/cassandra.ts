import { crossesMajor3, imageOf, type Situation } from '../situation';
import type { RunbookStep } from '../upgrade-plan';
import { backupDatabase } from './backup';
import { allowWrites, divert, freezeWrites, lookAtNew, soak, startBeside } from './by-hand';
import { askPassword, envFile, kong, MIGRATIONS_EXPECTED, oldEnv } from './commands';
import { lastImage, startNodes, stopNodes } from './nodes';
import { rollbackByWeights } from './rollback';
import { topUpAtCutover } from './runtime-state';
import { after, during, SOURCE } from './step';

/** As root, so that the container may write into the folder. */
const MOUNT = '--user root -v $PWD:/work -w /work';

/** A keyspace of its own for the new version, filled by export and import; nothing of the old one changes. */
export function newKeyspace(situation: Situation): RunbookStep[] {
  const { to, from, hops } = situation;
  const image = lastImage(situation);
  const last = hops.at(-1);
  const converted = crossesMajor3(situation) ? `kong-${to.minor()}.yml` : 'kong.yml';
  return [
    freezeWrites(situation),
    backupDatabase(situation),
    during({
      id: 'bootstrap-keyspace',
      title: `Bootstrap a new keyspace with ${to.toString()}`,
      commands: [
        askPassword(situation),
        kong(image, 'kong migrations bootstrap', 'new.env'),
        kong(image, 'kong migrations list', 'new.env'),
      ],
      files: [envFile('new.env', '$NEW_KEYSPACE', situation)],
      why: 'The tables of the versions differ so that both cannot use one keyspace at the same time. A new one costs no downtime.',
      expected: MIGRATIONS_EXPECTED,
      check: '`DESCRIBE KEYSPACES` in cqlsh shows both',
      undo: '`DROP KEYSPACE` of the new one, after reading its name twice',
      sources: [SOURCE.guide28],
    }),
    during({
      id: 'export-configuration',
      title: 'Export the configuration of the old cluster',
      commands: [
        kong(imageOf(from.toString(), situation.edition), 'kong config db_export kong.yml', 'kong.env', MOUNT),
        ...(crossesMajor3(situation)
          ? [
              `kong-dual-cluster check declarative kong.yml --from ${last?.from ?? from.minor()} --to ${to.minor()} --write ${converted}`,
            ]
          : []),
      ],
      files: [oldEnv(situation)],
      why: 'A file that exists is not overwritten: `db_export` ends with exit code 1 (recorded).',
      expected: 'kong.yml with every entity; it holds credentials',
      check: 'the number of services and routes in the file and in the Admin API',
      undo: 'delete the file',
      sources: [SOURCE.guide28, SOURCE.recordedDeclarative],
    }),
    during({
      id: 'import-configuration',
      title: 'Import it into the new keyspace',
      commands: [
        kong(image, `kong config parse ${converted}`, 'new.env', MOUNT),
        kong(image, `kong config db_import ${converted}`, 'new.env', MOUNT),
      ],
      expected: 'parse and import successful',
      check: 'export it again from the new side and compare',
      undo: 'drop the new keyspace and bootstrap it again',
      sources: [SOURCE.guide28],
    }),
    startBeside({
      id: 'start-new-nodes',
      title: `Start new nodes with ${image} on the new keyspace, without traffic`,
      ...startNodes(situation),
      expected: 'ready, with the imported configuration',
    }),
    lookAtNew('the new nodes'),
    divert(),
    ...topUpAtCutover(situation),
    soak(),
    rollbackByWeights('by-hand'),
    after({
      id: 'remove-old',
      title: 'The point of no return: decommission the old nodes, later the old keyspace',
      commands: stopNodes(situation),
      why: 'The first of this and `allow-writes` is the point of no return: before, the old side has everything.',
      expected: 'no old node runs; the old keyspace stays until nobody would go back to that data',
      check: 'no request reached the old target group for a quarter of an hour',
      undo: 'start the old nodes on their keyspace, which is as it was; what was written since is on the new side alone',
      pointOfNoReturn: true,
      sources: [SOURCE.guide28],
    }),
    allowWrites(situation),
  ];
}
