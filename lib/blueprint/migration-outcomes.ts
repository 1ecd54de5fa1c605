/**
 * How a run of the migrations script or of the nodes' check ended. One table for the scripts (exit code, one line of
 * text), the custom resource's handler (what a failed deployment says) and the documents.
 *
 * The codes are ours, 20–39: apart from 0 they are none of those that `kong migrations` itself uses (0, 1, 3, 4, 5), nor
 * those of a shell (126, 127, 128 + signal), so that a cause is never guessed.
 */
export interface MigrationOutcome {
  readonly code: number;
  readonly cause: string;
  /** What was found: lower case, no full stop. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Migrations are never repaired in place: what a failed run leaves behind is not known to either version of Kong. */
export const START_AGAIN =
  'do not repair this database: for an upgrade, delete this slot (kong-dual-cluster teardown --slot, where it is still there) and restore the snapshot again; for a new system, delete the stack and deploy it again';

export const MIGRATION_OUTCOMES = {
  clean: {
    code: 0,
    cause: 'clean',
    message: 'all migrations are executed, none is new or pending',
    remedy: 'nothing to do',
  },
  noConnection: {
    code: 20,
    cause: 'noConnection',
    message: 'the database did not answer',
    remedy:
      'check that the database is available and that its security group admits the nodes and the migrations task on its port, then deploy again',
  },
  refusedByDatabase: {
    code: 21,
    cause: 'refusedByDatabase',
    message: 'the database answered and refused the connection',
    remedy: 'check the user name, the database name and the password secret of this slot, then deploy again',
  },
  notBootstrapped: {
    code: 22,
    cause: 'notBootstrapped',
    message: 'the database holds no Kong schema',
    remedy:
      'for an upgrade, take the snapshot of the database that blue uses (name and database name must match); for nodes, run the migrations first',
  },
  newFound: {
    code: 23,
    cause: 'newFound',
    message: 'the database belongs to an older Kong: migrations of this version have not been run',
    remedy: 'upgrade into the other slot from a snapshot; a slot is not upgraded in place',
  },
  pendingFound: {
    code: 24,
    cause: 'pendingFound',
    message: 'pending migrations were found that this run did not make: an earlier upgrade was never finished',
    remedy:
      'run `kong migrations finish` on the live cluster with the version that it runs, take a new snapshot of it and restore that',
  },
  pendingAndNewFound: {
    code: 25,
    cause: 'pendingAndNewFound',
    message:
      'pending and new migrations were found at once: an earlier `up` failed or an earlier upgrade was never finished',
    remedy: `finish the live cluster's own migrations and take a new snapshot if they were pending there, else restore the snapshot again; ${START_AGAIN}`,
  },
  unknownText: {
    code: 26,
    cause: 'unknownText',
    message: '`kong migrations list` said something that is not known, so nothing was decided from it',
    remedy: 'read the log above, check the image and its KONG_ settings, then deploy again',
  },
  lockHeld: {
    code: 27,
    cause: 'lockHeld',
    message: 'another node held the migrations lock, so this run did nothing or not all of its work',
    remedy: `make sure that no other node or task runs migrations on this database; ${START_AGAIN}`,
  },
  upFailed: { code: 28, cause: 'upFailed', message: '`kong migrations up` failed', remedy: START_AGAIN },
  finishFailed: {
    code: 29,
    cause: 'finishFailed',
    message: '`kong migrations finish` failed',
    remedy: `mend on the live cluster what the log names (for example two targets of one upstream with the same address and created_at), take a new snapshot; ${START_AGAIN}`,
  },
  notCleanAfterwards: {
    code: 30,
    cause: 'notCleanAfterwards',
    message: 'migrations ran, and `kong migrations list` is still not clean',
    remedy: START_AGAIN,
  },
  bootstrapFailed: {
    code: 31,
    cause: 'bootstrapFailed',
    message: '`kong migrations bootstrap` failed',
    remedy: START_AGAIN,
  },
  imageVersionMismatch: {
    code: 32,
    cause: 'imageVersionMismatch',
    message:
      'the image holds another Kong version than the settings say; an older Kong would take this database for its own',
    remedy: 'make `version` and `image` of this slot agree, then deploy again',
  },
  schemaIncomplete: {
    code: 33,
    cause: 'schemaIncomplete',
    message:
      'the executed migrations are fewer than those recorded of this Kong version: plugins were left out with KONG_PLUGINS',
    remedy: `run the migrations with KONG_PLUGINS=bundled (and your own plugins); limit the plugins of the nodes only; ${START_AGAIN}`,
  },
} as const satisfies Record<string, MigrationOutcome>;

export type MigrationCause = keyof typeof MIGRATION_OUTCOMES;

/** The outcome that an exit code of one of our scripts stands for; undefined when the code is none of ours. */
export function outcomeOf(exitCode: number): MigrationOutcome | undefined {
  return Object.values(MIGRATION_OUTCOMES).find((outcome) => outcome.code === exitCode);
}

/** Begins the last line that the migrations script prints; the rest is JSON ({@link MigrationResult}). */
export const RESULT_MARK = 'kong-dual-cluster-result: ';

export interface MigrationResult {
  readonly kind: 'bootstrap' | 'upgrade';
  readonly version: string;
  readonly cause: MigrationCause;
  /** What the executed migrations were compared with: `recorded 3.4.2`, or `not recorded` (then nothing was compared). */
  readonly comparedWith: string;
  /** Migrations of the recording that are not executed, as `namespace/migration`. */
  readonly missing: readonly string[];
}
