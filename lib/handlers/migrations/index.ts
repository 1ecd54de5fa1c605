import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { RDSClient } from '@aws-sdk/client-rds';
import { idle } from './idle';
import { launch } from './launch';
import { migrations } from './migrations';
import type { Clients, IsCompleteAnswer, OnEventAnswer, ResourceEvent, SlotResource } from './resource';
import { speakable } from './speak';
import { answerTerraform } from './terraform';
import type { TerraformEvent } from './terraform';

/**
 * The Lambda behind `Custom::KongMigrations`, `Custom::KongLaunch` and `Custom::KongIdle`, and behind the invocations of
 * Terraform; bundled to dist/handlers/migrations/index.js.
 */
const clients: Clients = {
  ecs: new ECSClient({}),
  rds: new RDSClient({}),
  logs: new CloudWatchLogsClient({}),
  elb: new ElasticLoadBalancingV2Client({}),
  cloudformation: new CloudFormationClient({}),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

function resourceOf(event: ResourceEvent): SlotResource {
  if (event.ResourceType === 'Custom::KongMigrations') return migrations;
  if (event.ResourceType === 'Custom::KongLaunch') return launch;
  if (event.ResourceType === 'Custom::KongIdle') return idle;
  throw new Error(`this handler knows no resource of type ${event.ResourceType}`);
}

export const onEvent = (event: ResourceEvent): Promise<OnEventAnswer> =>
  speakable(resourceOf(event).onEvent(event, clients));
export const isComplete = (event: ResourceEvent): Promise<IsCompleteAnswer> =>
  speakable(resourceOf(event).isComplete(event, clients));
/** Of `aws_lambda_invocation`; an error is its payload, `{"errorMessage": …}`. */
export const terraform = (
  event: TerraformEvent,
  context: { readonly getRemainingTimeInMillis: () => number },
): Promise<{ readonly done: true }> =>
  speakable(answerTerraform(event, clients, () => context.getRemainingTimeInMillis()));
