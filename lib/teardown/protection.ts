import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeDBInstancesCommand, ModifyDBInstanceCommand, type RDSClient } from '@aws-sdk/client-rds';

/** A database in the middle of its backup takes no change; that passes within this time, milliseconds. */
const BUSY_MS = 10 * 60 * 1000;

/**
 * Switches the deletion protection of one database off, only if it is on. Without ApplyImmediately, which would also
 * apply whatever waits for the maintenance window; the protection changes at once either way.
 * @returns whether it was on
 */
export async function unprotect(rds: RDSClient, identifier: string): Promise<boolean> {
  const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
  if (!DBInstances?.[0]?.DeletionProtection) return false;
  for (const end = Date.now() + BUSY_MS; ;) {
    try {
      await rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: identifier, DeletionProtection: false }));
      return true;
    } catch (error) {
      if (!(error instanceof Error && /^InvalidDBInstanceState/.test(error.name)) || Date.now() > end) throw error;
      await sleep(5000);
    }
  }
}
