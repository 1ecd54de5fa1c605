import { imageOf, type Situation } from '../situation';
import type { RunbookStep } from '../upgrade-plan';
import { byThisProject } from './by-this-project';
import { dumpedFile, restoreOf, weights } from './commands';
import { after, during, SOURCE } from './step';

/** The last moment at which weights alone bring everything back. */
export function rollbackByWeights(how: 'tool' | 'by-hand'): RunbookStep {
  const commands = {
    tool: ['kong-dual-cluster shift abort', 'kong-dual-cluster shift status'],
    'by-hand': [weights(100, 0)],
  }[how];
  return during({
    id: 'rollback-by-weights',
    title: 'Only if it goes wrong: everything back on the old cluster, by weights',
    who: 'whoever holds the pager',
    commands,
    why: `It needs no vote: up to the point of no return the old cluster has everything that it had.${how === 'tool' ? ' After the shift has ended the command wants `--force`.' : ''}`,
    expected:
      how === 'tool'
        ? '`put back to blue 100, green 0 …, verified`'
        : 'all requests reach the old nodes within seconds',
    check: 'the request counts of both target groups; an old route that had failed',
    undo: 'begin the shift again when the cause is found',
    sources: [SOURCE.runbook, SOURCE.noReturn],
  });
}

/** When weights are not enough any more: the old data, in a database of its own. */
export function rollbackRestore(situation: Situation): RunbookStep {
  const { from, edition, mode, datastore } = situation;
  if (mode === 'db-less') {
    return after({
      id: 'rollback-restore',
      title: 'Only if the old state is needed after all: old image, old kong.yaml',
      commands: [
        `docker run --rm -v $PWD/kong-backup.yaml:/kong.yaml:ro ${imageOf(from.toString(), edition)} kong config parse /kong.yaml`,
      ],
      expected: 'parse successful; then start old nodes with kong-backup.yaml and divert to them',
      check: 'the probes of before the upgrade',
      undo: 'the new nodes and their file are still there',
      sources: [SOURCE.backup],
    });
  }
  const cassandra = datastore === 'cassandra';
  return after({
    id: 'rollback-restore',
    title: 'Only if the old state is needed after all: restore into a fresh database',
    who: 'database administrator',
    commands: [
      ...(cassandra
        ? ['nodetool refresh -- $OLD_KEYSPACE $TABLE']
        : [
            ...restoreOf('$SNAPSHOT', '$RESTORED_DB'),
            ...(byThisProject(situation)
              ? []
              : [
                  'createdb -h $FRESH_DB_HOST -U $PG_USER kong_restored',
                  'pg_restore -h $FRESH_DB_HOST -U $PG_USER --no-owner -d kong_restored kongdb-backup',
                ]),
          ]),
      'deck gateway ping --kong-addr $OLD_ADMIN_URL',
      `deck gateway validate --kong-addr $OLD_ADMIN_URL ${dumpedFile('kong-backup', edition)}`,
      `deck gateway sync --kong-addr $OLD_ADMIN_URL ${dumpedFile('kong-backup', edition)}`,
    ],
    why: cassandra
      ? 'The old keyspace was never migrated: while it exists, start the old nodes on it. Else the files of the snapshot go back into a keyspace of the old schema. The decK lines are the second way, without what decK does not cover.'
      : 'A fresh database: the snapshot as a new instance, or a dump into a new empty database. Never `pg_restore --clean` over a migrated one: it ends with errors and leaves a mix that both versions take for their own (recorded: 2.8 `list` 0, 3.4 `list` 5). The three decK lines are the second way, onto an old node with a bootstrapped database, without what decK does not cover.',
    expected: `nodes of the old version, ${from.toString()}, start on the restored data, and its own \`kong migrations list\` is clean`,
    check: `the number of services and routes as in ${dumpedFile('kong-backup', edition)}; a request to every important route`,
    undo: 'the new cluster and its database are still there; what was written to it since is in neither backup',
    sources: [SOURCE.backup, SOURCE.recordedRestore],
  });
}
