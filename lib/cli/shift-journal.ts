import { SFNClient } from '@aws-sdk/client-sfn';
import { ExecutionReader } from '../deployed/execution';
import type { Look } from '../render/shift-view';
import { told } from '../runner/failures';
import type { JournalStore } from '../runner/journals';
import type { MachineInput } from '../traffic/machine-input';
import { HOST } from '../traffic/machine-tasks';
import type { JournalLine, ShiftStart } from '../traffic/shift-events';
import type { ShiftRecord } from '../traffic/shift-record';
import type { DeployedSystem } from './system';

/** Lines of a shift from where they can be read from here, or where they are. */
export interface LinesRead {
  readonly lines: readonly JournalLine[];
  /** Why there are none, in words. */
  readonly trouble?: string | undefined;
  /** Newer than what the journal has. */
  readonly look?: Look;
}

/**
 * The journal of the shift that the shared record names: beside the settings, in a bucket, or, of a shift on AWS, the
 * history of its execution. What was read is kept: a journal only grows.
 */
export class JournalOfRecord {
  private store: Promise<JournalStore> | undefined;
  private known: JournalLine[] = [];
  private newest: Look | undefined;
  private execution: { readonly reader: ExecutionReader; readonly arn: string } | undefined;

  constructor(private readonly system: DeployedSystem) {}

  async read(record: ShiftRecord): Promise<LinesRead> {
    try {
      const lines = record.host === HOST ? await this.ofExecution(record) : await this.ofStore(record);
      return lines.length > 0
        ? { lines, ...(this.newest && { look: this.newest }) }
        : { lines, trouble: elsewhere(record, this.system) };
    } catch (error) {
      return { lines: [], trouble: `it cannot be read: ${told(error)}` };
    }
  }

  private async ofStore({ run }: ShiftRecord): Promise<JournalLine[]> {
    this.store ??= this.system.journals();
    const known = this.known[0]?.type === 'started' && this.known[0].run === run ? this.known : [];
    return (this.known = await (await this.store).read(run, known));
  }

  private async ofExecution({ run, journal: arn, startedAt }: ShiftRecord): Promise<JournalLine[]> {
    if (this.execution?.arn !== arn) {
      const reader = new ExecutionReader(new SFNClient({ region: this.system.region }), arn);
      const { input = '{}' } = await reader.describe();
      const start = (JSON.parse(input) as MachineInput).start as ShiftStart;
      this.execution = { reader, arn };
      this.known = [{ n: 1, at: startedAt, type: 'started', ...start, run }];
    }
    for (const { at, event, watched } of await this.execution.reader.next()) {
      if (event && event.type !== 'started')
        this.known.push({ n: this.known.length + 1, at: at.toISOString(), ...event });
      if (watched) this.newest = { gates: watched.gates, counts: watched.counts, at: at.getTime() };
    }
    return [...this.known];
  }
}

function elsewhere({ host, journal, run }: ShiftRecord, { settings }: DeployedSystem): string {
  if (settings.shift.journal !== undefined) return `there is no journal of run ${run} in ${settings.shift.journal}`;
  return `it is on ${host}: ${journal}; with shift.journal: s3://BUCKET every machine reads it`;
}
