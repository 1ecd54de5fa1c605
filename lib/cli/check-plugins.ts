import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { checkSources } from '../compatibility/plugins/check';
import { languageOf, type SourceText } from '../compatibility/plugins/source';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { reportFindings, upgradeOf, type PluginsFlags } from './check';
import type { Context } from './context';

/** Bytes of one file; what is larger is no source that somebody wrote. */
const MAX_FILE = 5_000_000;
/** Of what a rule reads, all together. */
const MAX_FILES = 20_000;
const MAX_BYTES = 200_000_000;
const SKIPPED = new Set(['node_modules', '.git', '.hg', '.svn', '.terraform', '__pycache__', '.venv', 'cdk.out']);

interface Walked {
  readonly texts: SourceText[];
  /** Paths of files that were left out because of their size or because they are binary. */
  readonly leftOut: string[];
}

/**
 * `kong-dual-cluster check plugins FOLDER`: custom plugins' sources, and the scripts and image definitions beside them.
 * @throws KongDualClusterError PLUGINS_NOT_A_FOLDER, PLUGINS_NO_SOURCES, PLUGINS_TOO_MANY, INPUT_NOT_READABLE (exit 64)
 */
export async function runCheckPlugins(context: Context, folder: string, flags: PluginsFlags): Promise<ExitCode> {
  const upgrade = upgradeOf(flags);
  context.progress.step(`Reading ${folder}`);
  const { texts, leftOut } = await readFolder(folder);
  if (texts.length === 0) {
    throw new KongDualClusterError('PLUGINS_NO_SOURCES', `${folder} holds no source that is looked at`, {
      found: leftOut.length > 0 ? `only files that were left out: ${leftOut.slice(0, 3).join(', ')}` : 'no such file',
      remedy: 'name the folder of your custom plugins (Lua, Python, JavaScript), Dockerfiles or scripts',
      exitCode: EXIT.usage,
    });
  }
  const checked = checkSources(texts, upgrade, {
    nameOf: (path) => join(folder, path),
    root: basename(resolve(folder)),
  });
  for (const path of leftOut)
    context.progress.note(`not looked at (binary, or larger than 5 MB): ${join(folder, path)}`);
  return reportFindings(context, { target: folder, upgrade, findings: checked.findings, rules: checked.rules });
}

/** Every text file below the folder that a rule reads, links followed once. */
export async function readFolder(folder: string): Promise<Walked> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => error.code ?? String(error));
  if (typeof found === 'string' || !found.isDirectory()) {
    throw new KongDualClusterError('PLUGINS_NOT_A_FOLDER', `${folder} is no folder that can be read`, {
      found: typeof found === 'string' ? found : 'a file',
      remedy: 'name the folder that holds the sources, for example kong/plugins',
      exitCode: EXIT.usage,
    });
  }
  const walked: Walked = { texts: [], leftOut: [] };
  const seen = new Set<string>();
  const waiting = [folder];
  let bytes = 0;
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const real = await orRefuse(at, realpath(at));
    // A link back up, or two links to the same folder.
    if (seen.has(real)) continue;
    seen.add(real);
    for (const entry of await orRefuse(at, readdir(at, { withFileTypes: true }))) {
      const path = join(at, entry.name);
      const isLink = entry.isSymbolicLink();
      // A link to nowhere holds nothing.
      const target = isLink ? await stat(path).catch(() => undefined) : entry;
      if (target?.isDirectory()) {
        if (!SKIPPED.has(entry.name)) waiting.push(path);
      } else if (target?.isFile() && languageOf(path.split(sep).join('/')) !== undefined) {
        const text = await readSource(path);
        const name = relative(folder, path).split(sep).join('/');
        if (text === undefined) walked.leftOut.push(name);
        else walked.texts.push({ path: name, text });
        bytes += text?.length ?? 0;
        if (walked.texts.length > MAX_FILES || bytes > MAX_BYTES) throw tooMany(folder);
      }
    }
  }
  walked.leftOut.sort();
  return walked;
}

/** Undefined: too large or binary. */
async function readSource(path: string): Promise<string | undefined> {
  const { size } = await orRefuse(path, stat(path));
  if (size > MAX_FILE) return undefined;
  const text = await orRefuse(path, readFile(path, 'utf8'));
  return text.includes('\0') ? undefined : text;
}

/** A source that can not be read is not passed over: the check would be a whole one that it is not. */
async function orRefuse<T>(path: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw new KongDualClusterError('INPUT_NOT_READABLE', `${path} can not be read`, {
      found: (error as NodeJS.ErrnoException).code ?? String(error),
      remedy: 'give yourself the right to read it, or check a folder without it',
      exitCode: EXIT.usage,
      cause: error,
    });
  }
}

const tooMany = (folder: string): KongDualClusterError =>
  new KongDualClusterError('PLUGINS_TOO_MANY', `${folder} holds more sources than are read at once`, {
    found: `more than ${MAX_FILES} files or ${MAX_BYTES / 1_000_000} MB`,
    remedy: 'name the folder of the plugins, not the one of everything',
    exitCode: EXIT.usage,
  });
