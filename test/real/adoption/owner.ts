import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { until } from '../../../local/demo/gateway';
import { Owner } from '../../../local/demo/owner';
import { clientOptions } from '../../../local/demo/run';
import { ROOT } from '../../../local/world/places';
import type { World } from '../../../local/world/world';

const StackName = 'somebodys-gateway';

export interface OwnersTemplate {
  readonly Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
}

export const ownersTemplate = async (): Promise<OwnersTemplate> =>
  JSON.parse(await readFile(join(ROOT, 'test/fixtures/adopted/owner.template.json'), 'utf8')) as OwnersTemplate;

/** The demo's owner without a certificate, who waits for healthy nodes. */
export class OwnerInTest extends Owner {
  constructor(private readonly world: World) {
    super({ world });
  }

  override async deploy(certificateArn: string, nodes: number): Promise<void> {
    await super.deploy(certificateArn, nodes);
    await until('healthy targets', 90, async () => (await this.healthyTargets()) === nodes);
  }

  /** The owner changes their own template and deploys it, and knows nothing of ours. @returns the status it ends in */
  async redeploy(change: (template: OwnersTemplate) => void): Promise<string> {
    const client = new CloudFormationClient(clientOptions({ world: this.world }));
    const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName }));
    const template = JSON.parse(TemplateBody!) as OwnersTemplate;
    change(template);
    const stack = async () => (await client.send(new DescribeStacksCommand({ StackName }))).Stacks![0]!;
    await client.send(
      new UpdateStackCommand({
        StackName,
        TemplateBody: JSON.stringify(template),
        Parameters: (await stack()).Parameters?.map(({ ParameterKey }) => ({ ParameterKey, UsePreviousValue: true })),
        Capabilities: ['CAPABILITY_IAM'],
      }),
    );
    await until(
      'the end of the owner’s deploy',
      90,
      async () => !(await stack()).StackStatus!.endsWith('_IN_PROGRESS'),
    );
    return (await stack()).StackStatus!;
  }

  url(): string {
    return this.world.loadBalancerUrl(this.outputs.LoadBalancerDnsName ?? '', 80);
  }

  private async healthyTargets(): Promise<number> {
    const { TargetHealthDescriptions } = await this.elb.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: this.outputs.TargetGroupArn }),
    );
    return (TargetHealthDescriptions ?? []).filter((target) => target.TargetHealth?.State === 'healthy').length;
  }
}
