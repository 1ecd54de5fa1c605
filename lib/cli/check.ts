import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import type { Upgrade } from '../compatibility/changes';
import { needsAction } from '../compatibility/finding';
import { summaryOf, type Checked } from '../compatibility/summary';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { releaseOf } from '../release/catalogue';
import { stepRefused } from '../release/steps';
import { findingsHtml } from '../render/findings-html';
import { findingsMarkdown } from '../render/findings-markdown';
import { findingsText } from '../render/findings-text';
import { writeAtomically } from '../settings/atomic-write';
import type { Context } from './context';
import { versionFlag } from './version-flag';

/** What the three checks are given alike. */
export interface CheckFlags {
  readonly from: string;
  readonly to: string;
}

/** Of the checks that can write what they mended. */
export interface WriteFlags extends CheckFlags {
  /** The file to write. */
  readonly write?: string;
  /** It may exist. */
  readonly force?: boolean;
}

/** `check kong-conf [FILE]`. */
export interface KongConfFlags extends WriteFlags {
  /** File with KONG_* variables. */
  readonly envFile?: string;
  readonly keepBehaviour?: boolean;
}

/** `check declarative [FILE]`. */
export interface DeclarativeFlags extends WriteFlags {
  /** URL of an Admin API. */
  readonly admin?: string;
  /** kong.conf of the new nodes. */
  readonly kongConf?: string;
}

/** `check plugins FOLDER`. */
export type PluginsFlags = CheckFlags;

/** Prints what was found in the form that `--output` names. Exit code 2 when something needs action. */
export function reportFindings(context: Context, checked: Checked): ExitCode {
  const { upgrade, findings } = checked;
  context.progress.end();
  context.print(
    () => findingsText(checked, { colors: context.colors }),
    () => ({ from: upgrade.from.toString(), to: upgrade.to.toString(), findings, summary: summaryOf(checked) }),
    { markdown: () => findingsMarkdown(checked), html: () => findingsHtml(checked) },
  );
  return findings.some(needsAction) ? EXIT.findings : EXIT.done;
}

/** @throws KongDualClusterError VERSION_INVALID, VERSION_STEP_UNSUPPORTED (a minor that is not known), VERSION_NOT_LATER (exit 64) */
export function upgradeOf(flags: CheckFlags): Upgrade {
  const from = versionFlag('--from', flags.from);
  const to = versionFlag('--to', flags.to);
  if ([from, to].some((version) => releaseOf(version.minor()) === undefined)) throw stepRefused(from, to, undefined);
  // `3.4` is whatever patch its image holds: it may be later than 3.4.3.5.
  const isLater = to.compare(from) > 0 || (from.minor() === to.minor() && to.namesNoPatch() && !from.namesNoPatch());
  if (!isLater) {
    throw new KongDualClusterError('VERSION_NOT_LATER', '--to is not later than --from', {
      found: `--from ${from.toString()} --to ${to.toString()}`,
      remedy: 'give the version that runs as --from and the one you upgrade to as --to; there is no downgrade',
      exitCode: EXIT.usage,
    });
  }
  return { from, to };
}

/**
 * The text of the file to check.
 * @param limit bytes; what is larger is refused before it is read
 * @throws KongDualClusterError INPUT_NOT_READABLE, INPUT_TOO_LARGE (exit 64)
 */
export async function readInput(path: string, limit: number): Promise<string> {
  const unreadable = (found: string, cause?: unknown) =>
    new KongDualClusterError('INPUT_NOT_READABLE', `${path} can not be read`, {
      found,
      remedy: 'name a file that exists and that you may read',
      exitCode: EXIT.usage,
      cause,
    });
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw unreadable('a folder');
    if (found.size > limit) {
      throw new KongDualClusterError('INPUT_TOO_LARGE', `${path} is larger than ${megabytes(limit)}`, {
        found: megabytes(found.size),
        remedy: 'check it in parts, for example a file a workspace (`deck gateway dump --all-workspaces`)',
        exitCode: EXIT.usage,
      });
    }
    return utf8Text(path, await readFile(path));
  } catch (error) {
    if (error instanceof KongDualClusterError) throw error;
    throw unreadable((error as NodeJS.ErrnoException).code ?? String(error), error);
  }
}

/**
 * Text is never guessed at: what is not UTF-8 would be written back as something else.
 * @throws KongDualClusterError INPUT_NOT_READABLE (exit 64)
 */
function utf8Text(name: string, bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw new KongDualClusterError('INPUT_NOT_READABLE', `${name} can not be read`, {
    found: 'bytes that are no UTF-8 text',
    remedy: 'save it as UTF-8, for example `iconv -f latin1 -t utf-8 FILE > NEW`, and check what it makes of letters',
    exitCode: EXIT.usage,
  });
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1_000_000)} MB`;

/**
 * Refuses a `--write` that would lose something; asked before the work and again when writing.
 * @param input file that was checked; undefined for a URL
 * @throws KongDualClusterError OUT_IS_INPUT, OUT_EXISTS, OUT_NOT_A_FILE (exit 64)
 */
export async function refuseOut(out: string, input: string | undefined, force = false): Promise<void> {
  const found = await stat(out).catch(() => undefined);
  if (found === undefined) return;
  const refused = (code: string, problem: string, remedy: string) =>
    new KongDualClusterError(code, problem, { found: out, remedy, exitCode: EXIT.usage });
  const source = input === undefined ? undefined : await stat(input).catch(() => undefined);
  if (source && source.dev === found.dev && source.ino === found.ino) {
    throw refused('OUT_IS_INPUT', '--write names the file that is checked', 'write to another file and compare');
  }
  if (!found.isFile()) throw refused('OUT_NOT_A_FILE', '--write names something that is no file', 'name a file');
  if (!force) throw refused('OUT_EXISTS', '--write names a file that exists', 'name another one, or add --force');
}

/**
 * Writes the mended file, whole or not at all.
 * @throws KongDualClusterError as `refuseOut`, OUT_NOT_WRITABLE
 */
export async function writeWhole(
  out: string,
  text: string,
  { input, force = false }: { readonly input: string | undefined; readonly force?: boolean | undefined },
): Promise<void> {
  await refuseOut(out, input, force);
  try {
    await writeAtomically(out, text);
  } catch (error) {
    throw new KongDualClusterError('OUT_NOT_WRITABLE', `${out} can not be written`, {
      found: (error as NodeJS.ErrnoException).code ?? String(error),
      remedy: 'name a file in a folder that exists and that you may write to, with room left',
      cause: error,
    });
  }
}
