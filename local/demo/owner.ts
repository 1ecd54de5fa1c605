import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import {
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RunTaskCommand,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs';
import {
  DescribeListenersCommand,
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../world/places';
import type { World } from '../world/world';
import { clientOptions } from './run';

const STACK = 'somebodys-gateway';
const WAIT = { maxWaitTime: 180, minDelay: 1, maxDelay: 1 };

/** A gateway as another team made it: a plain CloudFormation template that has never heard of slots. */
export class Owner {
  outputs: Record<string, string> = {};
  private readonly cloudFormation: CloudFormationClient;
  private readonly ecs: ECSClient;
  readonly elb: ElasticLoadBalancingV2Client;

  constructor(run: { readonly world: World }) {
    const options = clientOptions(run);
    this.cloudFormation = new CloudFormationClient(options);
    this.ecs = new ECSClient(options);
    this.elb = new ElasticLoadBalancingV2Client(options);
  }

  /** Deploys with no node, runs the bootstrap task once, then raises the service: the owner's own order. */
  async deploy(certificateArn: string, nodes: number): Promise<void> {
    const TemplateBody = await readFile(join(ROOT, 'test/fixtures/adopted/owner.template.json'), 'utf8');
    const parameters = (count: number) => [
      { ParameterKey: 'CertificateArn', ParameterValue: certificateArn },
      { ParameterKey: 'DesiredCount', ParameterValue: String(count) },
    ];
    const stack = { StackName: STACK, TemplateBody, Capabilities: ['CAPABILITY_IAM' as const] };
    await this.cloudFormation.send(new CreateStackCommand({ ...stack, Parameters: parameters(0) }));
    await waitUntilStackCreateComplete({ client: this.cloudFormation, ...WAIT }, { StackName: STACK });
    const { Stacks } = await this.cloudFormation.send(new DescribeStacksCommand({ StackName: STACK }));
    this.outputs = Object.fromEntries(
      (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']),
    );
    await this.bootstrapDatabase();
    await this.cloudFormation.send(new UpdateStackCommand({ ...stack, Parameters: parameters(nodes) }));
    await waitUntilStackUpdateComplete({ client: this.cloudFormation, ...WAIT }, { StackName: STACK });
  }

  private async bootstrapDatabase(): Promise<void> {
    const { tasks } = await this.ecs.send(
      new RunTaskCommand({
        cluster: this.outputs.ClusterName,
        taskDefinition: this.outputs.BootstrapTaskDefinition,
        launchType: 'FARGATE',
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: (this.outputs.PrivateSubnets ?? '').split(','),
            securityGroups: [this.outputs.NodeSecurityGroupId ?? ''],
          },
        },
      }),
    );
    const taskArns = (tasks ?? []).map(({ taskArn }) => taskArn ?? '');
    await waitUntilTasksStopped({ client: this.ecs, ...WAIT }, { cluster: this.outputs.ClusterName, tasks: taskArns });
    const ended = await this.ecs.send(new DescribeTasksCommand({ cluster: this.outputs.ClusterName, tasks: taskArns }));
    const task = ended.tasks?.[0];
    const exitCode = task?.containers?.[0]?.exitCode;
    if (exitCode !== 0)
      throw new Error(
        `the owner's bootstrap task ended with exit code ${exitCode}: ${task?.stoppedReason} ${task?.containers?.[0]?.reason ?? ''}`,
      );
  }

  /** Address of one node: the owner writes to the Admin API from inside the network. */
  async nodeAddress(): Promise<string> {
    const cluster = this.outputs.ClusterName;
    const { taskArns } = await this.ecs.send(
      new ListTasksCommand({ cluster, serviceName: this.outputs.ServiceName, desiredStatus: 'RUNNING' }),
    );
    const { tasks } = await this.ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns?.slice(0, 1) }));
    const address = tasks?.[0]?.attachments
      ?.flatMap(({ details }) => details ?? [])
      .find(({ name }) => name === 'privateIPv4Address')?.value;
    if (address === undefined) throw new Error('no running node of the owner has an address');
    return address;
  }

  /** Every listener with its rules, as AWS describes them. */
  async rules(): Promise<Rule[]> {
    const { Listeners } = await this.elb.send(
      new DescribeListenersCommand({ LoadBalancerArn: this.outputs.LoadBalancerArn }),
    );
    const all = await Promise.all(
      (Listeners ?? []).map(
        async ({ ListenerArn }) => (await this.elb.send(new DescribeRulesCommand({ ListenerArn }))).Rules ?? [],
      ),
    );
    return all.flat().sort((a, b) => (a.RuleArn ?? '').localeCompare(b.RuleArn ?? ''));
  }
}
