import type { Situation } from '../situation';
import type { RunbookStep } from '../upgrade-plan';
import { kong, MIGRATIONS_CHECK, MIGRATIONS_EXPECTED, pluginList } from './commands';
import { during, SOURCE } from './step';

/** Tables of plugins that the new cluster has and the old one has not; on the database of the new one. */
export function pluginsAdded(
  situation: Situation,
  { image, envFile, pointOfNoReturn }: { image: string; envFile: string; pointOfNoReturn: boolean },
): RunbookStep[] {
  const { pluginsAdded: names } = situation;
  if (names.length === 0) return [];
  const plugins = `-e KONG_PLUGINS=${pluginList(names)}`;
  return [
    during({
      id: 'migrate-added-plugins',
      title: `Run the migrations of ${names.join(', ')}`,
      commands: [
        kong(image, 'kong migrations up', envFile, plugins),
        kong(image, 'kong migrations finish', envFile, plugins),
        kong(image, 'kong migrations list', envFile, plugins),
        kong(image, 'kong migrations up -f', envFile, plugins),
        kong(image, 'kong migrations list', envFile, plugins),
      ],
      why: 'Migrations look at the plugins that `plugins` names and at no others: with a shorter list they say done, and later the same database has new ones (recorded). `up -f` is for a plugin whose schemas Kong does not bring up to date without it: run it when the plugin set of the new version has grown and `list` is clean already.',
      expected: MIGRATIONS_EXPECTED,
      check: `${MIGRATIONS_CHECK}; the nodes get the same KONG_PLUGINS, because a plugin with rows in the database and not in \`plugins\` keeps Kong from starting`,
      undo: pointOfNoReturn
        ? 'by a restore; but the tables that were added disturb nobody: leave the plugin out of `plugins` while no row uses it'
        : 'it is the copy’s database: nothing of the old cluster has changed',
      pointOfNoReturn,
      sources: [SOURCE.guide28, SOURCE.pluginWarning, SOURCE.recordedMigrations],
    }),
  ];
}
