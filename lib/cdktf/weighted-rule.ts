import { DataAwsSecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/data-aws-secretsmanager-secret-version';
import { LbListenerRule } from '@cdktf/provider-aws/lib/lb-listener-rule';
import { Lazy } from 'cdktf';
import type { TerraformResourceLifecycle } from 'cdktf';
import { Construct } from 'constructs';
import { ruleActions } from '../blueprint/rule-actions';
import type { ElbShape, ForwardTarget, RuleShape } from '../blueprint/rule-actions';
import { KongDualClusterError } from '../errors';
import type { Weights } from '../traffic/weights';
import { SLOTS, validateWeights } from '../traffic/weights';
import { literal, literalJson } from './literal';
import { actionBlock, conditionBlock } from './rule-blocks';
import type { SlotTargetGroups } from './target-groups';

/** A listener that rules stand on; `id` is stable for its life. */
export interface RuleListener {
  readonly id: string;
  readonly arn: string;
}

export interface WeightedRuleProps {
  readonly rule: RuleShape;
  readonly listener: RuleListener;
  readonly targetGroups: SlotTargetGroups;
  /** runner: weights of a new rule, never read again. template: the weights, 0 to 999 each. */
  readonly weights: Weights;
  /** Who changes the weights of the rule once it is there (ARCHITECTURE.md, "The weights are not the template's"). */
  readonly ownership: 'runner' | 'template';
  /** Lets Terraform destroy the rule. @default false: a plan that would destroy or replace it is refused */
  readonly destroyable?: boolean;
}

/**
 * A listener rule that splits requests between the slots.
 *
 * With `runner` the whole action list is left alone once the rule is there, not the weights alone: a plan that was made
 * before a shift and is applied after it would otherwise write the weights it saw. So a change of stickiness or of the
 * rule's own authentication reaches a new rule only. Priority and conditions are brought up to date, by a call that
 * carries no actions.
 * @throws KongDualClusterError WEIGHTS_OUT_OF_RANGE, WEIGHTS_ALL_ZERO, RULE_CONDITION_UNKNOWN, RULE_ACTION_UNKNOWN,
 *   OIDC_SECRET_MISSING
 */
export class WeightedRule extends Construct {
  readonly ruleArn: string;

  constructor(scope: Construct, id: string, props: WeightedRuleProps) {
    super(scope, id);
    validateWeights(props.weights);
    const { rule, listener, targetGroups, weights } = props;
    this.ruleArn = forwardingRule(this, 'Rule', {
      listenerArn: listener.arn,
      rule,
      forward: SLOTS.map((slot) => ({ targetGroupArn: targetGroups[slot].arn, weight: weights[slot] })),
      lifecycle: {
        ...(!props.destroyable && { preventDestroy: true }),
        ...(props.ownership === 'runner' && { ignoreChanges: ['action'] }),
      },
    }).arn;
  }
}

export interface ForwardingRuleProps {
  readonly listenerArn: string;
  readonly rule: RuleShape;
  readonly forward: readonly ForwardTarget[];
  readonly lifecycle?: TerraformResourceLifecycle;
}

/**
 * A rule with the owner's own actions and a forward.
 * @throws KongDualClusterError RULE_CONDITION_UNKNOWN, RULE_ACTION_UNKNOWN, OIDC_SECRET_MISSING
 */
export function forwardingRule(
  scope: Construct,
  id: string,
  { listenerArn, rule, forward, lifecycle }: ForwardingRuleProps,
): LbListenerRule {
  const { priority, conditions } = rule;
  const actions = ruleActions(rule, forward, clientSecret(scope, `${id}ClientSecret`, rule));
  return listenerRule(scope, id, { listenerArn, priority, conditions, actions, ...(lifecycle && { lifecycle }) });
}

export interface ListenerRuleProps {
  readonly listenerArn: string;
  readonly priority: number;
  /** In the shape of the ELBv2 API, as the actions. */
  readonly conditions: readonly ElbShape[];
  readonly actions: readonly ElbShape[];
  readonly lifecycle?: TerraformResourceLifecycle;
}

/** @throws KongDualClusterError RULE_CONDITION_UNKNOWN, RULE_ACTION_UNKNOWN */
export const listenerRule = (scope: Construct, id: string, props: ListenerRuleProps): LbListenerRule =>
  new LbListenerRule(scope, id, {
    listenerArn: literal(props.listenerArn),
    priority: props.priority,
    condition: props.conditions.map(conditionBlock),
    action: props.actions.map(actionBlock),
    ...(props.lifecycle && { lifecycle: props.lifecycle }),
  });

/**
 * The client secret of authenticate-oidc, read when Terraform plans. The rule holds it, and so does the state: neither ELBv2
 * nor the provider has another form.
 * @throws KongDualClusterError OIDC_SECRET_MISSING
 */
function clientSecret(scope: Construct, id: string, rule: RuleShape): string | undefined {
  if (!rule.actionsBefore.some(({ Type }) => Type === 'authenticate-oidc')) return undefined;
  if (rule.oidcClientSecret === undefined) {
    throw new KongDualClusterError('OIDC_SECRET_MISSING', 'the rule authenticates by OpenID Connect without a secret', {
      remedy: 'name the client secret under oidcClientSecret of the rule; AWS never gives it back',
    });
  }
  const { secretArn, field } = rule.oidcClientSecret;
  const { secretString } = new DataAwsSecretsmanagerSecretVersion(scope, id, { secretId: literal(secretArn) });
  if (field === undefined) return secretString;
  // Written here: cdktf's own functions leave quotes and `%{` in a key as they are. A reference, so that it stays one.
  const value = `\${jsondecode(${secretString})[${literalJson(field)}]}`;
  return Lazy.stringValue({ produce: () => value });
}
