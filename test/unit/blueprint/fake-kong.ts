import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * A `kong` on PATH that replays recorded answers of Kong 2.8.5 and 3.4.2, for tests of the shell scripts.
 *
 * Written spec
 * - `kong version` prints the version that the run was given, any number of times.
 * - `kong migrations COMMAND …` takes the next step. A step is the number of a recording in test/recorded/migrations
 *   (its text and its exit code from index.json), or a text and an exit code made up by a test, which says so.
 * - A command other than the step's, or a call after the last step, prints `fake kong: …` and exits 99; the run then
 *   reports it in `surprises`. Steps left over are `unused`.
 * - Every call is written down with all its arguments.
 */
export type Step = string | { readonly command: string; readonly text: string; readonly exitCode: number };

export interface Run {
  readonly exitCode: number | null;
  readonly lines: string[];
  readonly lastLine: string;
  /** `migrations list --db-timeout 60` and so on, without `version`. */
  readonly calls: string[];
  /** The second word of each call: list, up, finish, bootstrap. */
  readonly commands: string[];
  readonly surprises: string[];
  readonly unused: number;
}

const RECORDINGS = join(__dirname, '..', '..', 'recorded', 'migrations');
interface Recording {
  readonly file: string;
  readonly command: string;
  readonly exitCode: number;
}
const index = JSON.parse(readFileSync(join(RECORDINGS, 'index.json'), 'utf8')) as Recording[];

/** Text, exit code and sub-command of a recording, by its number. */
export function recording(number: string): { command: string; text: string; exitCode: number } {
  const found = index.find((entry) => entry.file.startsWith(`${number}-`));
  const command = found && /^kong migrations (\w+)/.exec(found.command)?.[1];
  if (!found || !command) throw new Error(`no recording of kong migrations with number ${number}`);
  return { command, text: readFileSync(join(RECORDINGS, found.file), 'utf8'), exitCode: found.exitCode };
}

const FAKE = `#!/bin/sh
if [ "$1" = version ]; then cat "$FAKE_KONG/version"; exit 0; fi
printf '%s\\n' "$*" >> "$FAKE_KONG/calls"
n=$(cat "$FAKE_KONG/next"); printf '%s' $((n + 1)) > "$FAKE_KONG/next"
if [ ! -f "$FAKE_KONG/$n.command" ]; then echo "fake kong: no step left for $*"; exit 99; fi
if [ "$1 $2" != "migrations $(cat "$FAKE_KONG/$n.command")" ]; then echo "fake kong: not the step's command: $*"; exit 99; fi
cat "$FAKE_KONG/$n.text"
exit "$(cat "$FAKE_KONG/$n.code")"
`;

/** Runs a script under /bin/sh with the fake on PATH. */
export function runScript(script: string, options: { readonly version: string; readonly steps: readonly Step[] }): Run {
  const folder = mkdtempSync(join(tmpdir(), 'fake-kong-'));
  try {
    writeFileSync(join(folder, 'kong'), FAKE);
    chmodSync(join(folder, 'kong'), 0o755);
    writeFileSync(join(folder, 'version'), `${options.version}\n`);
    writeFileSync(join(folder, 'next'), '0');
    writeFileSync(join(folder, 'calls'), '');
    options.steps.forEach((step, n) => {
      const { command, text, exitCode } = typeof step === 'string' ? recording(step) : step;
      writeFileSync(join(folder, `${n}.command`), command);
      writeFileSync(join(folder, `${n}.text`), text);
      writeFileSync(join(folder, `${n}.code`), String(exitCode));
    });
    const shell = spawnSync('/bin/sh', ['-c', script], {
      encoding: 'utf8',
      env: { PATH: `${folder}${delimiter}/usr/bin${delimiter}/bin`, FAKE_KONG: folder },
    });
    const lines = `${shell.stdout}${shell.stderr}`.split('\n').filter((line) => line !== '');
    const calls = readFileSync(join(folder, 'calls'), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    return {
      exitCode: shell.status,
      lines,
      lastLine: lines.at(-1) ?? '',
      calls,
      commands: calls.map((call) => call.split(' ')[1] ?? ''),
      surprises: lines.filter((line) => line.startsWith('fake kong:')),
      unused: options.steps.length - calls.length,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
