import { readFile } from 'node:fs/promises';
import { KongDualClusterError } from '../errors';
import { writeAtomically } from './atomic-write';
import { EMPTY_LOCK, lockSchema } from './schema';
import type { Lock } from './schema';

/** The lock file beside a settings file: `dual-cluster.lock.json` of `dual-cluster.yaml`. */
export const lockPathOf = (settingsPath: string): string => `${settingsPath.replace(/\.ya?ml$/, '')}.lock.json`;

/**
 * A missing file is an empty lock: nothing was restored yet.
 * @throws KongDualClusterError LOCK_INVALID
 */
export async function readLock(path: string): Promise<Lock> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return EMPTY_LOCK;
    throw invalid(path, String(error));
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(path, (error as Error).message);
  }
  const result = lockSchema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(
    path,
    result.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`).join('; '),
  );
}

/** Checked before it is written; the old file stays when it is not valid or the write fails. */
export async function writeLock(path: string, lock: Lock): Promise<void> {
  const result = lockSchema.safeParse(lock);
  if (!result.success) throw invalid(path, result.error.message);
  await writeAtomically(path, `${JSON.stringify(result.data, null, 2)}\n`);
}

const invalid = (path: string, found: string): KongDualClusterError =>
  new KongDualClusterError('LOCK_INVALID', `${path} is not a lock file of this version`, {
    found,
    remedy: `bring back the committed one (\`git checkout -- ${path}\`); never edit it by hand: it is what keeps a restored database from being replaced`,
  });
