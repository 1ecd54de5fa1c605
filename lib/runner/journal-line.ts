import { KongDualClusterError } from '../errors';
import { EVENT_TYPES, type JournalLine } from '../traffic/shift-events';

/** A line of a journal. @param where for the error: path and line @throws KongDualClusterError JOURNAL_DAMAGED */
export function lineOf(text: string, where: string): JournalLine {
  try {
    return eventOf(JSON.parse(text));
  } catch (error) {
    throw new KongDualClusterError('JOURNAL_DAMAGED', 'a line of the journal cannot be read', {
      found: `${where}: ${(error as Error).message}`,
      remedy: '`kong-dual-cluster shift abort` needs no journal: it puts the weights back by the edge’s table',
      cause: error,
    });
  }
}

/** @throws Error when it is no line of a journal */
function eventOf(value: unknown): JournalLine {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  if (!EVENT_TYPES.has(type)) throw new Error(`no event of a shift: ${JSON.stringify(type) ?? 'no type'}`);
  return value as JournalLine;
}
