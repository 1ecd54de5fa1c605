import { FileJournals, journalFolder } from '../runner/journal';
import type { JournalStore } from '../runner/journals';
import type { Settings } from '../settings/schema';

/** A bucket that hangs must not hold up a rollback for longer than a few seconds. */
const LIMITS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1500, requestTimeout: 2000, throwOnRequestTimeout: true },
};

/** Journals beside the settings, or in the bucket that `shift.journal` names. @param region of the bucket */
export async function openJournals(
  { name, shift }: Settings,
  settingsPath: string,
  region: string,
): Promise<JournalStore> {
  if (shift.journal === undefined) return new FileJournals(journalFolder(settingsPath, name));
  const [{ S3Client }, { S3Journals }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('../runner/s3-journal.js'),
  ]);
  // Path style works with every bucket name and every endpoint.
  return new S3Journals(new S3Client({ region, forcePathStyle: true, ...LIMITS }), shift.journal, name);
}
