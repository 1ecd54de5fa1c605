import { KongDualClusterError } from '../../errors';
import { launch } from './launch';
import { refuseLiveSlot } from './live-guard';
import { migrations } from './migrations';
import type { Clients, ResourceEvent, SlotResource } from './resource';

/** Input of an `aws_lambda_invocation` (lib/cdktf/slot-function.ts): the properties of the resource and its name. */
export interface TerraformEvent {
  readonly Resource: string;
  /** Only with `lifecycle_scope = "CRUD"`, from the provider. */
  readonly tf?: { readonly action: 'create' | 'update' | 'delete' };
  readonly [property: string]: unknown;
}

/** The most that one look takes, with AWS refusing in passing (`patiently`), and the answer. */
const MARGIN_MILLISECONDS = 60_000;
const BETWEEN_LOOKS_MILLISECONDS = 5000;

/**
 * Does what CloudFormation's custom resources do, within one call: Terraform waits for a function's answer, and has no
 * polling of its own. Each step may be done any number of times, so that a call that ran out of time, or was made twice,
 * is taken up by the next one.
 * @param timeLeft milliseconds until Lambda ends the function
 * @throws KongDualClusterError MIGRATIONS_STILL_RUNNING, NODES_STILL_STARTING, and those of the resources
 */
export async function answerTerraform(
  event: TerraformEvent,
  clients: Clients,
  timeLeft: () => number,
): Promise<{ readonly done: true }> {
  switch (event.Resource) {
    case 'KongMigrations':
      return await untilComplete(
        migrations,
        { ...event, Subnets: listOf(event.Subnets) },
        clients,
        timeLeft,
        stillRunning,
      );
    case 'KongLaunch':
      return await untilComplete(launch, event, clients, timeLeft, stillStarting);
    case 'KongGuard':
      if (event.tf?.action === 'delete') await guard(event, clients);
      return { done: true };
    default:
      throw new Error(`this handler knows no resource ${event.Resource}`);
  }
}

/** With commas between: a list of unknown length is one text to Terraform. */
const listOf = (ids: unknown): string[] => String(ids).split(',');

async function untilComplete(
  resource: SlotResource,
  properties: TerraformEvent,
  clients: Clients,
  timeLeft: () => number,
  outOfTime: (properties: TerraformEvent) => Error,
): Promise<{ readonly done: true }> {
  const event: ResourceEvent = {
    RequestType: 'Create',
    ResourceType: `Custom::${properties.Resource}`,
    StackId: '',
    ResourceProperties: properties,
  };
  const begun = await resource.onEvent(event, clients);
  for (;;) {
    const { IsComplete } = await resource.isComplete({ ...event, ...begun }, clients);
    if (IsComplete) return { done: true };
    if (timeLeft() < MARGIN_MILLISECONDS) throw outOfTime(properties);
    await clients.sleep(BETWEEN_LOOKS_MILLISECONDS);
  }
}

const stillRunning = ({ Versions, Cluster }: TerraformEvent): Error =>
  new KongDualClusterError('MIGRATIONS_STILL_RUNNING', 'the migrations take longer than one call of Lambda may', {
    found: `tasks for Kong ${String(Versions)} in ${String(Cluster)}, which go on`,
    remedy:
      'apply again: the same tasks are waited for, none is started twice; if they take much longer, set migrations of this slot to manual, apply, and run kong-dual-cluster migrate',
  });

const stillStarting = ({ Service, Count }: TerraformEvent): Error =>
  new KongDualClusterError('NODES_STILL_STARTING', 'the nodes of this slot are not all running yet', {
    found: `fewer than ${String(Count)} running in ${String(Service)}`,
    remedy: 'look at the events of the ECS service and the logs of its nodes, then apply again; the count stays raised',
  });

async function guard(event: TerraformEvent, clients: Clients): Promise<void> {
  const { Slot, StackName, ProxyTargetGroup, Cluster, Service } = event as unknown as Record<string, string>;
  await refuseLiveSlot(
    {
      slot: Slot!,
      stackName: StackName!,
      proxyTargetGroupArn: ProxyTargetGroup!,
      cluster: Cluster!,
      service: Service!,
      tool: 'terraform',
    },
    clients,
  );
}
