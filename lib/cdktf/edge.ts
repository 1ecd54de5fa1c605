import { DataResource } from 'cdktf';
import { Construct } from 'constructs';
import { LOAD_BALANCER_DESCRIPTIONS } from '../blueprint/node-flows';
import { EDGE_CONNECTIONS, EDGE_OUTPUTS, STATE_ID } from '../blueprint/output-names';
import { userPools } from '../blueprint/rule-actions';
import type { ListenerRef, SystemSpec } from '../blueprint/spec';
import { KongDualClusterError } from '../errors';
import type { Slot } from '../traffic/weights';
import { SLOTS } from '../traffic/weights';
import { AdminListener } from './admin-listener';
import { EdgeAlarms } from './alarms';
import { commaList } from './comma-list';
import { edgeDashboard } from './dashboard';
import { literal, literalJson } from './literal';
import type { EdgeLoadBalancer, ListenerArns } from './load-balancer';
import { OwnLoadBalancer, adoptedLoadBalancer, ownListeners } from './load-balancer';
import type { NetworkIds } from './network';
import { KongNetwork } from './network';
import { NodeSecurityGroup } from './node-security-groups';
import { Published } from './publish';
import { RollbackMachine } from './rollback-machine';
import { ShiftMachine } from './shift-machine';
import { ShiftTable } from './shift-table';
import type { SlotConnections } from './slot-connections';
import type { SlotTargetGroups } from './target-groups';
import { capital, slotTargetGroups } from './target-groups';
import { TesterRules } from './tester-rules';
import type { RuleListener } from './weighted-rule';
import { WeightedRule } from './weighted-rule';

export interface KongEdgeProps {
  readonly spec: SystemSpec;
  /** @default - made or described as `spec.network` says */
  readonly network?: NetworkIds;
  /** Lets Terraform destroy the weighted rules. @default false: a plan that would is refused */
  readonly destroyable?: boolean;
}

/**
 * The long-lived part that both slots stand behind: load balancer, weighted rules, target groups, the Admin listener.
 * Slots depend on it and never the reverse; what they need is published for both whether they are there or not.
 * @throws KongDualClusterError WEIGHTS_OUT_OF_RANGE, WEIGHTS_ALL_ZERO, EDGE_FORWARDS_NOTHING, HANDLER_NOT_BUILT,
 *   TESTER_RULE_TOO_MANY_VALUES, TESTER_RULE_TWO_SOURCES, NETWORK_SIZE, RULE_CONDITION_UNKNOWN, RULE_ACTION_UNKNOWN, OIDC_SECRET_MISSING
 */
export class KongEdge extends Construct {
  readonly vpcId: string;
  readonly loadBalancerArn: string;
  readonly loadBalancerDnsName: string;
  /** Inside the network. */
  readonly adminDnsName: string;
  readonly targetGroups: SlotTargetGroups;
  readonly alarms: EdgeAlarms;
  /** Lock and state of the shift under way: whoever runs `shift` needs to read and write its items. */
  readonly shiftTableName: string;
  readonly shiftTableArn: string;
  /** ARNs of the weighted rules, in the order of `spec.edge.rules`. */
  readonly ruleArns: readonly string[];
  /** What moves the weights on AWS alone; nothing where the template owns them. */
  readonly machines: { readonly shift: ShiftMachine; readonly rollback: RollbackMachine } | undefined;
  private readonly network: KongNetwork;
  private readonly edge: EdgeLoadBalancer;
  private readonly admin: AdminListener;
  private readonly connectionsBySlot: Readonly<Record<Slot, SlotConnections>>;

  constructor(scope: Construct, id: string, { spec, network, destroyable = false }: KongEdgeProps) {
    super(scope, id);
    const { name, edge } = spec;
    this.network = new KongNetwork(this, 'Network', { name, spec: spec.network, ...(network && { given: network }) });
    const { vpcId } = this.network;
    this.vpcId = vpcId;
    let listeners: ListenerArns = {};
    if (edge.adopted) {
      this.edge = adoptedLoadBalancer(edge.adopted);
    } else {
      const own = new OwnLoadBalancer(this, 'LoadBalancer', {
        name: `${name}-edge-proxy`,
        spec: edge.loadBalancer,
        network: this.network,
        internetFacing: edge.loadBalancer.scheme === 'internet-facing',
        logPrefix: 'proxy',
        description: LOAD_BALANCER_DESCRIPTIONS.proxy,
      });
      listeners = ownListeners(own, edge);
      this.edge = own;
    }
    this.loadBalancerArn = this.edge.arn;
    this.loadBalancerDnsName = this.edge.dnsName;
    this.targetGroups = slotTargetGroups(this, 'Proxy', { name, specs: edge.targetGroups, vpcId });
    this.admin = new AdminListener(this, 'Admin', { name, spec: edge, network: this.network, destroyable });
    this.adminDnsName = this.admin.loadBalancer.dnsName;

    const rules = edge.rules.map((rule) => ({ rule, listener: listenerOf(rule.listener, listeners) }));
    this.ruleArns = rules.map(
      ({ rule, listener }) =>
        new WeightedRule(this, rule.id, {
          rule,
          listener,
          targetGroups: this.targetGroups,
          weights: edge.initialWeights,
          ownership: edge.weightOwnership,
          destroyable,
        }).ruleArn,
    );
    const tester = edge.testerHeader
      ? new TesterRules(this, 'Tester', {
          name,
          header: edge.testerHeader,
          rules: rules.flatMap(({ rule, listener }) =>
            rule.testerPriorities ? [{ id: rule.id, listener, rule, priorities: rule.testerPriorities }] : [],
          ),
          targetGroups: this.targetGroups,
        })
      : undefined;

    const { blue, green } = this.targetGroups;
    const watched = {
      name,
      spec: edge.alarms,
      loadBalancerFullName: this.edge.fullName,
      targetGroupFullNames: { blue: blue.fullName, green: green.fullName },
    };
    this.alarms = new EdgeAlarms(this, 'Alarms', watched);
    edgeDashboard(this, 'Dashboard', { ...watched, alarms: this.alarms });
    const table = new ShiftTable(this, 'Shift', { name });
    this.shiftTableName = table.tableName;
    this.shiftTableArn = table.tableArn;

    const [blueSlot, greenSlot] = SLOTS.map((slot) => this.connect(name, slot));
    this.connectionsBySlot = { blue: blueSlot!, green: greenSlot! };
    this.machines = edge.weightOwnership === 'runner' ? this.makeMachines(name, edge) : undefined;
    this.publish(name, tester && { name: edge.testerHeader?.name ?? '', secretArn: tester.secretArn });
  }

