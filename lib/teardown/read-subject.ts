import type { RDSClient } from '@aws-sdk/client-rds';
import { ownIdentifier } from '../blueprint/datastore';
import { SLOT_OUTPUTS } from '../blueprint/output-names';
import { readDatabase, type DatabaseReading } from '../datastore/read-database';
import type { StackReading, Stacks } from '../deployed/stacks';
import type { Settings } from '../settings/schema';
import type { Slot } from '../traffic/weights';

/** What of a slot would go. */
export interface SlotDeployed {
  readonly slot: Slot;
  readonly stackName: string;
  /** Undefined when it is gone, or was never there. */
  readonly stack?: StackReading;
  readonly database: {
    readonly identifier: string;
    /** DbiResourceId, as the stack published it; empty when nothing says it. */
    readonly resourceId: string;
    /** Whether it goes with the stack; a database that somebody else made stays. */
    readonly ours: boolean;
    /** Undefined when it is gone. */
    readonly reading?: DatabaseReading;
  };
}

/**
 * Reads stack and database of a slot; for the token of `plan` as for `teardown`.
 * @param notedId id of the stack as the last shift noted it
 */
export async function readSlotDeployed(
  clients: { readonly stacks: Stacks; readonly rds: RDSClient },
  settings: Settings,
  slot: Slot,
  notedId?: string,
): Promise<SlotDeployed> {
  const stackName = `${settings.name}-${slot}`;
  const datastore = settings.slots[slot]?.datastore;
  const ours = datastore === undefined || !('existing' in datastore);
  const identifier = ours ? ownIdentifier(settings.name, slot) : datastore.existing.identifier;
  const reading = await readDatabase(clients.rds, identifier);
  const found = await clients.stacks.find(stackName);
  // An interrupted `terraform destroy` has taken parameters away, the id's among them, and the database stands: so does the slot.
  const half = settings.terraform !== undefined && ours && reading !== undefined && reading.status !== 'deleting';
  const left = found ?? (half ? { name: stackName, id: '', outputs: {} } : undefined);
  const stack = left && { ...left, id: left.id || (notedId ?? '') };
  const resourceId = stack?.outputs[SLOT_OUTPUTS.databaseResourceId] ?? reading?.resourceId ?? '';
  return {
    slot,
    stackName,
    ...(stack && { stack }),
    database: { identifier, resourceId, ours, ...(reading && { reading }) },
  };
}
