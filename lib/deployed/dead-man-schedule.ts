import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ResourceNotFoundException,
  UpdateScheduleCommand,
  type CreateScheduleCommandInput,
  type SchedulerClient,
} from '@aws-sdk/client-scheduler';

/** What stands: which run it is of, and when it fires. */
export interface DeadManReading {
  readonly run: string;
  /** ISO 8601. */
  readonly at: string;
}

/** What fires, and who lets it. */
export interface DeadManTarget {
  /** The edge's rollback machine. */
  readonly machineArn: string;
  /** Role by which EventBridge Scheduler starts it. */
  readonly roleArn: string;
}

/** One a system: two shifts never run at once, and a new one takes it over. */
export const deadManName = (system: string): string => `${system}-dead-man`;

/**
 * The one-time schedule that starts the edge's rollback machine (EventBridge Scheduler, "Schedule types": `at()`, seconds in
 * UTC, invoked within the minute; it deletes itself when it has fired). The machine looks at run, phase, weights and the old
 * slot's nodes before it writes.
 */
export class DeadManSchedule {
  private readonly name: string;

  constructor(
    private readonly scheduler: SchedulerClient,
    system: string,
    private readonly target?: DeadManTarget,
  ) {
    this.name = deadManName(system);
  }

  /** Whether the edge has what it needs. */
  get isPossible(): boolean {
    return this.target !== undefined;
  }

  /** Sets it, or moves the one that stands. */
  async arm({ run, why, at }: { readonly run: string; readonly why: string; readonly at: Date }): Promise<void> {
    if (this.target === undefined) throw new Error('the edge has no rollback machine');
    // The clock of AWS as the SDK has learned it: a machine whose clock is behind would set a time that is over.
    const time = new Date(at.getTime() + this.scheduler.config.systemClockOffset);
    const input: CreateScheduleCommandInput = {
      Name: this.name,
      Description: `${run}: puts the weights back when its runner gives no sign of life`,
      ScheduleExpression: `at(${time.toISOString().slice(0, 19)})`,
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: this.target.machineArn,
        RoleArn: this.target.roleArn,
        Input: JSON.stringify({ run, why }),
        // An execution that could not be started for a quarter of an hour would come as a surprise.
        RetryPolicy: { MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 20 },
      },
    };
    try {
      await this.scheduler.send(new UpdateScheduleCommand(input));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      await this.scheduler.send(new CreateScheduleCommand(input)).catch((made: unknown) => {
        // An answer was lost, and the SDK asked again.
        if (!(made instanceof ConflictException)) throw made;
        return this.scheduler.send(new UpdateScheduleCommand(input));
      });
    }
  }

  /** Takes it away; nothing when there is none. */
  async disarm(): Promise<void> {
    try {
      await this.scheduler.send(new DeleteScheduleCommand({ Name: this.name }));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  }

  /** The one that stands; undefined when there is none. */
  async read(): Promise<DeadManReading | undefined> {
    try {
      const { ScheduleExpression, Target } = await this.scheduler.send(new GetScheduleCommand({ Name: this.name }));
      const [, at] = /^at\((.*)\)$/.exec(ScheduleExpression ?? '') ?? [];
      if (at === undefined) return undefined;
      const { run = '' } = JSON.parse(Target?.Input ?? '{}') as { run?: string };
      return { run, at: `${at}Z` };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }
}
