import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { until } from '../../../local/demo/gateway';
import { Owner } from '../../../local/demo/owner';
import type { World } from '../../../local/world/world';

/** The demo's owner without a certificate, who waits for healthy nodes. */
export class OwnerInTest extends Owner {
  constructor(private readonly world: World) {
    super({ world });
  }

  override async deploy(certificateArn: string, nodes: number): Promise<void> {
    await super.deploy(certificateArn, nodes);
    await until('healthy targets', 90, async () => (await this.healthyTargets()) === nodes);
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
