import type { MigrationCause } from './migration-outcomes';
import { MIGRATION_OUTCOMES } from './migration-outcomes';

/**
 * POSIX sh that both scripts share. It needs `kong`, `grep`, `sed`, `sleep` and `printf` only, because it runs in Kong's
 * own images (Debian, Ubuntu, Alpine, RHEL) and in whatever stands in for them.
 *
 * `look` puts the state of the database into $state, decided by the TEXT of `kong migrations list`: its exit code is 4
 * for "pending" and for "pending and new" alike, and other `kong migrations` commands exit 0 having done nothing
 * (recorded: test/recorded/migrations, Kong 2.8.5 and 3.4.2). A clean text with a non-zero exit code is not clean.
 */
export const lookAtDatabase = (options: {
  databaseTimeoutSeconds: number;
  attempts: number;
  pauseSeconds: number;
}): string => `\
say() { printf '%s\\n' "$*"; }
has() { printf '%s\\n' "$text" | grep -q -E -e "$1"; }
look_once() {
  text=$(kong migrations list --db-timeout ${options.databaseTimeoutSeconds} 2>&1); status=$?
  printf '%s\\n' "$text"
  if has '^Executed migrations:'; then
    if has '^Pending migrations:' && has '^New migrations available:'; then state=both
    elif has '^Pending migrations:'; then state=pending
    elif has '^New migrations available:'; then state=new
    elif [ "$status" -eq 0 ]; then state=clean
    else state=unknown; fi
  elif has '^Database needs bootstrapping'; then state=empty
  elif has 'authentication|no pg_hba.conf|FATAL: *database |FATAL: *role |permission denied'; then state=refused
  elif has 'connection refused|timeout|timed out|host or service not provided|unreachable|connection reset|closed|starting up|shutting down|recovery mode|could not be resolved|name resolution'; then state=unreachable
  else state=unknown; fi
}
look() {
  attempt=1
  look_once
  while [ "$state" = unreachable ] && [ "$attempt" -lt ${options.attempts} ]; do
    say "kong-dual-cluster: the database did not answer (attempt $attempt of ${options.attempts}), trying again in ${options.pauseSeconds} s"
    sleep ${options.pauseSeconds}
    attempt=$((attempt + 1))
    look_once
  done
}
`;

/**
 * Refuses an image of another minor version: a 2.8 node takes a database that 3.4 has migrated for its own, its `list`
 * is clean and it starts (recorded 043, 046). Kong prints `3.4.2` or, for Enterprise, `Kong Enterprise 3.4.3.12`.
 */
export function checkImageVersion(version: string): string {
  const minor = minorOf(version);
  return `\
found=$(kong version 2>/dev/null | sed -n 's/^[^0-9]*\\([0-9][0-9]*\\.[0-9][0-9]*\\).*/\\1/p')
if [ "$found" != '${minor}' ]; then
  say "kong-dual-cluster: the settings say Kong ${minor}, the image holds \${found:-a program that does not answer 'kong version'}"
  end imageVersionMismatch ${MIGRATION_OUTCOMES.imageVersionMismatch.code}
fi
`;
}

/** `end CAUSE CODE` for the shell. */
export const end = (cause: MigrationCause): string => `end ${cause} ${MIGRATION_OUTCOMES[cause].code}`;

/** Shell `case` arms that print a cause's message: what a person reads in the log. */
export const messages = (causes: readonly MigrationCause[]): string =>
  causes
    .map((cause) => `    ${cause}) say ${quote(`kong-dual-cluster: ${MIGRATION_OUTCOMES[cause].message}`)} ;;`)
    .join('\n');

/** `3.4.3.12` -> `3.4`. */
export const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.');

/** A word that the shell takes literally. */
export const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
