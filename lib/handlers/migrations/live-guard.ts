import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import {
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { TAGS } from '../../blueprint/tag-names';
import { KongDualClusterError } from '../../errors';
import { groupsOf } from '../../traffic/rule-actions';
import type { Clients } from './resource';
import { patiently } from './resource';

/** What the guard looks at, from the properties of `Custom::KongLaunch` or of Terraform's `KongGuard`. */
export interface Guarded {
  readonly slot: string;
  readonly stackName: string;
  readonly proxyTargetGroupArn: string;
  readonly cluster: string;
  readonly service: string;
  /** Who deletes. */
  readonly tool: 'cloudformation' | 'terraform';
}

/**
 * Refuses the deletion of a slot that carries traffic. The launch (with Terraform the guard) depends on everything else
 * in its stack, so that it is deleted first: when this throws, nothing is gone. A slot carries traffic when a rule that splits
 * (forwards to more than one target group) gives its group a weight above 0, whoever owns the weights.
 * Passed by a service with the tag `kong-dual-cluster:destroy-live` = the stack's name (`teardown --last`).
 * @throws KongDualClusterError DESTROY_LIVE_SLOT
 */
export async function refuseLiveSlot(guarded: Guarded, clients: Clients): Promise<void> {
  const { slot, proxyTargetGroupArn } = guarded;
  const splitting = (await rulesOf(proxyTargetGroupArn, clients)).flatMap(({ RuleArn, Actions }) => {
    const groups = groupsOf(Actions ?? []);
    const own = groups.find(({ arn }) => arn === proxyTargetGroupArn);
    return groups.length > 1 && own !== undefined && own.weight > 0
      ? [{ rule: RuleArn ?? '', weight: own.weight, of: groups.reduce((sum, { weight }) => sum + weight, 0) }]
      : [];
  });
  if (splitting.length === 0 || (await mayDestroyLive(guarded, clients))) return;
  throw new KongDualClusterError('DESTROY_LIVE_SLOT', `${slot} carries traffic, so its stack is not deleted`, {
    found: splitting.map(({ rule, weight, of }) => `weight ${weight} of ${of} in ${rule}`).join('; '),
    remedy: `nothing was deleted: shift the traffic away first, then kong-dual-cluster teardown --slot ${slot}; to delete everything of a system that nobody needs: kong-dual-cluster teardown --slot ${slot} --last. ${AFTERWARDS[guarded.tool](guarded.stackName)}`,
  });
}

const AFTERWARDS: Readonly<Record<Guarded['tool'], (stackName: string) => string>> = {
  cloudformation: (stackName) =>
    `CloudFormation does not update ${stackName} any more after this attempt; its nodes serve on, and the next upgrade replaces them`,
  terraform: (stackName) => `${stackName} is as it was: its nodes serve on, and it may be applied as before`,
};

async function mayDestroyLive({ stackName, cluster, service }: Guarded, clients: Clients): Promise<boolean> {
  const answer = await patiently(clients, () =>
    clients.ecs.send(new DescribeServicesCommand({ cluster, services: [service], include: ['TAGS'] })),
  );
  const found = answer.services?.[0];
  // Without a service nothing of this slot answers.
  if (found === undefined || found.status === 'INACTIVE') return true;
  return found.tags?.some(({ key, value }) => key === TAGS.destroyLive && value === stackName) ?? false;
}

async function rulesOf(targetGroupArn: string, clients: Clients): Promise<Rule[]> {
  const rules: Rule[] = [];
  for (const LoadBalancerArn of await loadBalancersOf(targetGroupArn, clients)) {
    let Marker: string | undefined;
    do {
      const page = await patiently(clients, () =>
        clients.elb.send(new DescribeListenersCommand({ LoadBalancerArn, Marker })),
      );
      for (const { ListenerArn } of page.Listeners ?? []) rules.push(...(await rulesAt(ListenerArn ?? '', clients)));
      Marker = page.NextMarker;
    } while (Marker);
  }
  return rules;
}

async function loadBalancersOf(targetGroupArn: string, clients: Clients): Promise<string[]> {
  try {
    const answer = await patiently(clients, () =>
      clients.elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [targetGroupArn] })),
    );
    return answer.TargetGroups?.[0]?.LoadBalancerArns ?? [];
  } catch (error) {
    // Nothing forwards to a target group that is gone.
    if (error instanceof Error && /^TargetGroupNotFound/.test(error.name)) return [];
    throw error;
  }
}

async function rulesAt(ListenerArn: string, clients: Clients): Promise<Rule[]> {
  const rules: Rule[] = [];
  let Marker: string | undefined;
  do {
    const page = await patiently(clients, () => clients.elb.send(new DescribeRulesCommand({ ListenerArn, Marker })));
    rules.push(...(page.Rules ?? []));
    Marker = page.NextMarker;
  } while (Marker);
  return rules;
}
