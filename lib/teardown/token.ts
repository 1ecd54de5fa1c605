import { createHash } from 'node:crypto';
import type { Slot } from '../traffic/weights';

/** What a consent to destroy is good for: this slot's stack and this database, and no later one of the same name. */
export interface TeardownSubject {
  readonly account: string;
  readonly region: string;
  /** Id of the slot's stack: another one when it was made again. */
  readonly stackId: string;
  /** DbiResourceId of the slot's database. */
  readonly databaseResourceId: string;
  readonly slot: Slot;
}

/**
 * `blue-` and twelve hexadecimal digits: what `plan` prints and `teardown --token` takes where nobody can type a name.
 * The same until the stack or the database is another one. It is no secret: it says which thing is meant.
 */
export function teardownToken({ account, region, stackId, databaseResourceId, slot }: TeardownSubject): string {
  const subject = ['teardown', account, region, stackId, databaseResourceId, slot].join('\n');
  return `${slot}-${createHash('sha256').update(subject).digest('hex').slice(0, 12)}`;
}
