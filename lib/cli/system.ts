import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { clockAhead } from '../deployed/clock';
import { readCapacity, serviceOf, type CapacityReading } from '../deployed/capacity';
import { pinFloor } from '../deployed/autoscaling-floor';
import { DeadManSchedule } from '../deployed/dead-man-schedule';
import { readEdge, type EdgeReading } from '../deployed/read-edge';
import type { Notifier } from '../deployed/notify';
import { ShiftTable } from '../deployed/shift-table';
import { openStacks, type Stacks } from '../deployed/stacks';
import { readAlarms } from '../metrics/alarms';
import { minuteSources, type MinuteSources } from '../metrics/minute-sources';
import type { TrafficRouter } from '../routers/router';
import type { JournalStore } from '../runner/journals';
import type { LockSurroundings } from '../runner/lock';
import { loadSettings } from '../settings/load';
import type { Settings } from '../settings/schema';
import type { RequestCounts } from '../traffic/gates';
import type { MinuteSource } from '../traffic/minutes';
import { SLOTS, type Slot } from '../traffic/weights';
import { accountAndRegion } from './aws-clients';
import type { Context } from './context';
import { openJournals } from './open-journals';
import { openRouter } from './open-router';

/** Attempts of an AWS call: a throttled one is worth waiting for, about 10 s in all. */
const ATTEMPTS = 6;
/** A call that does not answer is tried again; a runner that hangs cannot roll back. Milliseconds. */
const TIMEOUTS = { connectionTimeout: 3000, requestTimeout: 8000, throwOnRequestTimeout: true };

/** The lock is asked before every write: a table that hangs must not hold up a rollback for longer than a few seconds. */
const TABLE_LIMITS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1500, requestTimeout: 2000, throwOnRequestTimeout: true },
};

/** A deployed system as the commands of the road work on it: its settings, its edge and the clients for both. */
export class DeployedSystem {
  private constructor(
    readonly context: Context,
    readonly settings: Settings,
    readonly account: string,
    readonly region: string,
    /** ARN of the caller. */
    readonly caller: string,
    readonly edge: EdgeReading,
    readonly router: TrafficRouter,
    readonly elb: ElasticLoadBalancingV2Client,
    readonly stacks: Stacks,
    readonly cloudWatch: CloudWatchClient,
    private readonly dynamo: DynamoDBClient,
    private readonly ecs: ECSClient,
    private readonly scaling: ApplicationAutoScalingClient,
  ) {}

  /** @throws KongDualClusterError SETTINGS_…, OTHER_ACCOUNT, OTHER_REGION, STACK_NOT_FOUND, EDGE_OUTDATED */
  static async open(context: Context): Promise<DeployedSystem> {
    const settings = await loadSettings(context.settingsPath);
    const { account, region, caller } = await accountAndRegion(context, settings);
    const options = { region, maxAttempts: ATTEMPTS, requestHandler: TIMEOUTS };
    const stacks = await openStacks(settings, options);
    const elb = new ElasticLoadBalancingV2Client(options);
    const edge = await readEdge(stacks, settings);
    return new DeployedSystem(
      context,
      settings,
      account,
      region,
      caller,
      edge,
      await openRouter({ settings, edge, region, elb }),
      elb,
      stacks,
      new CloudWatchClient(options),
      new DynamoDBClient({ region, ...TABLE_LIMITS }),
      new ECSClient(options),
      new ApplicationAutoScalingClient(options),
    );
  }

  get table(): ShiftTable {
    return new ShiftTable(this.dynamo, this.edge.shiftTable);
  }

  /** How far this machine's clock is ahead of the one of AWS, seconds. */
  clockAhead(): Promise<number | undefined> {
    return clockAhead(this.dynamo, () => this.table.readLock(), here.now);
  }

  async capacity(slot: Slot): Promise<CapacityReading> {
    const service = await serviceOf(this.stacks, this.settings, slot);
    return readCapacity({ elb: this.elb, ecs: this.ecs }, slot, this.edge.targetGroupArns[slot], service);
  }

