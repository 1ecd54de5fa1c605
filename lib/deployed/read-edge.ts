import { deployCommand } from '../blueprint/deploy-command';
import { EDGE_OUTPUTS } from '../blueprint/output-names';
import { EXIT, KongDualClusterError } from '../errors';
import type { Settings } from '../settings/schema';
import { SLOTS, type Slot } from '../traffic/weights';
import { readStack } from './read-stack';
import type { Stacks } from './stacks';

/** What the edge's stack publishes, read live: every command finds its way from here. */
export interface EdgeReading {
  readonly stackName: string;
  readonly loadBalancerArn: string;
  readonly loadBalancerDns: string;
  readonly targetGroupArns: Readonly<Record<Slot, string>>;
  readonly adminTargetGroupArns: Readonly<Record<Slot, string>>;
  /** Rules that split the proxy's traffic. */
  readonly weightedRuleArns: readonly string[];
  /** Rule of the Admin API; it is never split. */
  readonly adminRuleArn: string;
  readonly adminDns: string;
  readonly adminListenerArn: string;
  readonly freezeRuleArn: string;
  readonly shiftTable: string;
  readonly alarmNames: Readonly<Record<Slot | 'loadBalancer', readonly string[]>>;
  /** Absent in an edge that was deployed by an earlier version, or with `weightOwnership: template`. */
  readonly shiftMachineArn?: string;
  readonly rollbackMachineArn?: string;
  /** Role that EventBridge Scheduler starts the rollback machine with. */
  readonly schedulerRoleArn?: string;
}

/** @throws KongDualClusterError STACK_NOT_FOUND, EDGE_OUTDATED when it was deployed by an earlier version of this library */
export async function readEdge(stacks: Stacks, settings: Pick<Settings, 'name' | 'terraform'>): Promise<EdgeReading> {
  const stackName = `${settings.name}-edge`;
  const { outputs } = await readStack(stacks, settings, stackName);
  const text = (output: string): string => {
    const value = outputs[output];
    if (value !== undefined) return value;
    throw new KongDualClusterError(
      'EDGE_OUTDATED',
      `the stack ${stackName} does not publish all that this version needs`,
      {
        found: stacks.missing(stackName, output),
        remedy: `${deployCommand(settings, stackName)} (it does not touch the weights)`,
        exitCode: EXIT.preflightRefused,
      },
    );
  };
  const optional = <K extends 'shiftMachineArn' | 'rollbackMachineArn' | 'schedulerRoleArn'>(key: K) => {
    const value = outputs[EDGE_OUTPUTS[key]];
    return value === undefined ? {} : ({ [key]: value } as Record<K, string>);
  };
  return {
    stackName,
    loadBalancerArn: text(EDGE_OUTPUTS.loadBalancerArn),
    loadBalancerDns: text(EDGE_OUTPUTS.loadBalancerDns),
    targetGroupArns: {
      blue: text(EDGE_OUTPUTS.targetGroupArn.blue),
      green: text(EDGE_OUTPUTS.targetGroupArn.green),
    },
    adminTargetGroupArns: {
      blue: text(EDGE_OUTPUTS.adminTargetGroupArn.blue),
      green: text(EDGE_OUTPUTS.adminTargetGroupArn.green),
    },
    weightedRuleArns: JSON.parse(text(EDGE_OUTPUTS.weightedRuleArns)) as string[],
    adminRuleArn: text(EDGE_OUTPUTS.adminRuleArn),
    adminDns: text(EDGE_OUTPUTS.adminDns),
    adminListenerArn: text(EDGE_OUTPUTS.adminListenerArn),
    freezeRuleArn: text(EDGE_OUTPUTS.freezeRuleArn),
    shiftTable: text(EDGE_OUTPUTS.shiftTable),
    alarmNames: alarms(text(EDGE_OUTPUTS.alarmNames)),
    ...optional('shiftMachineArn'),
    ...optional('rollbackMachineArn'),
    ...optional('schedulerRoleArn'),
  };
}

function alarms(text: string): EdgeReading['alarmNames'] {
  const names = JSON.parse(text) as Partial<EdgeReading['alarmNames']>;
  const [blue, green] = SLOTS.map((slot) => names[slot] ?? []);
  return { blue: blue!, green: green!, loadBalancer: names.loadBalancer ?? [] };
}
