/**
 * A fake of one listener rule of ELBv2. What it promises:
 *
 * 1. DescribeRules answers the rule as AWS does: the condition with its own configuration, `Values` beside it, priority
 *    as text, actions with an order (ELBv2 API, Rule).
 * 2. ModifyRule replaces conditions and actions as a whole (ELBv2 API, ModifyRule), unless `deaf`: then it answers and
 *    changes nothing.
 * 3. A rule that does not exist throws an error named `RuleNotFoundException`, as the SDK does.
 * 4. A message body of more than 1024 letters throws (ELBv2 API, FixedResponseActionConfig).
 * 5. Writes are noted; an unknown command throws.
 */
import type {
  Action,
  ElasticLoadBalancingV2Client,
  Rule,
  RuleCondition,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { FREEZE_OFF, FREEZE_OFF_ANSWER } from '../../../lib/blueprint/freeze';

export const RULE = 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:listener-rule/app/admin/1/2/3';

interface Input {
  RuleArns?: string[];
  RuleArn?: string;
  Conditions?: RuleCondition[];
  Actions?: Action[];
}

export function fakeFreezeRule(options: { rule?: Partial<Rule>; deaf?: boolean; missing?: boolean } = {}) {
  const writes: Input[] = [];
  let rule: Rule = {
    RuleArn: RULE,
    Priority: '1',
    Conditions: [FREEZE_OFF],
    Actions: [{ ...FREEZE_OFF_ANSWER, Order: 1 }],
    ...options.rule,
  };
  const send = async ({ constructor, input }: { constructor: { name: string }; input: Input }): Promise<unknown> => {
    const arn = input.RuleArn ?? input.RuleArns?.[0];
    if (arn !== RULE || options.missing) throw Object.assign(new Error('no rule'), { name: 'RuleNotFoundException' });
    if (constructor.name === 'DescribeRulesCommand') {
      const Conditions = rule.Conditions?.map((one) => ({ ...one, Values: one.HttpRequestMethodConfig?.Values ?? [] }));
      return { Rules: [{ ...rule, Conditions }] };
    }
    if (constructor.name !== 'ModifyRuleCommand') throw new Error(`the fake has no ${constructor.name}`);
    writes.push(input);
    const body = input.Actions?.[0]?.FixedResponseConfig?.MessageBody ?? '';
    if (body.length > 1024) throw new Error('ValidationError: message body');
    if (!options.deaf) {
      rule = {
        ...rule,
        ...(input.Conditions ? { Conditions: input.Conditions } : {}),
        ...(input.Actions ? { Actions: input.Actions.map((action, i) => ({ ...action, Order: i + 1 })) } : {}),
      };
    }
    return { Rules: [rule] };
  };
  return {
    elb: { send } as unknown as ElasticLoadBalancingV2Client,
    writes,
    rule: () => rule,
    body: () => rule.Actions?.[0]?.FixedResponseConfig?.MessageBody ?? '',
  };
}
