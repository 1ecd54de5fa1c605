import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Resource, ResourceEvent } from './event';
import { freezeRule } from './freeze-rule';
import { answer, send } from './respond';
import type { LambdaContext } from './respond';
import type { Clients } from './rules';
import { weightedRule } from './weighted-rule';
import { weightsGuard } from './weights-guard';

/** The Lambda behind the edge's custom resources; bundled to dist/handlers/weighted-rule/index.js. */
const RESOURCES: Readonly<Record<string, Resource<Clients>>> = {
  'Custom::KongWeightedRule': weightedRule,
  'Custom::KongFreezeRule': freezeRule,
  'Custom::KongWeightsGuard': weightsGuard,
};

const clients: Clients = {
  elbv2: new ElasticLoadBalancingV2Client({}),
  secrets: new SecretsManagerClient({}),
  cloudformation: new CloudFormationClient({}),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

const unknown = (type: string): Resource<Clients> => {
  const refuse = () => Promise.reject(new Error(`this handler knows no resource of type ${type}`));
  return { create: refuse, update: refuse, delete: refuse };
};

export async function handler(event: ResourceEvent, context: LambdaContext): Promise<void> {
  const { RequestType, ResourceType, LogicalResourceId, PhysicalResourceId } = event;
  console.log(JSON.stringify({ RequestType, ResourceType, LogicalResourceId, PhysicalResourceId }));
  const result = await answer(event, context, RESOURCES[ResourceType] ?? unknown(ResourceType), clients);
  console.log(JSON.stringify(result));
  await send(event.ResponseURL, result);
}
