import { stopsOf, type Situation, type Stop } from '../situation';
import type { RunbookStep } from '../upgrade-plan';
import { askPassword, MIGRATIONS_CHECK, MIGRATIONS_EXPECTED, migrationsOf, oldEnv } from './commands';
import { lastImage } from './nodes';
import { pluginsAdded } from './plugin-added';
import { during, SOURCE } from './step';
import { stopId } from './stop-id';

/**
 * The migrations of every stop on one database that nobody else uses: each image runs `up`, `finish` and a clean `list`
 * before the next; only the last version ever serves.
 */
export function migrateCopy(situation: Situation): RunbookStep[] {
  const stops = stopsOf(situation);
  return [
    ...stops.map((stop, index) =>
      during({
        id: stopId(stop),
        title: titleOf(stop, index, stops.length, 'the private copy'),
        commands: migrationsOf(stop),
        why:
          [
            stops.length > 1
              ? 'Each stop’s own image runs its migrations, in this order, on one copy. No node of a stop in between is started.'
              : '',
            noteOf(stop),
          ]
            .filter(Boolean)
            .join(' ') || undefined,
        expected: MIGRATIONS_EXPECTED,
        check: MIGRATIONS_CHECK,
        undo: 'delete the copy and restore the snapshot again; the old cluster and its database are not touched',
        sources: sourcesOf(stop),
      }),
    ),
    ...pluginsAdded(situation, { image: lastImage(situation), envFile: 'copy.env', pointOfNoReturn: false }),
  ];
}

/** The same where the old cluster's database is migrated: the first `up` is the point of no return. */
export function migrateInPlace(situation: Situation): RunbookStep[] {
  const stops = stopsOf(situation);
  return [
    ...stops.map((stop, index) =>
      during({
        id: stopId(stop),
        title: titleOf(stop, index, stops.length, 'the database'),
        commands: [...(index === 0 ? [askPassword(situation)] : []), ...migrationsOf(stop, 'kong.env')],
        files: [oldEnv(situation)],
        why: `Migrations cannot be reversed. From 2.x to 3.x already \`up\` rewrites the paths of routes, and an old node starts on that database without a word (recorded): that it starts says nothing. ${noteOf(stop)}`.trim(),
        expected: MIGRATIONS_EXPECTED,
        check: MIGRATIONS_CHECK,
        undo: 'restore the snapshot into a fresh database and start the old nodes on that one; see `rollback-restore`',
        pointOfNoReturn: index === 0,
        sources: sourcesOf(stop),
      }),
    ),
    ...pluginsAdded(situation, {
      image: lastImage(situation),
      envFile: 'kong.env',
      pointOfNoReturn: stops.length === 0,
    }).map((step) => ({
      ...step,
      commands: [...(stops.length === 0 ? [askPassword(situation)] : []), ...step.commands],
    })),
  ];
}

function titleOf({ version, edition, hop }: Stop, index: number, count: number, what: string): string {
  const change =
    hop === undefined
      ? `Turn ${what} into one of ${edition === 'enterprise' ? 'Enterprise' : 'open source'} ${version}`
      : `Migrate ${what} to ${version}`;
  return count > 1 ? `${change} (stop ${index + 1} of ${count})` : change;
}

const noteOf = ({ hop }: Stop): string => (hop?.note === undefined ? '' : `Of this hop: ${hop.note}.`);

const sourcesOf = ({ hop }: Stop): string[] => [
  SOURCE.recordedMigrations,
  ...(hop === undefined ? [SOURCE.ossToEnterprise] : hop.sources),
];
