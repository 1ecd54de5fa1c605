import { isUtf8 } from 'node:buffer';
import { constants, createReadStream, openSync } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { dirname } from 'node:path';
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
 * The text of the file to check, which may be a pipe (`<(command)`, a FIFO) too.
 * @param limit bytes; what is larger is refused, a regular file before it is read
 * @throws KongDualClusterError INPUT_NOT_READABLE, INPUT_TOO_LARGE (exit 64)
 */
export async function readInput(path: string, limit: number): Promise<string> {
  const unreadable = (found: string, remedy = 'name a file that exists and that you may read', cause?: unknown) =>
    new KongDualClusterError('INPUT_NOT_READABLE', `${path} can not be read`, {
      found,
      remedy,
      exitCode: EXIT.usage,
      cause,
    });
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw unreadable('a folder');
    if (found.isFIFO()) return await readText(pipe(path), path, limit);
    if (!found.isFile()) throw unreadable('a device or a socket', 'name a file or a pipe');
    if (found.size > limit) throw tooLarge(path, limit, megabytes(found.size));
    return await readText(createReadStream(path, { highWaterMark: 1 << 20 }), path, limit);
  } catch (error) {
    if (error instanceof KongDualClusterError) throw error;
    throw unreadable((error as NodeJS.ErrnoException).code ?? String(error), undefined, error);
  }
}

/** Opened without waiting for somebody who writes: a thread that waits in `open` would outlive a Ctrl-C. */
const pipe = (path: string): Socket =>
  new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false });

/**
 * All of a stream, counted while it is read: nothing tells beforehand how much a pipe holds.
 * @param name of what is read, for errors
 * @param limit bytes
 * @throws KongDualClusterError INPUT_NOT_READABLE (no UTF-8), INPUT_TOO_LARGE (exit 64)
 */
export async function readText(stream: AsyncIterable<Buffer>, name: string, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limit) throw tooLarge(name, limit, `${megabytes(size)} and more`);
  }
  return utf8Text(name, Buffer.concat(chunks, size));
}

const tooLarge = (name: string, limit: number, found: string): KongDualClusterError =>
  new KongDualClusterError('INPUT_TOO_LARGE', `${name} is larger than ${megabytes(limit)}`, {
    found,
    remedy: 'check it in parts, for example a file a workspace (`deck gateway dump --all-workspaces`)',
    exitCode: EXIT.usage,
  });

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
 * @throws KongDualClusterError OUT_IS_INPUT, OUT_EXISTS, OUT_NOT_A_FILE, OUT_NOT_WRITABLE (exit 64)
 */
export async function refuseOut(out: string, input: string | undefined, force = false): Promise<void> {
  // It is written beside the file that it replaces, through a link.
  const folder = out.endsWith('/') ? out : dirname(await realpath(out).catch(() => out));
  await access(`${folder}/`, constants.W_OK | constants.X_OK).catch((error: unknown) => {
    throw notWritable(out, error, EXIT.usage);
  });
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
    throw notWritable(out, error);
  }
}

const notWritable = (out: string, error: unknown, exitCode?: ExitCode): KongDualClusterError =>
  new KongDualClusterError('OUT_NOT_WRITABLE', `${out} can not be written`, {
    found: (error as NodeJS.ErrnoException).code ?? String(error),
    remedy: 'name a file in a folder that exists and that you may write to, with room left',
    ...(exitCode === undefined ? {} : { exitCode }),
    cause: error,
  });
