import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeTasksCommand, ECSClient, RunTaskCommand } from '@aws-sdk/client-ecs';
import {
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { World } from '../../../local/world/world';

const TEMPLATE = join(__dirname, '..', '..', 'fixtures', 'adopted', 'owner.template.json');
const STACK = 'gateway';

/** A gateway that somebody made with a plain template before they heard of us (test/fixtures/adopted). */
export class Owner {
  private readonly cloudFormation: CloudFormationClient;
  private readonly ecs: ECSClient;
  readonly elb: ElasticLoadBalancingV2Client;
  outputs: Record<string, string> = {};

  constructor(private readonly world: World) {
    const config = {
      endpoint: world.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    };
    this.cloudFormation = new CloudFormationClient(config);
    this.ecs = new ECSClient(config);
    this.elb = new ElasticLoadBalancingV2Client(config);
  }

  /** As the template's README says: without nodes first, the bootstrap task once, then the nodes. */
  async deploy(nodes: number): Promise<void> {
    const TemplateBody = readFileSync(TEMPLATE, 'utf8');
    const Capabilities = ['CAPABILITY_IAM' as const];
    const count = (n: number) => [{ ParameterKey: 'DesiredCount', ParameterValue: String(n) }];
    await this.cloudFormation.send(
      new CreateStackCommand({ StackName: STACK, TemplateBody, Capabilities, Parameters: count(0) }),
    );
    await this.settled('CREATE_COMPLETE');
    await this.bootstrap();
    await this.cloudFormation.send(
      new UpdateStackCommand({ StackName: STACK, TemplateBody, Capabilities, Parameters: count(nodes) }),
    );
    await this.settled('UPDATE_COMPLETE');
    await until('healthy targets', async () => (await this.healthyTargets()) === nodes);
  }

  async healthyTargets(): Promise<number> {
    const { TargetHealthDescriptions } = await this.elb.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: this.outputs.TargetGroupArn }),
    );
    return (TargetHealthDescriptions ?? []).filter((target) => target.TargetHealth?.State === 'healthy').length;
  }

  /** Every rule of every listener, as AWS describes them. */
  async rules(): Promise<Rule[]> {
    const { Listeners } = await this.elb.send(
      new DescribeListenersCommand({ LoadBalancerArn: this.outputs.LoadBalancerArn }),
    );
    const lists = await Promise.all(
      (Listeners ?? []).map(async ({ ListenerArn }) => {
        const { Rules } = await this.elb.send(new DescribeRulesCommand({ ListenerArn }));
        return Rules ?? [];
      }),
    );
    return lists.flat().sort((a, b) => (a.RuleArn ?? '').localeCompare(b.RuleArn ?? ''));
  }

  url(): string {
    return this.world.loadBalancerUrl(this.outputs.LoadBalancerDnsName ?? '', 80);
  }

  private async bootstrap(): Promise<void> {
    const {
      ClusterName: cluster,
      BootstrapTaskDefinition: taskDefinition,
      PrivateSubnets,
      NodeSecurityGroupId,
    } = this.outputs;
    const { tasks } = await this.ecs.send(
      new RunTaskCommand({
        cluster,
        taskDefinition,
        launchType: 'FARGATE',
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: (PrivateSubnets ?? '').split(','),
            securityGroups: [NodeSecurityGroupId ?? ''],
          },
        },
      }),
    );
    const task = tasks?.[0]?.taskArn ?? '';
    await until('the bootstrap task', async () => {
      const found = (await this.ecs.send(new DescribeTasksCommand({ cluster, tasks: [task] }))).tasks?.[0];
      if (found?.lastStatus !== 'STOPPED') return false;
      const exitCode = found.containers?.[0]?.exitCode;
      if (exitCode !== 0) throw new Error(`kong migrations bootstrap ended with ${exitCode}: ${found.stoppedReason}`);
      return true;
    });
  }

  private async settled(wanted: string): Promise<void> {
    await until(`stack ${STACK} to be ${wanted}`, async () => {
      const stack = (await this.cloudFormation.send(new DescribeStacksCommand({ StackName: STACK }))).Stacks?.[0];
      const status = stack?.StackStatus ?? '';
      if (status.endsWith('IN_PROGRESS')) return false;
      if (status !== wanted) throw new Error(`stack ${STACK} is ${status}: ${await this.failures()}`);
      this.outputs = Object.fromEntries((stack?.Outputs ?? []).map((o) => [o.OutputKey ?? '', o.OutputValue ?? '']));
      return true;
    });
  }

  private async failures(): Promise<string> {
    const { StackEvents } = await this.cloudFormation.send(new DescribeStackEventsCommand({ StackName: STACK }));
    return (StackEvents ?? [])
      .filter((event) => event.ResourceStatus?.endsWith('FAILED'))
      .map((event) => `${event.LogicalResourceId}: ${event.ResourceStatusReason}`)
      .join('; ');
  }
}

async function until(what: string, done: () => Promise<boolean>, seconds = 90): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await done())) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
