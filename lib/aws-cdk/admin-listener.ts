import { CustomResource, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { FREEZE_RULE, LIVE_RULE, slotRule } from '../blueprint/admin-rules';
import { adminListenerSpec } from '../blueprint/listeners';
import { LOAD_BALANCER_DESCRIPTIONS } from '../blueprint/node-flows';
import type { EdgeSpec, TargetGroupSpec } from '../blueprint/spec';
import type { Slot } from '../traffic/weights';
import { SLOTS } from '../traffic/weights';
import { OwnLoadBalancer, addListener } from './load-balancer';
import type { KongNetwork } from './network';
import type { RuleProvider } from './rule-provider';
import type { SlotTargetGroups } from './target-groups';
import { capital, slotTargetGroups } from './target-groups';
import type { RuleListener } from './weighted-rule';
import { WeightedRule, nativeRule, repairOf } from './weighted-rule';

export interface AdminListenerProps {
  readonly spec: EdgeSpec;
  readonly network: KongNetwork;
  readonly provider: RuleProvider;
}

/**
 * The Admin API behind an internal load balancer of its own: writes can be frozen for both slots at once, a header
 * reaches a slot by name, and everything else goes where the traffic goes.
 */
export class AdminListener extends Construct {
  readonly loadBalancer: OwnLoadBalancer;
  readonly targetGroups: SlotTargetGroups;
  readonly listenerArn: string;
  readonly freezeRuleArn: string;
  readonly liveRuleArn: string;

  constructor(scope: Construct, id: string, { spec, network, provider }: AdminListenerProps) {
    super(scope, id);
    const { admin } = spec;
    this.loadBalancer = new OwnLoadBalancer(this, 'LoadBalancer', {
      spec: spec.loadBalancer,
      network,
      internetFacing: false,
      logPrefix: 'admin',
      description: LOAD_BALANCER_DESCRIPTIONS.admin,
    });
    this.loadBalancer.admit(admin.allowedCidrs, admin.port);
    this.listenerArn = addListener(this.loadBalancer, adminListenerSpec(spec));
    const specs: Readonly<Record<Slot, TargetGroupSpec>> = spec.adminTargetGroups;
    this.targetGroups = slotTargetGroups(this, 'Admin', specs, network.vpc);

    const listener = { id: 'Admin', arn: this.listenerArn };
    this.freezeRuleArn = this.freezeRule(listener, provider).ref;
    for (const slot of SLOTS) this.slotRule(listener, slot);
    this.liveRuleArn = new WeightedRule(this, 'Live', {
      rule: LIVE_RULE,
      listener,
      targetGroups: this.targetGroups,
      weights: spec.adminWeights,
      ownership: spec.weightOwnership,
      provider,
    }).ruleArn;
  }

  private freezeRule(listener: RuleListener, provider: RuleProvider): CustomResource {
    const stack = Stack.of(this);
    const policies = provider.forListener(listener);
    const rule = new CustomResource(this, 'Freeze', {
      resourceType: 'Custom::KongFreezeRule',
      serviceToken: provider.serviceToken,
      serviceTimeout: provider.serviceTimeout,
      properties: {
        ListenerArn: listener.arn,
        Priority: FREEZE_RULE.priority,
        Repair: repairOf(this),
        Conditions: stack.toJsonString(FREEZE_RULE.conditions),
        Actions: stack.toJsonString(FREEZE_RULE.actions),
      },
    });
    rule.node.addDependency(...policies);
    return rule;
  }

  private slotRule(listener: RuleListener, slot: Slot): void {
    nativeRule(this, `Slot${capital(slot)}`, {
      listener,
      rule: slotRule(slot),
      forward: [{ targetGroup: this.targetGroups[slot], weight: 1 }],
    });
  }
}
