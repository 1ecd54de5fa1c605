import { setFlagsFromString } from 'node:v8';
import { checkDeclarative } from '../compatibility/declarative/check';
import { readDeclarative, type DeclarativeDocument } from '../compatibility/declarative/document';
import { rewriteChecked } from '../compatibility/declarative/rewrite';
import { RULES } from '../compatibility/declarative/rules';
import type { Upgrade } from '../compatibility/changes';
import { readKongConf } from '../compatibility/kong-conf/read';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { readAdminApi } from '../kong/admin-api';
import { readInput, readText, refuseOut, reportFindings, upgradeOf, writeWhole, type DeclarativeFlags } from './check';
import type { Context } from './context';

/**
 * Bytes of a file. Reading takes about 40 times its size in memory (measured, `npm run bench -- --only declarative`), so
 * that a file of this size fits into the heap of 2 GB that Node gives itself on most machines.
 */
const LIMIT = 32_000_000;
const CONF_LIMIT = 10_000_000;

/**
 * `check declarative [FILE] [--admin URL]`: what an upgrade changes for the entities of a declarative file or of a live
 * Admin API; with --write the file with everything mended that is safe.
 */
export async function runCheckDeclarative(
  context: Context,
  file: string | undefined,
  flags: DeclarativeFlags,
): Promise<ExitCode> {
  // Else the room for young objects grows to 48 MB, for events that live no longer than a piece of the file: a quarter more
  // memory and no time saved (measured, `npm run bench -- --only declarative`).
  setFlagsFromString('--semi-space-growth-factor=1');
  const upgrade = upgradeOf(flags);
  refuseMixed(file, flags);
  const { write, force, admin, kongConf } = flags;
  if (write !== undefined) await refuseOut(write, file, force);
  context.ifInterrupted('nothing was written');
  const conf = kongConf === undefined ? undefined : await settingsOf(kongConf);
  const target = admin ?? (file === '-' ? 'standard input' : file!);
  context.progress.step(`reading ${target}`);
  const document = await documentOf(context, file, admin, upgrade);
  for (const note of document.notes) context.progress.note(note);
  context.progress.step('checking');
  const { findings, rules, mended } = checkDeclarative(
    document,
    { upgrade, formatVersion: document.formatVersion, conf },
    RULES,
  );
  if (write !== undefined) {
    context.progress.step(`writing ${write}`);
    await writeWhole(write, rewriteChecked(document.tree, target), { input: file, force });
  }
  const written = write === undefined ? {} : { rewritten: mended, wrote: write };
  return reportFindings(context, { target, upgrade, findings, rules, ...written });
}

/** Of a file, of standard input (`-`), or of an Admin API. */
export async function documentOf(
  context: Context,
  file: string | undefined,
  admin: string | undefined,
  upgrade: Upgrade,
): Promise<DeclarativeDocument> {
  if (file === '-') {
    const stdin = process.stdin as AsyncIterable<Buffer>;
    return readDeclarative(await readText(stdin, 'standard input', LIMIT), 'standard input', upgrade);
  }
  if (admin === undefined) return readDeclarative(await readInput(file!, LIMIT), file!, upgrade);
  return readAdminApi(admin, upgrade, {
    token: process.env.KONG_ADMIN_TOKEN,
    onTable: (table) => context.progress.update(undefined, table),
  });
}

/** The last setting of a name wins, as in Kong. */
async function settingsOf(file: string): Promise<Readonly<Record<string, string>>> {
  const { settings } = readKongConf(await readInput(file, CONF_LIMIT), file);
  return Object.fromEntries(settings.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
}

/** @throws KongDualClusterError CHECK_WHAT, CHECK_WRITE_OF_ADMIN (exit 64) */
function refuseMixed(file: string | undefined, { admin, write, from, to }: DeclarativeFlags): void {
  if ((file === undefined) === (admin === undefined)) {
    throw new KongDualClusterError('CHECK_WHAT', 'give one thing to check: a file, or --admin with a URL', {
      found: file === undefined ? 'neither' : `${file} and --admin ${admin}`,
      remedy: 'for example `kong-dual-cluster check declarative kong.yaml --from 2.8 --to 3.4`',
      exitCode: EXIT.usage,
    });
  }
  if (admin !== undefined && write !== undefined) {
    throw new KongDualClusterError('CHECK_WRITE_OF_ADMIN', '--write mends a file, and an Admin API is none', {
      found: `--admin ${admin} --write ${write}`,
      remedy: `dump it, then check the dump: \`deck gateway dump --kong-addr ${admin} -o kong.yaml\`, then \`kong-dual-cluster check declarative kong.yaml --from ${from} --to ${to} --write ${write}\``,
      exitCode: EXIT.usage,
    });
  }
}
