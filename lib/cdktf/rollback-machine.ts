import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { Construct } from 'constructs';
import { MACHINE_ROLES, STARTERS, endOfShift } from '../blueprint/machines';
import { rollbackStatements, startStatements } from '../blueprint/permissions';
import type { MovedWeights } from '../blueprint/permissions';
import type { MachineTargets } from '../traffic/machine-tasks';
import { rollbackMachine } from '../traffic/rollback-machine';
import { literal, literalJson } from './literal';
import { ServiceRole } from './service-role';
import { StateMachine } from './state-machine';

export interface MachineProps {
  /** Of the system. */
  readonly name: string;
  /** Rules that the machines may write, and no others. */
  readonly targets: Pick<MachineTargets, 'places' | 'followers'>;
  readonly table: { readonly name: string; readonly arn: string };
  /** Cognito user pools of the rules' own actions: ELB looks them up with the rights of whoever writes the rule. */
  readonly userPoolArns: readonly string[];
}

/**
 * The state machine that puts the weights back to where they were before a run (lib/traffic/rollback-machine.ts), and the
 * role by which EventBridge Scheduler, the dead-man timer, may start it.
 */
export class RollbackMachine extends Construct {
  readonly machineArn: string;
  readonly schedulerRoleArn: string;
  private readonly system: string;

  constructor(scope: Construct, id: string, props: MachineProps) {
    super(scope, id);
    this.system = props.name;
    this.machineArn = new StateMachine(this, 'Rollback', {
      name: `${props.name}-edge-rollback`,
      definition: rollbackMachine({ ...props.targets, table: props.table.name }),
      roleDescription: MACHINE_ROLES.rollback,
      statements: rollbackStatements(movedWeights(props)),
    }).machineArn;
    this.schedulerRoleArn = this.starter('Scheduler', 'scheduler').arn;
  }

  /** Starts it when an execution of another machine ends as it should not (lib/blueprint/machines.ts). */
  onEndOf(machineArn: string): void {
    const { description, eventPattern, targetId, inputPaths, inputTemplate, retry } = endOfShift(machineArn);
    const role = this.starter('Events', 'events');
    const rule = new CloudwatchEventRule(this, 'OnEnd', {
      name: `${this.system}-edge-shift-ended`,
      description: literal(description),
      eventPattern: literalJson(eventPattern),
    });
    new CloudwatchEventTarget(this, 'OnEndTarget', {
      rule: rule.name,
      targetId,
      arn: this.machineArn,
      roleArn: role.arn,
      inputTransformer: { inputPaths: literal({ ...inputPaths }), inputTemplate: literal(inputTemplate) },
      retryPolicy: retry,
      dependsOn: [role.policy],
    });
  }

  /** A role for a service of AWS that may start this machine and nothing else, on behalf of this account alone. */
  private starter(id: string, service: keyof typeof STARTERS): ServiceRole {
    return new ServiceRole(this, id, {
      name: `${this.system}-edge-${service}`,
      service,
      description: STARTERS[service],
      statements: startStatements(this.machineArn),
      forThisAccount: true,
    });
  }
}

export const movedWeights = ({ targets, table, userPoolArns }: MachineProps): MovedWeights => ({
  ruleArns: [...targets.places, ...targets.followers].map(({ ruleArn }) => ruleArn),
  tableArn: table.arn,
  userPoolArns,
});
