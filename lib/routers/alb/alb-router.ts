import {
  DescribeRulesCommand,
  ModifyRuleCommand,
  type Action,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { repairByEither } from '../../blueprint/deploy-command';
import type { TargetGroups } from '../../traffic/rule-actions';
import { ELB_SCALE } from '../../traffic/weights';
import { WeightedActionsRouter, type ActionLists } from '../elb/weighted-actions-router';
import type { RouterCapabilities } from '../router';

export interface AlbRouterProps {
  /** Listener rules that split the proxy's traffic, each between both target groups. */
  readonly ruleArns: readonly string[];
  readonly targetGroups: TargetGroups;
  /** A rule that is never split: the Admin API's. It follows when one slot has everything. */
  readonly follower?: { readonly ruleArn: string; readonly targetGroups: TargetGroups };
}

const CAPABILITIES: RouterCapabilities = {
  name: 'alb',
  scale: ELB_SCALE,
  splits: 'requests',
  compareAndSet: false,
  settleSeconds: 1,
  notes: {
    atomic: 'both weights of a rule at once; several rules one after the other, completed by the next command',
    sticky: 'group stickiness outlives weights: a client stays with its group until its cookie ends',
    drains: 'requests under way end where they began; a weight deregisters nothing',
  },
};

/**
 * Weighted target groups of an Application Load Balancer.
 *
 * atomic  one ModifyRule changes both weights of a rule at once; several rules are written one after the other, and a
 *         run that ends between two leaves a partial state that `read` shows and the next `apply` or `restore` completes
 * compare there is no conditional write (ELBv2 API, ModifyRule): each write stands between two reads
 * sticky  group stickiness outlives weights: a client stays with its group until its cookie ends
 * drains  requests under way end where they began; nothing is deregistered by a weight
 */
export class AlbRouter extends WeightedActionsRouter {
  constructor(elb: Pick<ElasticLoadBalancingV2Client, 'send'>, { ruleArns, targetGroups, follower }: AlbRouterProps) {
    super(CAPABILITIES, rulesOf(elb), {
      ids: ruleArns,
      targetGroups,
      ...(follower && { follower: { id: follower.ruleArn, targetGroups: follower.targetGroups } }),
    });
  }
}

const rulesOf = (elb: Pick<ElasticLoadBalancingV2Client, 'send'>): ActionLists => ({
  what: 'a weighted rule',
  operation: 'ModifyRule',
  remedies: {
    changed:
      '`kong-dual-cluster shift abort` writes the list from before the shift where its journal is; else let it forward to both target groups again (aws elbv2 modify-rule)',
    missing: `a plain deploy of CloudFormation does not notice it: ${repairByEither('NAME-edge')} makes it again, with all weight on the slot that the settings call live; look at \`live\` first`,
  },
  async read(arns) {
    const found = new Map<string, readonly Action[]>();
    let Marker: string | undefined;
    do {
      const page = await elb.send(new DescribeRulesCommand({ RuleArns: [...arns], ...(Marker && { Marker }) }));
      for (const { RuleArn, Actions } of page.Rules ?? []) if (RuleArn) found.set(RuleArn, Actions ?? []);
      Marker = page.NextMarker;
    } while (Marker);
    return found;
  },
  async write(RuleArn, Actions, abortSignal) {
    await elb.send(new ModifyRuleCommand({ RuleArn, Actions }), { abortSignal });
  },
});
