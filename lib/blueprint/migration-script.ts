import executedMigrations from './facts/executed-migrations.json';
import { MIGRATION_OUTCOMES, RESULT_MARK } from './migration-outcomes';
import type { MigrationCause } from './migration-outcomes';
import { checkImageVersion, end, lookAtDatabase, messages, minorOf } from './migration-shell';

export interface MigrationScriptOptions {
  /** Kong version whose image runs the script: `2.8`, `3.4.2`, `3.4.3.12`. */
  readonly version: string;
  /** Only open-source versions are recorded; for others the comparison is left out, and the result says so. */
  readonly edition: 'oss' | 'enterprise';
  /** bootstrap: a new, empty database. upgrade: a restored one. */
  readonly kind: 'bootstrap' | 'upgrade';
  /** `--lock-timeout`, seconds. @default 600 */
  readonly lockTimeoutSeconds?: number;
  /** `--db-timeout`, seconds, of the commands that change the database. @default 600 */
  readonly databaseTimeoutSeconds?: number;
  /** How often an unreachable database is tried before anything was changed. @default 24 */
  readonly attempts?: number;
  /** Seconds between two attempts. @default 5 */
  readonly pauseSeconds?: number;
}

interface RecordedSchema {
  readonly minor: string;
  readonly edition: string;
  readonly recordedVersion: string;
  readonly recording: string;
  readonly executed: Readonly<Record<string, readonly string[]>>;
}

/** The executed migrations as `kong migrations list` of a real Kong of that minor version printed them. */
export function recordedSchema(version: string, edition: 'oss' | 'enterprise'): RecordedSchema | undefined {
  return (executedMigrations as unknown as readonly RecordedSchema[]).find(
    (schema) => schema.minor === minorOf(version) && schema.edition === edition,
  );
}

/**
 * Migrates one database with one version's image and decides by the text of `kong migrations list`, never by an exit
 * code (Kong exits 0 on "aborted: another node", on `finish` before `up`, with plugins left out: recorded 027, 054, 057,
 * 087). Pending migrations are finished only straight after this run's own `up`; pending ones found at the start mean
 * that the database was not clean, and the run stops. A database that is clean already is a retry after a success.
 *
 * Prints everything Kong says and, as the last line, {@link RESULT_MARK} and a `MigrationResult` as JSON. Exit codes:
 * {@link MIGRATION_OUTCOMES}.
 */
export function migrationScript(options: MigrationScriptOptions): string {
  const timeouts = `--lock-timeout ${options.lockTimeoutSeconds ?? 600} --db-timeout ${options.databaseTimeoutSeconds ?? 600}`;
  const recorded = recordedSchema(options.version, options.edition);
  return `\
set -u
compared='${recorded ? `recorded ${recorded.recordedVersion}` : 'not recorded'}'
missing=
${lookAtDatabase({ databaseTimeoutSeconds: 60, attempts: options.attempts ?? 24, pauseSeconds: options.pauseSeconds ?? 5 })}
end() {
  case "$1" in
${messages(Object.keys(MIGRATION_OUTCOMES) as MigrationCause[])}
  esac
  printf '${RESULT_MARK}{"kind":"${options.kind}","version":"${options.version}","cause":"%s","comparedWith":"%s","missing":[%s]}\\n' "$1" "$compared" "$missing"
  exit "$2"
}
migrate() {
  say "kong-dual-cluster: kong migrations $1"
  text=$(kong migrations "$1" ${timeouts} 2>&1); status=$?
  printf '%s\\n' "$text"
  if has 'aborted: another node'; then ${end('lockHeld')}; fi
  if [ "$status" -ne 0 ] && has '^Error: \\[PostgreSQL error\\] timeout$'; then ${end('lockHeld')}; fi
}
${compareSchema(recorded)}
finished() { compare; ${end('clean')}; }
${checkImageVersion(options.version)}
look
case "$state" in
  empty|new|clean) ;;
  pending) ${end('pendingFound')} ;;
  both) ${end('pendingAndNewFound')} ;;
  refused) ${end('refusedByDatabase')} ;;
  unreachable) ${end('noConnection')} ;;
  *) ${end('unknownText')} ;;
esac
if [ "$state" = clean ]; then finished; fi
${options.kind === 'bootstrap' ? BOOTSTRAP : UPGRADE}`;
}

const BOOTSTRAP = `\
if [ "$state" = new ]; then ${end('newFound')}; fi
migrate bootstrap
if [ "$status" -ne 0 ]; then ${end('bootstrapFailed')}; fi
look
if [ "$state" = clean ]; then finished; fi
${end('notCleanAfterwards')}
`;

const UPGRADE = `\
if [ "$state" = empty ]; then ${end('notBootstrapped')}; fi
migrate up
if [ "$status" -ne 0 ]; then ${end('upFailed')}; fi
look
if [ "$state" = clean ]; then finished; fi
if [ "$state" != pending ]; then ${end('notCleanAfterwards')}; fi
migrate finish
if [ "$status" -ne 0 ]; then ${end('finishFailed')}; fi
look
if [ "$state" = clean ]; then finished; fi
${end('notCleanAfterwards')}
`;

/** A namespace or migration of the recording that $text (a clean `list`) lacks; more than the recording is no fault. */
function compareSchema(recorded: RecordedSchema | undefined): string {
  if (!recorded)
    return "compare() { say 'kong-dual-cluster: no recording of this version, the executed migrations were not compared'; }";
  const needs = Object.entries(recorded.executed).map(
    ([namespace, migrations]) => `  need ${namespace} ${migrations.join(' ')}`,
  );
  return `\
need() {
  namespace=$1; shift
  line=$(printf '%s\\n' "$text" | sed -n "s/^ *$namespace: //p")
  for migration in "$@"; do
    case ", $line," in *", $migration,"*) ;; *) missing="$missing\${missing:+,}\\"$namespace/$migration\\"" ;; esac
  done
}
compare() {
${needs.join('\n')}
  if [ -n "$missing" ]; then
    say "kong-dual-cluster: not executed though ${recorded.recordedVersion} has it: $missing"
    ${end('schemaIncomplete')}
  fi
}`;
}
