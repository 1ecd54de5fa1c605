import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type DescribeExecutionCommandOutput,
  type HistoryEvent,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { GateResult, RequestCounts } from '../traffic/gates';
import type { ShiftEvent } from '../traffic/shift-events';

/** A look at a stage as the shift machine tells it. */
export interface Watched {
  /** Index into the plan's stages, from 0. */
  readonly stage: number;
  /** Seconds since the stage has its weights. */
  readonly elapsed: number;
  readonly gates: readonly GateResult[];
  readonly counts: RequestCounts;
}

/** What an execution of the shift machine has told since the last time. */
export interface Told {
  readonly at: Date;
  readonly event?: ShiftEvent;
  readonly watched?: Watched;
}

/** Reads an execution of the shift machine: its states hand on the runner's events as `journal` (lib/traffic/state-machine.ts). */
export class ExecutionReader {
  private lastId = 0;

  constructor(
    private readonly sfn: Pick<SFNClient, 'send'>,
    readonly executionArn: string,
  ) {}

  describe(): Promise<DescribeExecutionCommandOutput> {
    return this.sfn.send(new DescribeExecutionCommand({ executionArn: this.executionArn }));
  }

  /** In order; the newest pages are read first, so that a long history is not read again and again. */
  async next(): Promise<Told[]> {
    const fresh: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.sfn.send(
        new GetExecutionHistoryCommand({
          executionArn: this.executionArn,
          includeExecutionData: true,
          reverseOrder: true,
          maxResults: 200,
          nextToken,
        }),
      );
      const events = page.events ?? [];
      fresh.push(...events.filter(({ id = 0 }) => id > this.lastId));
      nextToken = events.some(({ id = 0 }) => id <= this.lastId) ? undefined : page.nextToken;
    } while (nextToken !== undefined);
    fresh.sort((a, b) => (a.id ?? 0) - (b.id ?? 0));
    this.lastId = fresh.at(-1)?.id ?? this.lastId;
    return fresh.flatMap(toldBy);
  }
}

/** Of Choice and Wait the output is the input again, so only tasks and Pass states are asked. */
export function toldBy({ type, timestamp, stateExitedEventDetails }: HistoryEvent): Told[] {
  if (type !== 'TaskStateExited' && type !== 'PassStateExited') return [];
  const output = JSON.parse(stateExitedEventDetails?.output ?? '{}') as {
    readonly journal?: readonly ShiftEvent[];
    readonly watched?: Watched;
  };
  const at = timestamp ?? new Date(0);
  return [
    ...(output.journal ?? []).map((event) => ({ at, event })),
    ...(output.watched ? [{ at, watched: output.watched }] : []),
  ];
}
