import { Construct } from 'constructs';
import { FREEZE_RULE, LIVE_RULE, slotRule } from '../blueprint/admin-rules';
import { adminListenerSpec } from '../blueprint/listeners';
import { LOAD_BALANCER_DESCRIPTIONS } from '../blueprint/node-flows';
import type { EdgeSpec } from '../blueprint/spec';
import { SLOTS } from '../traffic/weights';
import { OwnLoadBalancer, addListener } from './load-balancer';
import type { KongNetwork } from './network';
import type { SlotTargetGroups } from './target-groups';
import { capital, slotTargetGroups } from './target-groups';
import { WeightedRule, forwardingRule, listenerRule } from './weighted-rule';

export interface AdminListenerProps {
  /** Of the system. */
  readonly name: string;
  readonly spec: EdgeSpec;
  readonly network: KongNetwork;
  /** @default false */
  readonly destroyable?: boolean;
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

  constructor(scope: Construct, id: string, { name, spec, network, destroyable = false }: AdminListenerProps) {
    super(scope, id);
    this.loadBalancer = new OwnLoadBalancer(this, 'LoadBalancer', {
      name: `${name}-edge-admin`,
      spec: spec.loadBalancer,
      network,
      internetFacing: false,
      logPrefix: 'admin',
      description: LOAD_BALANCER_DESCRIPTIONS.admin,
    });
    this.loadBalancer.admit(spec.admin.allowedCidrs, spec.admin.port);
    this.listenerArn = addListener(this.loadBalancer, adminListenerSpec(spec));
    this.targetGroups = slotTargetGroups(this, 'Admin', {
      name,
      specs: spec.adminTargetGroups,
      vpcId: network.vpcId,
    });

    const { listenerArn } = this;
    this.freezeRuleArn = listenerRule(this, 'Freeze', {
      listenerArn,
      ...FREEZE_RULE,
      // `freeze` and `unfreeze` change it live, and no deployment touches it.
      lifecycle: { ignoreChanges: ['action', 'condition'] },
    }).arn;
    for (const slot of SLOTS) {
      forwardingRule(this, `Slot${capital(slot)}`, {
        listenerArn,
        rule: slotRule(slot),
        forward: [{ targetGroupArn: this.targetGroups[slot].arn, weight: 1 }],
      });
    }
    this.liveRuleArn = new WeightedRule(this, 'Live', {
      rule: LIVE_RULE,
      listener: { id: 'Admin', arn: listenerArn },
      targetGroups: this.targetGroups,
      weights: spec.adminWeights,
      ownership: spec.weightOwnership,
      destroyable,
    }).ruleArn;
  }
}
