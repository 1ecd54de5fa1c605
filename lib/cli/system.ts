import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { readCapacity, serviceOf, type CapacityReading } from '../deployed/capacity';
import { pinFloor } from '../deployed/autoscaling-floor';
import { readEdge, type EdgeReading } from '../deployed/read-edge';
import { ShiftTable } from '../deployed/shift-table';
import { readAlarms } from '../metrics/alarms';
import { requestCounts } from '../metrics/request-counts';
import type { TrafficRouter } from '../routers/router';
import type { LockSurroundings } from '../runner/lock';
import { loadSettings } from '../settings/load';
import type { Settings } from '../settings/schema';
import type { RequestCounts } from '../traffic/gates';
import type { Slot } from '../traffic/weights';
import { accountAndRegion } from './aws-clients';
import type { Context } from './context';
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
    readonly cloudFormation: CloudFormationClient,
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
    const cloudFormation = new CloudFormationClient(options);
    const elb = new ElasticLoadBalancingV2Client(options);
    const edge = await readEdge(cloudFormation, settings);
    return new DeployedSystem(
      context,
      settings,
      account,
      region,
      caller,
      edge,
      await openRouter({ settings, edge, region, elb }),
      elb,
      cloudFormation,
      new CloudWatchClient(options),
      new DynamoDBClient({ region, ...TABLE_LIMITS }),
      new ECSClient(options),
      new ApplicationAutoScalingClient(options),
    );
  }

  get table(): ShiftTable {
    return new ShiftTable(this.dynamo, this.edge.shiftTable);
  }

  async capacity(slot: Slot): Promise<CapacityReading> {
    const service = await serviceOf(this.cloudFormation, this.settings, slot);
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

  /** Asked for at most twice a period: CloudWatch has nothing new in between, and charges for each. */
  countsOverTime(): (from: Date, to: Date) => Promise<RequestCounts> {
    const { periodSeconds } = this.settings.shift;
    let last: { from: number; at: number; counts: RequestCounts } | undefined;
    return async (from, to) => {
      if (last?.from === from.getTime() && to.getTime() - last.at < periodSeconds * 500) return last.counts;
      const { loadBalancerArn, targetGroupArns } = this.edge;
      const counts = await requestCounts(this.cloudWatch, {
        loadBalancerArn,
        targetGroupArns,
        from,
        to,
        periodSeconds,
      });
      last = { from: from.getTime(), at: to.getTime(), counts };
      return counts;
    };
  }
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
