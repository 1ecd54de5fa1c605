import { CustomResource, Stack, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { FREEZE_OFF, FREEZE_OFF_ANSWER } from '../blueprint/freeze';
import type { EdgeSpec, TargetGroupSpec } from '../blueprint/spec';
import type { Slot } from '../traffic/weights';
import { SLOTS } from '../traffic/weights';
import { NO_RULE, OwnLoadBalancer } from './load-balancer';
import type { KongNetwork } from './network';
import type { RuleProvider } from './rule-provider';
import type { SlotTargetGroups } from './target-groups';
import { capital, slotTargetGroups } from './target-groups';
import type { RuleListener } from './weighted-rule';
import { WeightedRule, nativeRule, repairOf } from './weighted-rule';

/** Header that names the slot an Admin API call is meant for: `X-Kong-Slot: green`. */
export const SLOT_HEADER = 'X-Kong-Slot';

const PRIORITIES = { freeze: 1, slot: { blue: 10, green: 11 }, live: 1000 } as const;

const EVERY_PATH = { Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } };

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
      description: 'Internal load balancer of the Kong Admin API',
    });
    this.loadBalancer.admit(admin.allowedCidrs, admin.port);
    this.listenerArn = this.loadBalancer.loadBalancer.addListener('Listener', {
      port: admin.port,
      protocol: admin.certificateArn ? elbv2.ApplicationProtocol.HTTPS : elbv2.ApplicationProtocol.HTTP,
      open: false,
      ...(admin.certificateArn && {
        certificates: [elbv2.ListenerCertificate.fromArn(admin.certificateArn)],
        sslPolicy: (spec.https?.sslPolicy ?? 'ELBSecurityPolicy-TLS13-1-2-2021-06') as elbv2.SslPolicy,
      }),
      defaultAction: NO_RULE,
    }).listenerArn;
    const specs: Readonly<Record<Slot, TargetGroupSpec>> = spec.adminTargetGroups;
    this.targetGroups = slotTargetGroups(this, 'Admin', specs, network.vpc);

    const listener = { id: 'Admin', arn: this.listenerArn };
    this.freezeRuleArn = this.freezeRule(listener, provider).ref;
    for (const slot of SLOTS) this.slotRule(listener, slot);
    this.liveRuleArn = new WeightedRule(this, 'Live', {
      rule: { priority: PRIORITIES.live, conditions: [EVERY_PATH], actionsBefore: [] },
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
        Priority: PRIORITIES.freeze,
        Repair: repairOf(this),
        Conditions: stack.toJsonString([FREEZE_OFF]),
        Actions: stack.toJsonString([FREEZE_OFF_ANSWER]),
      },
    });
    rule.node.addDependency(...policies);
    return rule;
  }

  private slotRule(listener: RuleListener, slot: Slot): void {
    const header = { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: SLOT_HEADER, Values: [slot] } };
    nativeRule(this, `Slot${capital(slot)}`, {
      listener,
      rule: { priority: PRIORITIES.slot[slot], conditions: [header], actionsBefore: [] },
      forward: [{ targetGroup: this.targetGroups[slot], weight: 1 }],
    });
  }
}
