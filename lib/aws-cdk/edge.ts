import { CfnOutput, Reference, Stack, Token, Tokenization, aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { aws_dynamodb as dynamodb, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { EDGE_OUTPUTS } from '../blueprint/output-names';
import { LOAD_BALANCER_DESCRIPTIONS } from '../blueprint/node-flows';
import { userPools } from '../blueprint/rule-actions';
import type { ListenerRef, SystemSpec } from '../blueprint/spec';
import { KongDualClusterError } from '../errors';
import type { Slot } from '../traffic/weights';
import { SLOTS } from '../traffic/weights';
import { AdminListener } from './admin-listener';
import { EdgeAlarms } from './alarms';
import { edgeDashboard } from './dashboard';
import type { EdgeLoadBalancer, ListenerArns } from './load-balancer';
import { OwnLoadBalancer, adoptedLoadBalancer, ownListeners } from './load-balancer';
import { fullName } from './metrics';
import { KongNetwork } from './network';
import { NodeSecurityGroup } from './node-security-groups';
import { RollbackMachine } from './rollback-machine';
import { RuleProvider } from './rule-provider';
import { ShiftMachine } from './shift-machine';
import { ShiftTable } from './shift-table';
import type { SlotConnections } from './slot-connections';
import type { SlotTargetGroups } from './target-groups';
import { capital, slotTargetGroups } from './target-groups';
import { TesterRules } from './tester-rules';
import { textAsItIs } from './text-as-it-is';
import type { RuleListener } from './weighted-rule';
import { WeightedRule } from './weighted-rule';

export interface KongEdgeProps {
  readonly spec: SystemSpec;
  /** @default - made or described as `spec.network` says */
  readonly vpc?: ec2.IVpc;
}

/**
 * The long-lived part that both slots stand behind: load balancer, weighted rules, target groups, the Admin listener.
 * Slots depend on it and never the reverse; what they need is published for both whether they are there or not.
 * @throws KongDualClusterError WEIGHTS_OUT_OF_RANGE, WEIGHTS_ALL_ZERO, EDGE_FORWARDS_NOTHING, HANDLER_NOT_BUILT,
 *   TESTER_RULE_TOO_MANY_VALUES, TESTER_RULE_TWO_SOURCES, NETWORK_SIZE
 */
export class KongEdge extends Construct {
  readonly vpc: ec2.IVpc;
  readonly loadBalancer: elbv2.IApplicationLoadBalancer;
  readonly adminLoadBalancer: elbv2.IApplicationLoadBalancer;
  readonly targetGroups: SlotTargetGroups;
  readonly alarms: EdgeAlarms;
  /** Lock and state of the shift under way: whoever runs `shift` needs to read and write its items. */
  readonly shiftTable: dynamodb.ITable;
  /** ARNs of the weighted rules, in the order of `spec.edge.rules`. */
  readonly ruleArns: readonly string[];
  private readonly network: KongNetwork;
  private readonly edge: EdgeLoadBalancer;
  private readonly admin: AdminListener;
  /** What moves the weights on AWS alone; nothing where the template owns them. */
  readonly machines: { readonly shift: ShiftMachine; readonly rollback: RollbackMachine } | undefined;
  private readonly connectionsBySlot: Readonly<Record<Slot, SlotConnections>>;

  constructor(scope: Construct, id: string, { spec, vpc }: KongEdgeProps) {
    super(scope, id);
    const edge = spec.edge;
    textAsItIs(this);
    this.network = new KongNetwork(this, 'Network', spec.network, vpc);
    this.vpc = this.network.vpc;
    let listeners: ListenerArns = {};
    if (edge.adopted) {
      this.edge = adoptedLoadBalancer(this, edge.adopted, this.vpc);
    } else {
      const own = new OwnLoadBalancer(this, 'LoadBalancer', {
        spec: edge.loadBalancer,
        network: this.network,
        internetFacing: edge.loadBalancer.scheme === 'internet-facing',
        logPrefix: 'proxy',
        description: LOAD_BALANCER_DESCRIPTIONS.proxy,
      });
      listeners = ownListeners(own, edge);
      this.edge = own;
    }
    this.loadBalancer = this.edge.loadBalancer;
    this.targetGroups = slotTargetGroups(this, 'Proxy', edge.targetGroups, this.vpc);
    const provider = new RuleProvider(this, 'RuleProvider');
    this.admin = new AdminListener(this, 'Admin', { spec: edge, network: this.network, provider });
    this.adminLoadBalancer = this.admin.loadBalancer.loadBalancer;

    const rules = edge.rules.map((rule) => ({ rule, listener: listenerOf(rule.listener, listeners) }));
    this.ruleArns = rules.map(
      ({ rule, listener }) =>
        new WeightedRule(this, rule.id, {
          rule,
          listener,
          targetGroups: this.targetGroups,
          weights: edge.initialWeights,
          ownership: edge.weightOwnership,
          provider,
        }).ruleArn,
    );
    const tester = edge.testerHeader
      ? new TesterRules(this, 'Tester', {
          header: edge.testerHeader,
          rules: rules.flatMap(({ rule, listener }) =>
            rule.testerPriorities ? [{ id: rule.id, listener, rule, priorities: rule.testerPriorities }] : [],
          ),
          targetGroups: this.targetGroups,
        })
      : undefined;

    const watched = {
      spec: edge.alarms,
      loadBalancerFullName: this.edge.fullName,
      targetGroupFullNames: { blue: fullName(this.targetGroups.blue), green: fullName(this.targetGroups.green) },
    };
    this.alarms = new EdgeAlarms(this, 'Alarms', watched);
    edgeDashboard(this, 'Dashboard', { ...watched, alarms: this.alarms });
    this.shiftTable = new ShiftTable(this, 'Shift').table;

    const [blue, green] = SLOTS.map((slot) => this.connect(slot));
    this.connectionsBySlot = { blue: blue!, green: green! };
    this.machines = edge.weightOwnership === 'runner' ? this.makeMachines(edge) : undefined;
    this.publish();
    this.outputs(tester && { name: edge.testerHeader?.name ?? '', secretArn: tester.secret.secretArn });
  }

  /** What a slot's cluster needs of the edge. */
  connections(slot: Slot): SlotConnections {
    return this.connectionsBySlot[slot];
  }

  private makeMachines({ rules }: SystemSpec['edge']): KongEdge['machines'] {
    const arns = (groups: SlotTargetGroups) => ({
      blue: groups.blue.targetGroupArn,
      green: groups.green.targetGroupArn,
    });
    const targetGroupArns = arns(this.targetGroups);
    const props = {
      targets: {
        places: this.ruleArns.map((ruleArn) => ({ ruleArn, targetGroups: targetGroupArns })),
        followers: [{ ruleArn: this.admin.liveRuleArn, targetGroups: arns(this.admin.targetGroups) }],
      },
      table: this.shiftTable,
      userPoolArns: [...new Set(rules.flatMap(userPools))],
    };
    const rollback = new RollbackMachine(this, 'RollbackMachine', props);
    const shift = new ShiftMachine(this, 'ShiftMachine', {
      ...props,
      loadBalancerArn: this.edge.arn,
      targetGroupArns,
    });
    rollback.onEndOf(shift.machineArn);
    return { shift, rollback };
  }

  private connect(slot: Slot): SlotConnections {
    const { group } = new NodeSecurityGroup(this, `${capital(slot)}Nodes`, {
      slot,
      vpc: this.vpc,
      proxyFrom: this.edge.securityGroups,
      adminFrom: this.admin.loadBalancer.securityGroups[0]!,
    });
    return {
      slot,
      vpc: this.vpc,
      nodeSubnets: this.network.nodeSubnets,
      databaseSubnets: this.network.databaseSubnets,
      proxyTargetGroupArn: this.targetGroups[slot].targetGroupArn,
      adminTargetGroupArn: this.admin.targetGroups[slot].targetGroupArn,
      // By id: a slot's stack must not be able to write a rule into the edge's group.
      nodeSecurityGroup: ec2.SecurityGroup.fromSecurityGroupId(
        this,
        `${capital(slot)}NodesById`,
        group.securityGroupId,
        {
          mutable: false,
        },
      ),
    };
  }

  /**
   * Exports the same set for both slots, whether or not they are in the app: the exports that CDK would make when a
   * slot's stack uses them. The template of the edge is therefore the same with and without green.
   */
  private publish(): void {
    const stack = Stack.of(this);
    const values = SLOTS.flatMap((slot) => {
      const { vpc, nodeSubnets, databaseSubnets, ...slotted } = this.connections(slot);
      return [
        vpc.vpcId,
        ...vpc.selectSubnets(nodeSubnets).subnetIds,
        ...vpc.selectSubnets(databaseSubnets).subnetIds,
        slotted.proxyTargetGroupArn,
        slotted.adminTargetGroupArn,
        slotted.nodeSecurityGroup.securityGroupId,
      ];
    });
    // A value that is known (adopted, existing) needs no export, and one of the owner's stack is that stack's to export.
    for (const value of new Set(values)) if (isOf(stack, value)) stack.exportValue(value);
  }

  private outputs(tester: { readonly name: string; readonly secretArn: string } | undefined): void {
    const output = (name: string, value: string, description: string): void => {
      new CfnOutput(this, name, { value, description }).overrideLogicalId(name);
    };
    output(EDGE_OUTPUTS.loadBalancerDns, this.edge.dnsName, 'Host name of the load balancer');
    output(EDGE_OUTPUTS.loadBalancerArn, this.edge.arn, 'Load balancer of the proxy');
    output(EDGE_OUTPUTS.adminDns, this.admin.loadBalancer.dnsName, 'Host name of the Admin API, inside the network');
    output(EDGE_OUTPUTS.adminListenerArn, this.admin.listenerArn, 'Listener of the Admin API');
    output(EDGE_OUTPUTS.adminRuleArn, this.admin.liveRuleArn, 'Weighted rule of the Admin API');
    output(EDGE_OUTPUTS.freezeRuleArn, this.admin.freezeRuleArn, 'Rule that freezes the configuration');
    output(EDGE_OUTPUTS.weightedRuleArns, Stack.of(this).toJsonString(this.ruleArns), 'Weighted rules of the proxy');
    output(EDGE_OUTPUTS.shiftTable, this.shiftTable.tableName, 'Table with the lock and the state of a shift');
    const { names } = this.alarms;
    output(EDGE_OUTPUTS.alarmNames, Stack.of(this).toJsonString(names), 'Alarms by what they watch');
    for (const slot of SLOTS) {
      const arn = this.targetGroups[slot].targetGroupArn;
      output(EDGE_OUTPUTS.targetGroupArn[slot], arn, `Target group of the ${slot} slot`);
      const adminArn = this.admin.targetGroups[slot].targetGroupArn;
      output(EDGE_OUTPUTS.adminTargetGroupArn[slot], adminArn, `Target group of the Admin API of the ${slot} slot`);
    }
    if (this.machines) {
      const { shift, rollback } = this.machines;
      output(EDGE_OUTPUTS.shiftMachineArn, shift.machineArn, 'State machine that runs a shift');
      output(EDGE_OUTPUTS.rollbackMachineArn, rollback.machineArn, 'State machine that puts the weights back');
      output(EDGE_OUTPUTS.schedulerRoleArn, rollback.schedulerRoleArn, 'Role of the dead-man timer');
    }
    if (!tester) return;
    output(EDGE_OUTPUTS.testerHeaderName, tester.name, 'Header with SLOT-TOKEN, which reaches a slot by name');
    output(EDGE_OUTPUTS.testerSecretArn, tester.secretArn, 'Secret with the token of the tester header');
  }
}

function isOf(stack: Stack, value: string): boolean {
  const token = Token.isUnresolved(value) ? Tokenization.reverseCompleteString(value) : undefined;
  return Reference.isReference(token) && Stack.of(token.target) === stack;
}

/** @throws KongDualClusterError EDGE_FORWARDS_NOTHING */
function listenerOf(ref: ListenerRef, own: ListenerArns): RuleListener {
  if (ref.kind === 'existing') return { id: `Port${ref.port}`, arn: ref.arn };
  const arn = own[ref.protocol];
  if (arn === undefined) {
    throw new KongDualClusterError('EDGE_FORWARDS_NOTHING', `there is no ${ref.protocol} listener that forwards`, {
      found: `a weighted rule on ${ref.protocol}`,
      remedy: `set edge.${ref.protocol}, or leave the rule out`,
    });
  }
  return { id: ref.protocol === 'https' ? 'Https' : 'Http', arn };
}
