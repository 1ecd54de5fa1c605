import type { Action, ElasticLoadBalancingV2Client, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  ModifyRuleCommand,
  SetRulePrioritiesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { KongDualClusterError } from '../../errors';
import { sameConditions } from './actions';
import type { PlacedRule } from './properties';

export interface Clients {
  readonly elbv2: Pick<ElasticLoadBalancingV2Client, 'send'>;
  readonly secrets: Pick<SecretsManagerClient, 'send'>;
  readonly cloudformation: Pick<CloudFormationClient, 'send'>;
  /** Milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** A policy made a moment ago is not known everywhere yet; throttling ends by itself. */
const isPassing = (error: unknown): boolean =>
  isNamed(error, /^(AccessDenied|AccessDeniedException|Throttling|ThrottlingException)$/);

/** Tries again, every 5 s and six times in all, what AWS refuses in passing. */
export async function patiently<T>(
  { sleep }: Clients,
  call: () => Promise<T>,
  passes: (error: unknown) => boolean = isPassing,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (attempt === 6 || !passes(error)) throw error;
      await sleep(5000);
    }
  }
}

const isNamed = (error: unknown, pattern: RegExp): boolean => error instanceof Error && pattern.test(error.name);

/** The rule as it lives; undefined when it, its listener or its load balancer is gone. */
export async function findRule(clients: Clients, ruleArn: string): Promise<Rule | undefined> {
  try {
    const { Rules } = await patiently(clients, () =>
      clients.elbv2.send(new DescribeRulesCommand({ RuleArns: [ruleArn] })),
    );
    return Rules?.[0];
  } catch (error) {
    if (isNamed(error, /^(Rule|Listener|LoadBalancer)NotFound/)) return undefined;
    throw error;
  }
}

/** All rules of a listener with its default action; none when the listener is gone. */
export async function rulesOf(clients: Clients, listenerArn: string): Promise<Rule[]> {
  const rules: Rule[] = [];
  let marker: string | undefined;
  try {
    do {
      const page = await patiently(clients, () =>
        clients.elbv2.send(new DescribeRulesCommand({ ListenerArn: listenerArn, Marker: marker })),
      );
      rules.push(...(page.Rules ?? []));
      marker = page.NextMarker;
    } while (marker);
  } catch (error) {
    if (isNamed(error, /^(Listener|LoadBalancer)NotFound/)) return [];
    throw error;
  }
  return rules;
}

/** All rules of the load balancer that a listener belongs to. */
export async function rulesOfLoadBalancer(clients: Clients, listenerArn: string): Promise<Rule[]> {
  // arn:…:listener/app/NAME/LOAD-BALANCER/LISTENER (AWS Service Authorization Reference, Elastic Load Balancing V2)
  const loadBalancerArn = listenerArn.replace(':listener/', ':loadbalancer/').replace(/\/[^/]+$/, '');
  const listeners: string[] = [];
  let marker: string | undefined;
  do {
    const page = await patiently(clients, () =>
      clients.elbv2.send(new DescribeListenersCommand({ LoadBalancerArn: loadBalancerArn, Marker: marker })),
    );
    listeners.push(...(page.Listeners ?? []).flatMap(({ ListenerArn }) => ListenerArn ?? []));
    marker = page.NextMarker;
  } while (marker);
  const rules: Rule[] = [];
  for (const listener of listeners) rules.push(...(await rulesOf(clients, listener)));
  return rules;
}

/** Targets registered with a group, without those that are only draining. */
export async function registeredTargets(clients: Clients, targetGroupArn: string): Promise<number> {
  try {
    const { TargetHealthDescriptions } = await patiently(clients, () =>
      clients.elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn })),
    );
    return (TargetHealthDescriptions ?? []).filter(({ TargetHealth }) => TargetHealth?.State !== 'draining').length;
  } catch (error) {
    if (isNamed(error, /^TargetGroupNotFound/)) return 0;
    throw error;
  }
}

/**
 * Makes a rule and answers its ARN. A rule at this priority that is the same one (an attempt whose answer was lost) is
 * taken over as it lives, its weights included.
 * @throws KongDualClusterError RULE_PRIORITY_IN_USE
 */
export async function createRule(
  clients: Clients,
  rule: PlacedRule,
  actions: readonly Action[],
  isOurs: (live: readonly Action[]) => boolean,
): Promise<string> {
  try {
    const { Rules } = await patiently(clients, () =>
      clients.elbv2.send(
        new CreateRuleCommand({
          ListenerArn: rule.listenerArn,
          Priority: rule.priority,
          Conditions: [...rule.conditions],
          Actions: [...actions],
        }),
      ),
    );
    const arn = Rules?.[0]?.RuleArn;
    if (arn === undefined) throw new Error('CreateRule answered without a rule');
    return arn;
  } catch (error) {
    if (!isNamed(error, /^PriorityInUse/)) throw error;
    const there = (await rulesOf(clients, rule.listenerArn)).find(({ Priority }) => Priority === String(rule.priority));
    const twin = there && sameConditions(there.Conditions ?? [], rule.conditions) && isOurs(there.Actions ?? []);
    if (twin && there.RuleArn !== undefined) return there.RuleArn;
    throw priorityInUse(rule, there?.RuleArn, error);
  }
}

/**
 * A priority that is taken may become free: CloudFormation updates the rules of one deployment side by side, in no order.
 * Tried every 5 s and six times in all.
 * @throws KongDualClusterError RULE_PRIORITY_IN_USE
 */
export async function setPriority(clients: Clients, ruleArn: string, rule: PlacedRule): Promise<void> {
  const RulePriorities = [{ RuleArn: ruleArn, Priority: rule.priority }];
  try {
    await patiently(
      clients,
      () => clients.elbv2.send(new SetRulePrioritiesCommand({ RulePriorities })),
      (error) => isPassing(error) || isNamed(error, /^PriorityInUse/),
    );
  } catch (error) {
    if (!isNamed(error, /^PriorityInUse/)) throw error;
    const there = (await rulesOf(clients, rule.listenerArn)).find(({ Priority }) => Priority === String(rule.priority));
    throw priorityInUse(rule, there?.RuleArn, error);
  }
}

const priorityInUse = (rule: PlacedRule, holder: string | undefined, cause: unknown): KongDualClusterError =>
  new KongDualClusterError(
    'RULE_PRIORITY_IN_USE',
    `another rule has priority ${rule.priority} on ${rule.listenerArn}`,
    {
      found: holder ?? 'a rule that was gone a moment later',
      remedy: 'give one of the two another priority; for an adopted load balancer run `kong-dual-cluster adopt` again',
      cause,
    },
  );

export async function modifyRule(
  clients: Clients,
  ruleArn: string,
  change: { readonly conditions?: PlacedRule['conditions']; readonly actions?: readonly Action[] },
): Promise<void> {
  await patiently(clients, () =>
    clients.elbv2.send(
      new ModifyRuleCommand({
        RuleArn: ruleArn,
        ...(change.conditions && { Conditions: [...change.conditions] }),
        ...(change.actions && { Actions: [...change.actions] }),
      }),
    ),
  );
}

/** Gone already is done. */
export async function deleteRule(clients: Clients, ruleArn: string): Promise<void> {
  try {
    await patiently(clients, () => clients.elbv2.send(new DeleteRuleCommand({ RuleArn: ruleArn })));
  } catch (error) {
    if (!isNamed(error, /^(Rule|Listener|LoadBalancer)NotFound/)) throw error;
  }
}
