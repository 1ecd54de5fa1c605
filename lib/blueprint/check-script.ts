import type { MigrationCause } from './migration-outcomes';
import { MIGRATION_OUTCOMES } from './migration-outcomes';
import { checkImageVersion, end, lookAtDatabase, messages } from './migration-shell';

export interface CheckScriptOptions {
  /** Kong version of the slot: `2.8`, `3.4.2`, `3.4.3.12`. */
  readonly version: string;
  /**
   * How often an unreachable database is tried, at least 1. With the pause and the 10 s database timeout the whole
   * stays under the 120 s that Fargate waits for a container another one depends on.
   * @default 6
   */
  readonly attempts?: number;
  /** Seconds between two attempts. @default 5 */
  readonly pauseSeconds?: number;
}

const CAUSES: readonly MigrationCause[] = [
  'clean',
  'noConnection',
  'refusedByDatabase',
  'notBootstrapped',
  'newFound',
  'pendingFound',
  'pendingAndNewFound',
  'unknownText',
  'imageVersionMismatch',
];

/**
 * What must succeed before a node starts Kong. Reads only: starting and scaling out never migrate. Exit code 0 when
 * `kong migrations list` is clean, else the code of the cause in {@link MIGRATION_OUTCOMES}; the last line says what was
 * found. Needed because Kong itself starts with pending migrations (recorded 036) and an older Kong on a newer database.
 */
export function checkScript(options: CheckScriptOptions): string {
  return `\
set -u
${lookAtDatabase({ databaseTimeoutSeconds: 10, attempts: options.attempts ?? 6, pauseSeconds: options.pauseSeconds ?? 5 })}
end() {
  case "$1" in
${messages(CAUSES)}
  esac
  exit "$2"
}
${checkImageVersion(options.version)}
look
case "$state" in
  clean) ${end('clean')} ;;
  new) ${end('newFound')} ;;
  pending) ${end('pendingFound')} ;;
  both) ${end('pendingAndNewFound')} ;;
  empty) ${end('notBootstrapped')} ;;
  refused) ${end('refusedByDatabase')} ;;
  unreachable) ${end('noConnection')} ;;
  *) ${end('unknownText')} ;;
esac
`;
}

/** Exit codes of the check, by cause. */
export const CHECK_EXIT_CODES = Object.fromEntries(
  CAUSES.map((cause) => [cause, MIGRATION_OUTCOMES[cause].code]),
) as Readonly<Record<string, number>>;