  /** Raises the autoscaling floor of a slot; nothing where its nodes are not an ECS service. */
  async pinFloor(reading: CapacityReading, nodes: number): Promise<void> {
    if (!reading.service) return;
    const pinned = await pinFloor(this.scaling, reading.service, nodes);
    if (pinned) {
      this.context.progress.note(
        `autoscaling floor of ${reading.slot} raised from ${pinned.before} to ${pinned.now} until the teardown`,
      );
    }
  }

  readonly alarms = (names: readonly string[]) => readAlarms(this.cloudWatch, names);

  /** Alarms that roll a shift to a slot back: the edge's of that slot and of the load balancer, and the owner's. */
  alarmNames(to: Slot, more: readonly string[] = []): string[] {
    const { alarmNames } = this.edge;
    return [...new Set([...alarmNames[to], ...alarmNames.loadBalancer, ...this.settings.shift.alarms, ...more])];
  }

  /** What tells requests and bad answers by slot and minute. */
  minuteSources(): MinuteSources {
    const { settings, edge, cloudWatch } = this;
    return minuteSources({ shift: settings.shift, edge, cloudWatch });
  }

  /** The timer that brings the old slot back; an edge of an earlier version has nothing that it could start. */
  deadMan(): DeadManSchedule {
    const { rollbackMachineArn: machineArn, schedulerRoleArn: roleArn } = this.edge;
    // Asked on the way of every shift: it must not hold up a raise for longer than the lock does.
    return new DeadManSchedule(
      new SchedulerClient({ region: this.region, ...TABLE_LIMITS }),
      this.settings.name,
      machineArn !== undefined && roleArn !== undefined ? { machineArn, roleArn } : undefined,
    );
  }

  /** Journals beside the settings, or in the bucket that `shift.journal` names. */
  journals(): Promise<JournalStore> {
    return openJournals(this.settings, this.context.settingsPath, this.region);
  }

  /** Tells people elsewhere; absent where `shift.notify` names nobody. */
  async notifier(): Promise<Notifier | undefined> {
    const { topicArn, webhook } = this.settings.shift.notify;
    if (topicArn === undefined && webhook === undefined) return undefined;
    const [{ SNSClient }, { SecretsManagerClient }, { Notifier }] = await Promise.all([
      import('@aws-sdk/client-sns'),
      import('@aws-sdk/client-secrets-manager'),
      import('../deployed/notify.js'),
    ]);
    const { progress } = this.context;
    return new Notifier(
      { ...(topicArn !== undefined && { topicArn }), ...(webhook && { webhook }) },
      {
        sns: new SNSClient({ region: regionOf(topicArn) ?? this.region, ...TABLE_LIMITS }),
        secrets: new SecretsManagerClient({ region: regionOf(webhook?.secretArn) ?? this.region, ...TABLE_LIMITS }),
        sleep: here.sleep,
        tell: (what) => progress.note(`  ${what}`),
      },
    );
  }
}

/** A topic or a secret of another region answers there only. */
const regionOf = (arn: string | undefined): string | undefined => arn?.split(':')[3] || undefined;

/** Requests by slot in a time; a slot that published nothing is not known to have had none. */
export async function countsOf(source: MinuteSource | undefined, from: Date, to: Date): Promise<RequestCounts> {
  const minutes = (await source?.(from, to))?.minutes ?? [];
  const [blue, green] = SLOTS.map((slot) => {
    const counts = minutes.flatMap(({ slots }) => slots[slot]?.requests ?? []);
    return counts.length === 0 ? undefined : counts.reduce((total, each) => total + each, 0);
  });
  return { blue, green };
}

/** This machine, for the lock. */
export const here: LockSurroundings & { readonly host: string } = {
  host: hostname(),
  now: Date.now,
  sleep: (milliseconds) => sleep(milliseconds),
  isAlive: (pid) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM';
    }
  },
};
