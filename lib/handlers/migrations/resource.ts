import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { RDSClient } from '@aws-sdk/client-rds';

/** What CloudFormation sends, as the provider framework of aws-cdk-lib hands it on. */
export interface ResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResourceType: string;
  readonly StackId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Readonly<Record<string, unknown>>;
  readonly OldResourceProperties?: Readonly<Record<string, unknown>>;
  /** In `isComplete`: what `onEvent` returned. */
  readonly Data?: Readonly<Record<string, unknown>>;
}

export interface OnEventAnswer {
  readonly PhysicalResourceId: string;
  readonly Data?: Record<string, unknown>;
}
export interface IsCompleteAnswer {
  readonly IsComplete: boolean;
}

export interface Clients {
  readonly ecs: Pick<ECSClient, 'send'>;
  readonly rds: Pick<RDSClient, 'send'>;
  readonly logs: Pick<CloudWatchLogsClient, 'send'>;
  readonly elb: Pick<ElasticLoadBalancingV2Client, 'send'>;
  readonly cloudformation: Pick<CloudFormationClient, 'send'>;
  /** Milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** One custom resource type of a slot. */
export interface SlotResource {
  onEvent(event: ResourceEvent, clients: Clients): Promise<OnEventAnswer>;
  isComplete(event: ResourceEvent, clients: Clients): Promise<IsCompleteAnswer>;
}

/**
 * Refusals of AWS that end by themselves: a policy made a moment ago that is not known everywhere yet, no Fargate
 * capacity just now, a database in the middle of its backup.
 */
const PASSING =
  /^(AccessDenied|AccessDeniedException|ServerException|ThrottlingException|InvalidDBInstanceState(Fault)?|CapacityUnavailable)$/;

export const isPassing = (error: unknown): boolean => error instanceof Error && PASSING.test(error.name);

/** Tries again, every 5 s and six times in all, what AWS refuses in passing. */
export async function patiently<T>(clients: Clients, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (attempt === 6 || !isPassing(error)) throw error;
      await clients.sleep(5000);
    }
  }
}
