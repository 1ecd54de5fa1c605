import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { told } from '../runner/failures';
import { textWithoutSecrets, withoutSecrets } from '../runner/without-secrets';
import { lockPathOf, readLock } from '../settings/lock-file';
import type { Context } from './context';
import { DeployedSystem, here } from './system';
import { tarGz } from './tar';
import { version } from './version';

export interface EvidenceFlags {
  out: string;
}

/**
 * Everything that says what a shift did and why, in one folder or archive, without secrets. What cannot be read is told in its
 * place: a bundle is wanted most when something is broken.
 * @throws KongDualClusterError EVIDENCE_EXISTS, EVIDENCE_NO_RUN (exit 64), EVIDENCE_NOT_WRITABLE
 */
export async function runShiftEvidence(
  context: Context,
  run: string | undefined,
  { out }: EvidenceFlags,
): Promise<ExitCode> {
  context.progress.step('collect');
  const path = resolve(out);
  await refuseThere(path, out);
  context.ifInterrupted('nothing was written');
  const system = await DeployedSystem.open(context);
  const wanted = run ?? (await lastRun(system));
  const files = await evidence(system, wanted);
  context.progress.step(`write ${out}`);
  await write(path, out, files);
  context.progress.end();
  const names = [...files.keys()];
  context.print(`${out}: ${names.length} files of run ${wanted}, without secrets\n  ${names.join('\n  ')}`, {
    out,
    run: wanted,
    files: names,
  });
  return EXIT.done;
}

async function lastRun(system: DeployedSystem): Promise<string> {
  const record = await system.table.readShift().catch(() => undefined);
  const run = record?.run ?? (await (await system.journals()).runs())[0];
  if (run !== undefined) return run;
  throw noRun('no shift in the table of the edge, and no journal');
}

const noRun = (found: string): KongDualClusterError =>
  new KongDualClusterError('EVIDENCE_NO_RUN', 'there is no shift to tell of', {
    found,
    remedy: '`kong-dual-cluster shift status` says where the traffic is',
    exitCode: EXIT.usage,
  });

async function evidence(system: DeployedSystem, run: string): Promise<Map<string, string>> {
  const { settings, context } = system;
  const journals = await system.journals();
  const lines = await journals.read(run).catch((error: unknown) => [{ unread: told(error) }]);
  if (lines.length === 0) throw noRun(`no journal of ${run} in ${journals.where}`);
  const [first] = lines;
  const alarms = first && 'alarms' in first ? first.alarms : system.alarmNames(settings.live);
  const parts: Record<string, Promise<unknown>> = {
    'settings.json': Promise.resolve(settings),
    'lock-file.json': readLock(lockPathOf(context.settingsPath)),
    'router.json': system.router.read(),
    'alarms.json': system.alarms(alarms),
    'shift-record.json': system.table.readShift().then((record) => record ?? null),
    'lock.json': system.table.readLock().then((lock) => lock ?? null),
    'nodes.json': Promise.all([system.capacity('blue'), system.capacity('green')]),
    'dead-man.json': system.deadMan().isPossible
      ? system
          .deadMan()
          .read()
          .then((timer) => timer ?? null)
      : Promise.resolve(null),
    'versions.json': Promise.resolve({
      'kong-dual-cluster': version(),
      node: process.version,
      kong: Object.fromEntries(Object.entries(settings.slots).map(([slot, each]) => [slot, each?.version])),
      router: system.router.capabilities.name,
      account: system.account,
      region: system.region,
      collectedAt: new Date(here.now()).toISOString(),
      collectedBy: system.caller,
    }),
  };
  const files = new Map([
    ['journal.ndjson', lines.map((line) => `${JSON.stringify(withoutSecrets(line))}\n`).join('')],
  ]);
  for (const [name, part] of Object.entries(parts)) {
    const value = await part.catch((error: unknown) => ({ unread: told(error) }));
    files.set(name, `${JSON.stringify(withoutSecrets(value), undefined, 2)}\n`);
  }
  const sums = [...files].map(([name, text]) => `${createHash('sha256').update(text).digest('hex')}  ${name}\n`);
  return files.set('SHA256SUMS', textWithoutSecrets(sums.join('')));
}

async function refuseThere(path: string, out: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there === undefined) return;
  throw new KongDualClusterError('EVIDENCE_EXISTS', 'evidence is never written over', {
    found: `${out} is there already`,
    remedy: 'give another name to --out',
    exitCode: EXIT.usage,
  });
}

/** As a whole or not at all. */
async function write(path: string, out: string, files: ReadonlyMap<string, string>): Promise<void> {
  let folder: string | undefined;
  try {
    await mkdir(dirname(path), { recursive: true });
    folder = await mkdtemp(join(dirname(path), '.evidence-'));
    const isArchive = /\.(tar\.gz|tgz)$/.test(path);
    if (isArchive) await writeFile(join(folder, 'archive'), tarGz(files, Math.floor(here.now() / 1000)));
    else for (const [name, text] of files) await writeFile(join(folder, name), text);
    await rename(isArchive ? join(folder, 'archive') : folder, path);
  } catch (error) {
    throw new KongDualClusterError('EVIDENCE_NOT_WRITABLE', 'the evidence cannot be written', {
      found: `${out}: ${(error as Error).message}`,
      remedy: 'give --out a place that you may write to',
      cause: error,
    });
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}
