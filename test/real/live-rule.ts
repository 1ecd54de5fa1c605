import {
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Weights } from '../../lib/traffic/weights';
import { clientOptions } from '../../local/demo/run';
import type { World } from '../../local/world/world';

/** A weighted rule as it lives, and a hand on its weights that is not the template's: what a runner or a person does. */
export class LiveRule {
  private readonly elb: ElasticLoadBalancingV2Client;

  constructor(
    private readonly world: World,
    readonly arn: string,
    private readonly groups: Readonly<Record<keyof Weights, string>>,
  ) {
    this.elb = new ElasticLoadBalancingV2Client(clientOptions({ world }));
  }

  /** Another rule between the same groups. */
  at(arn: string): LiveRule {
    return new LiveRule(this.world, arn, this.groups);
  }

  async describe(): Promise<Rule> {
    const { Rules } = await this.elb.send(new DescribeRulesCommand({ RuleArns: [this.arn] }));
    return Rules![0]!;
  }

  async weights(): Promise<Weights> {
    const forward = (await this.describe()).Actions?.at(-1)?.ForwardConfig;
    const of = (arn: string) => forward?.TargetGroups?.find(({ TargetGroupArn }) => TargetGroupArn === arn)?.Weight;
    return { blue: of(this.groups.blue) ?? NaN, green: of(this.groups.green) ?? NaN };
  }

  /** Priority, path and stickiness: what a template may change. */
  async shape(): Promise<{ priority: string; path: string | undefined; stickySeconds: number | undefined }> {
    const { Priority, Conditions, Actions } = await this.describe();
    const sticky = Actions?.at(-1)?.ForwardConfig?.TargetGroupStickinessConfig;
    return {
      priority: Priority!,
      path: Conditions?.[0]?.PathPatternConfig?.Values?.[0],
      stickySeconds: sticky?.Enabled === true ? sticky.DurationSeconds : undefined,
    };
  }

  /** Other weights in the action list as it is. */
  async set(weights: Weights): Promise<void> {
    const Actions = (await this.describe()).Actions!.map((action) => {
      if (action.Type !== 'forward') return action;
      const TargetGroups = [
        { TargetGroupArn: this.groups.blue, Weight: weights.blue },
        { TargetGroupArn: this.groups.green, Weight: weights.green },
      ];
      return { ...action, ForwardConfig: { ...action.ForwardConfig, TargetGroups } };
    });
    await this.elb.send(new ModifyRuleCommand({ RuleArn: this.arn, Actions }));
  }
}
