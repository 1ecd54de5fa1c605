import { KongVersion } from '../../release/kong-version';
import { crossesMajor3, editionAfter, type Situation } from '../situation';
import type { RunbookStep } from '../upgrade-plan';
import { dump } from './commands';
import { after, SOURCE } from './step';

/** Minors that gave fields of plugins new names and go on reading the old ones (Kong: breaking changes of 3.2, 3.6, 3.8). */
const RENAMES_IN = ['3.2', '3.6', '3.8'] as const;

/** What everybody forgets once it works. */
export function aftercare(situation: Situation): RunbookStep[] {
  const { mode, hops } = situation;
  const steps: RunbookStep[] = [];
  if (hops.length > 0 && mode !== 'db-less') {
    steps.push(
      after({
        id: 'refresh-deck-files',
        title: 'Replace the decK files in git before a pipeline runs again',
        who: 'owners of the pipelines',
        commands: [
          'deck gateway ping --kong-addr $NEW_ADMIN_URL',
          dump('$NEW_ADMIN_URL', 'kong', editionAfter(situation)),
        ],
        why: crossesMajor3(situation)
          ? 'A sync of a 2.x file overwrites the migrated paths where decK takes it (1.40.3 stops with exit code 1: recorded), and regexes stop matching: 3.x takes them for plain prefixes and says nothing (recorded).'
          : 'A sync of an old file brings back what the migrations have changed.',
        expected: 'the files hold `_format_version` 3.0 and the migrated entities',
        check:
          '`deck gateway diff` against the new cluster shows no change, apart from ttl of keys, which counts down (recorded)',
        undo: 'the old files are in the history of git',
        sources: ['https://developer.konghq.com/deck/reference/3.0-upgrade/', SOURCE.recordedDeclarative],
      }),
    );
  }
  const renames = hops.find((hop) =>
    RENAMES_IN.some(
      (minor) => !KongVersion.parse(hop.from).isAtLeastMinor(minor) && KongVersion.parse(hop.to).isAtLeastMinor(minor),
    ),
  );
  if (renames !== undefined && mode !== 'db-less') {
    steps.push(
      after({
        id: 'rename-old-fields',
        title: 'Rename deprecated fields, now that no old node reads them',
        commands: [
          `kong-dual-cluster check declarative --admin $NEW_ADMIN_URL --from ${renames.from} --to ${hops.at(-1)!.to}`,
        ],
        why: 'Fields of session and openid-connect have new names from 3.2 on, those of Redis from 3.6 and 3.8 on; the old ones are still read, and old nodes know no others.',
        expected: 'the findings that are left are those that wait for this moment',
        check: 'users stay logged in after the change of a field',
        undo: 'the old name, which is still read',
        sources: ['https://developer.konghq.com/gateway/breaking-changes/'],
      }),
    );
  }
  steps.push(
    after({
      id: 'watch',
      title: 'Watch it for some days, and keep the backups as long',
      expected: 'errors, latency and the log of each node as before the upgrade; no line about a dropped route',
      check:
        'the error log of each node after its start: a dropped route is one [error] line there and nothing anywhere else (recorded)',
      undo: 'nothing to undo',
      sources: [SOURCE.guide, 'recorded: error log of 3.4.2 with routes that it dropped'],
    }),
  );
  return steps;
}