  /** What a slot's cluster needs of the edge, for a slot in the same state; one in its own reads `publishedConnections`. */
  connections(slot: Slot): SlotConnections {
    return this.connectionsBySlot[slot];
  }

  private makeMachines(name: string, { rules }: SystemSpec['edge']): KongEdge['machines'] {
    const arns = ({ blue, green }: SlotTargetGroups) => ({ blue: blue.arn, green: green.arn });
    const targetGroupArns = arns(this.targetGroups);
    const props = {
      name,
      targets: {
        places: this.ruleArns.map((ruleArn) => ({ ruleArn, targetGroups: targetGroupArns })),
        followers: [{ ruleArn: this.admin.liveRuleArn, targetGroups: arns(this.admin.targetGroups) }],
      },
      table: { name: this.shiftTableName, arn: this.shiftTableArn },
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

  private connect(name: string, slot: Slot): SlotConnections {
    const { groupId } = new NodeSecurityGroup(this, `${capital(slot)}Nodes`, {
      name,
      slot,
      vpcId: this.vpcId,
      proxy: this.edge,
      admin: this.admin.loadBalancer,
    });
    return {
      slot,
      vpcId: this.vpcId,
      nodeSubnetIds: this.network.nodeSubnetIds,
      databaseSubnetIds: this.network.databaseSubnetIds,
      proxyTargetGroupArn: this.targetGroups[slot].arn,
      adminTargetGroupArn: this.admin.targetGroups[slot].arn,
      nodeSecurityGroupId: groupId,
    };
  }

  /** The same set whether or not the slots are in the app: the edge is therefore the same with and without green. */
  private publish(name: string, tester: { readonly name: string; readonly secretArn: string } | undefined): void {
    const ofSlots = (names: Readonly<Record<Slot, string>>, value: (slot: Slot) => string): Record<string, string> =>
      Object.fromEntries(SLOTS.map((slot) => [names[slot], value(slot)]));
    new Published(this, 'Published', {
      stackName: `${name}-edge`,
      outputs: {
        [EDGE_OUTPUTS.loadBalancerDns]: literal(this.edge.dnsName),
        [EDGE_OUTPUTS.loadBalancerArn]: literal(this.edge.arn),
        [EDGE_OUTPUTS.adminDns]: this.adminDnsName,
        [EDGE_OUTPUTS.adminListenerArn]: this.admin.listenerArn,
        [EDGE_OUTPUTS.adminRuleArn]: this.admin.liveRuleArn,
        [EDGE_OUTPUTS.freezeRuleArn]: this.admin.freezeRuleArn,
        [EDGE_OUTPUTS.weightedRuleArns]: literalJson(this.ruleArns),
        [EDGE_OUTPUTS.shiftTable]: this.shiftTableName,
        [EDGE_OUTPUTS.alarmNames]: literalJson(this.alarms.names),
        ...ofSlots(EDGE_OUTPUTS.targetGroupArn, (slot) => literal(this.targetGroups[slot].arn)),
        ...ofSlots(EDGE_OUTPUTS.adminTargetGroupArn, (slot) => this.admin.targetGroups[slot].arn),
        ...(this.machines && {
          [EDGE_OUTPUTS.shiftMachineArn]: this.machines.shift.machineArn,
          [EDGE_OUTPUTS.rollbackMachineArn]: this.machines.rollback.machineArn,
          [EDGE_OUTPUTS.schedulerRoleArn]: this.machines.rollback.schedulerRoleArn,
        }),
        ...(tester && {
          [EDGE_OUTPUTS.testerHeaderName]: literal(tester.name),
          [EDGE_OUTPUTS.testerSecretArn]: literal(tester.secretArn),
        }),
        [EDGE_CONNECTIONS.vpcId]: this.vpcId,
        [EDGE_CONNECTIONS.nodeSubnetIds]: commaList(this.network.nodeSubnetIds),
        [EDGE_CONNECTIONS.databaseSubnetIds]: commaList(this.network.databaseSubnetIds),
        ...ofSlots(EDGE_CONNECTIONS.nodeSecurityGroupId, (slot) => this.connections(slot).nodeSecurityGroupId),
        [STATE_ID]: new DataResource(this, 'State').id,
      },
    });
  }
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
