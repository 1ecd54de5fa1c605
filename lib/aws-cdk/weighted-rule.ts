import { CfnResource, CustomResource, Stack, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ruleActions, userPools } from '../blueprint/rule-actions';
import type { RuleShape } from '../blueprint/rule-actions';
import type { Slot, Weights } from '../traffic/weights';
import { SLOTS, validateWeights } from '../traffic/weights';
import type { RuleProvider } from './rule-provider';

/** A listener that rules stand on; `id` is stable for its life and becomes part of construct ids. */
export interface RuleListener {
  readonly id: string;
  readonly arn: string;
}

export interface WeightedRuleProps {
  readonly rule: RuleShape;
  readonly listener: RuleListener;
  readonly targetGroups: Readonly<Record<Slot, elbv2.IApplicationTargetGroup>>;
  /** runner: weights of a new rule, never read again. template: the weights, 0 to 999 each. */
  readonly weights: Weights;
  /**
   * Who changes the weights of the rule once it is there (ARCHITECTURE.md, "The weights are not the template's"). Chosen
   * once: CloudFormation refuses to make one kind of resource of the other.
   */
  readonly ownership: 'runner' | 'template';
  readonly provider: RuleProvider;
}

/**
 * A listener rule that splits requests between the slots.
 * @throws KongDualClusterError WEIGHTS_OUT_OF_RANGE, WEIGHTS_ALL_ZERO
 */
export class WeightedRule extends Construct {
  readonly ruleArn: string;

  constructor(scope: Construct, id: string, props: WeightedRuleProps) {
    super(scope, id);
    validateWeights(props.weights);
    const { provider, listener, rule, targetGroups, weights } = props;
    if (props.ownership === 'runner') {
      const policies = provider.forListener(listener);
      provider.allowFor(listener.id, {
        ...(rule.oidcClientSecret && { secretArn: rule.oidcClientSecret.secretArn }),
        userPoolArns: userPools(rule),
      });
      const resource = this.customResource('Rule', 'Custom::KongWeightedRule', props);
      resource.node.addDependency(...policies);
      this.ruleArn = resource.ref;
    } else {
      const guard = this.customResource('Guard', 'Custom::KongWeightsGuard', props);
      guard.node.addDependency(...provider.forGuard());
      const resource = nativeRule(this, 'Rule', {
        listener,
        rule,
        forward: SLOTS.map((slot) => ({ targetGroup: targetGroups[slot], weight: weights[slot] })),
      });
      resource.node.addDependency(guard);
      this.ruleArn = resource.ref;
    }
  }

  private customResource(id: string, resourceType: string, props: WeightedRuleProps): CustomResource {
    const { rule, targetGroups, weights, provider } = props;
    const stack = Stack.of(this);
    return new CustomResource(this, id, {
      resourceType,
      serviceToken: provider.serviceToken,
      serviceTimeout: provider.serviceTimeout,
      properties: {
        ListenerArn: props.listener.arn,
        Priority: rule.priority,
        // As text: CloudFormation makes strings of the numbers inside a custom resource's properties.
        Conditions: stack.toJsonString(rule.conditions),
        ActionsBefore: stack.toJsonString(rule.actionsBefore),
        BlueTargetGroupArn: targetGroups.blue.targetGroupArn,
        GreenTargetGroupArn: targetGroups.green.targetGroupArn,
        BlueWeight: weights.blue,
        GreenWeight: weights.green,
        StickinessSeconds: rule.stickinessSeconds,
        OidcClientSecretArn: rule.oidcClientSecret?.secretArn,
        OidcClientSecretField: rule.oidcClientSecret?.field,
        Repair: repairOf(this),
      },
    });
  }
}

/**
 * `--context repair=TEXT`: a text that is new makes CloudFormation ask each rule again, and one that somebody deleted is
 * made again, with all weight on the slot that the settings name live. It changes nothing of a rule that is there.
 */
export const repairOf = (scope: Construct): string | undefined => {
  const given: unknown = scope.node.tryGetContext('repair');
  return given === undefined || typeof given === 'string' ? given : JSON.stringify(given);
};

export interface NativeRuleProps {
  readonly listener: RuleListener;
  readonly rule: RuleShape;
  readonly forward: readonly { readonly targetGroup: elbv2.IApplicationTargetGroup; readonly weight: number }[];
}

/** `AWS::ElasticLoadBalancingV2::ListenerRule`: conditions and actions are ELBv2's own shapes, so they pass as they are. */
export function nativeRule(scope: Construct, id: string, { listener, rule, forward }: NativeRuleProps): CfnResource {
  const actions = ruleActions(
    rule,
    forward.map(({ targetGroup, weight }) => ({ targetGroupArn: targetGroup.targetGroupArn, weight })),
    rule.oidcClientSecret && secretReference(rule.oidcClientSecret),
  );
  return new CfnResource(scope, id, {
    type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
    properties: {
      ListenerArn: listener.arn,
      Priority: rule.priority,
      Conditions: rule.conditions,
      Actions: actions,
    },
  });
}

/** A dynamic reference: CloudFormation reads the secret, the template does not hold it. */
const secretReference = ({ secretArn, field }: NonNullable<RuleShape['oidcClientSecret']>): string =>
  `{{resolve:secretsmanager:${secretArn}:SecretString:${field ?? ''}::}}`;
