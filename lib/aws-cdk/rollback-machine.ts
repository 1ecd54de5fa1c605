import { Stack, Validations, aws_events as events, aws_iam as iam, aws_stepfunctions as sfn } from 'aws-cdk-lib';
import type { aws_dynamodb as dynamodb } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { MACHINE_ROLES, STARTERS, endOfShift } from '../blueprint/machines';
import { rollbackStatements, startStatements } from '../blueprint/permissions';
import type { MovedWeights, Statement } from '../blueprint/permissions';
import { inPartition } from '../traffic/asl';
import type { AslDefinition } from '../traffic/asl';
import type { MachineTargets } from '../traffic/machine-tasks';
import { rollbackMachine } from '../traffic/rollback-machine';

export interface MachineProps {
  /** Rules that the machines may write, and no others. */
  readonly targets: Pick<MachineTargets, 'places' | 'followers'>;
  readonly table: dynamodb.ITable;
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

  constructor(scope: Construct, id: string, props: MachineProps) {
    super(scope, id);
    const role = machineRole(this, MACHINE_ROLES.rollback, rollbackStatements(movedWeights(props)));
    const definition = rollbackMachine({ ...props.targets, table: props.table.tableName });
    this.machineArn = machine(this, definition, role);
    this.schedulerRoleArn = this.starter('Scheduler', 'scheduler').roleArn;
  }

  /** Starts it when an execution of another machine ends as it should not (lib/blueprint/machines.ts). */
  onEndOf(machineArn: string): void {
    const { description, eventPattern, targetId, inputPaths, inputTemplate, retry } = endOfShift(machineArn);
    new events.CfnRule(this, 'OnEnd', {
      description,
      eventPattern,
      targets: [
        {
          id: targetId,
          arn: this.machineArn,
          roleArn: this.starter('Events', 'events').roleArn,
          inputTransformer: { inputPathsMap: inputPaths, inputTemplate },
          retryPolicy: retry,
        },
      ],
    });
  }

  /** A role for a service of AWS that may start this machine and nothing else, on behalf of this account alone. */
  private starter(id: string, service: keyof typeof STARTERS): iam.Role {
    const role = new iam.Role(this, `${id}Role`, {
      assumedBy: new iam.ServicePrincipal(`${service}.amazonaws.com`, {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      description: STARTERS[service],
    });
    allow(role, startStatements(this.machineArn));
    return role;
  }
}

export const movedWeights = ({ targets, table, userPoolArns }: MachineProps): MovedWeights => ({
  ruleArns: [...targets.places, ...targets.followers].map(({ ruleArn }) => ruleArn),
  tableArn: table.tableArn,
  userPoolArns,
});

/** Statements of the blueprint. */
export function allow(role: iam.Role, statements: readonly Statement[]): void {
  for (const { actions, resources, conditions } of statements)
    role.addToPolicy(
      new iam.PolicyStatement({ actions: [...actions], resources: [...resources], ...(conditions && { conditions }) }),
    );
}

/** The role of a state machine, for this account alone. */
export function machineRole(scope: Construct, description: string, statements: readonly Statement[]): iam.Role {
  const role = new iam.Role(scope, 'Role', {
    assumedBy: new iam.ServicePrincipal('states.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
    description,
  });
  allow(role, statements);
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'elasticloadbalancing:Describe* takes no resource (AWS Service Authorization Reference), and the alarms that a plan watches are named by the plan',
  });
  return role;
}

/** A standard state machine. */
export function machine(scope: Construct, definition: AslDefinition, role: iam.IRole): string {
  const made = new sfn.CfnStateMachine(scope, 'Machine', {
    // References are ARNs and names, which JSON writes as they are: toJsonString would walk the definition twice a synth.
    definitionString: JSON.stringify(inPartition(definition, Stack.of(scope).partition)),
    roleArn: role.roleArn,
  });
  // CloudFormation would make the machine before the role may do anything.
  made.node.addDependency(role);
  Validations.of(made).acknowledge(
    {
      id: 'AwsSolutions-SF1',
      reason:
        'Step Functions keeps the history of every execution for 90 days, and each phase is written to the edge’s table; a log would copy it and its delivery would need rights on every log group',
    },
    { id: 'AwsSolutions-SF2', reason: 'the machine calls AWS alone; X-Ray would trace nothing of the traffic' },
  );
  return made.ref;
}
