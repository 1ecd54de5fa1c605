import { DataAwsSsmParameter } from '@cdktf/provider-aws/lib/data-aws-ssm-parameter';
import type { TerraformStack } from 'cdktf';
import { EdgeAlarms } from '../../../lib/cdktf/alarms';
import { edgeDashboard } from '../../../lib/cdktf/dashboard';
import type { MachineProps } from '../../../lib/cdktf/rollback-machine';
import { RollbackMachine } from '../../../lib/cdktf/rollback-machine';
import { ShiftMachine } from '../../../lib/cdktf/shift-machine';
import { ShiftTable } from '../../../lib/cdktf/shift-table';

const ELB = 'arn:aws:elasticloadbalancing:eu-central-1:111122223333';
export const LOAD_BALANCER_ARN = `${ELB}:loadbalancer/app/kong/50dc6c495c0c9188`;
const targetGroupArns = { blue: `${ELB}:targetgroup/blue/1`, green: `${ELB}:targetgroup/green/2` };
/** The longest that the settings take. */
export const LONGEST_NAME = 'kong-of-the-whole-of-the-house';

/** A name that is only known in a plan, as those of resources are. */
const reference = (stack: TerraformStack, id: string): string =>
  new DataAwsSsmParameter(stack, id, { name: `/${id}` }).insecureValue;

/** What is watched, with names that Terraform knows when it applies. */
export function watch(stack: TerraformStack, topicArn?: string): EdgeAlarms {
  const watched = {
    name: 'kong',
    spec: { errorShare: 0.02, p99Seconds: 1.5, ...(topicArn !== undefined && { topicArn }) },
    loadBalancerFullName: reference(stack, 'LoadBalancer'),
    targetGroupFullNames: { blue: reference(stack, 'Blue'), green: reference(stack, 'Green') },
  };
  const alarms = new EdgeAlarms(stack, 'Alarms', watched);
  edgeDashboard(stack, 'Dashboard', { ...watched, alarms });
  return alarms;
}

/** Both state machines over one rule that Terraform makes and the rule of the Admin API. */
export function machines(
  stack: TerraformStack,
  { name = 'kong', userPoolArns = [] }: { readonly name?: string; readonly userPoolArns?: readonly string[] } = {},
): { readonly props: MachineProps; readonly shift: ShiftMachine; readonly rollback: RollbackMachine } {
  const table = new ShiftTable(stack, 'Table', { name });
  const props: MachineProps = {
    name,
    targets: {
      places: [{ ruleArn: reference(stack, 'Rule'), targetGroups: targetGroupArns }],
      followers: [{ ruleArn: reference(stack, 'AdminRule'), targetGroups: targetGroupArns }],
    },
    table: { name: table.tableName, arn: table.tableArn },
    userPoolArns,
  };
  const rollback = new RollbackMachine(stack, 'RollbackMachine', props);
  const shift = new ShiftMachine(stack, 'ShiftMachine', {
    ...props,
    loadBalancerArn: LOAD_BALANCER_ARN,
    targetGroupArns,
  });
  rollback.onEndOf(shift.machineArn);
  return { props, shift, rollback };
}
