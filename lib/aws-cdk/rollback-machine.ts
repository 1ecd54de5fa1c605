import { Stack, Validations, aws_events as events, aws_iam as iam, aws_stepfunctions as sfn } from 'aws-cdk-lib';
import type { aws_dynamodb as dynamodb } from 'aws-cdk-lib';
import { Construct } from 'constructs';
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
    const role = machineRole(this, 'Puts the weights of the Kong edge back to where they were before a run', props);
    role.addToPolicy(new iam.PolicyStatement({ actions: ['dynamodb:GetItem'], resources: [props.table.tableArn] }));
    const definition = rollbackMachine({ ...props.targets, table: props.table.tableName });
    this.machineArn = machine(this, definition, role);
    this.schedulerRoleArn = this.starter('Scheduler', 'scheduler.amazonaws.com', 'The dead-man timer').roleArn;
  }

  /**
   * Starts it when an execution of another machine ends as it should not: failed, timed out or stopped by hand. One that has
   * rolled back itself fails too, and is found ended.
   */
  onEndOf(machineArn: string): void {
    new events.CfnRule(this, 'OnEnd', {
      description: 'kong-dual-cluster: a shift that ended by itself or by hand is rolled back',
      eventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: [machineArn] },
      },
      targets: [
        {
          id: 'Rollback',
          arn: this.machineArn,
          roleArn: this.starter('Events', 'events.amazonaws.com', 'The end of a shift').roleArn,
          inputTransformer: {
            inputPathsMap: { execution: '$.detail.executionArn', status: '$.detail.status' },
            inputTemplate: '{"execution": "<execution>", "why": "the execution of the shift ended as <status>"}',
          },
          retryPolicy: { maximumRetryAttempts: 20, maximumEventAgeInSeconds: 900 },
        },
      ],
    });
  }

  /** A role for a service of AWS that may start this machine and nothing else, on behalf of this account alone. */
  private starter(id: string, service: string, who: string): iam.Role {
    const role = new iam.Role(this, `${id}Role`, {
      assumedBy: new iam.ServicePrincipal(service, {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      description: `${who} starts the rollback machine of the Kong edge`,
    });
    role.addToPolicy(new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [this.machineArn] }));
    return role;
  }
}

/** What both machines do: the rules by name, the table's items. */
export function machineRole(scope: Construct, description: string, props: MachineProps): iam.Role {
  const { targets, table, userPoolArns } = props;
  const role = new iam.Role(scope, 'Role', {
    assumedBy: new iam.ServicePrincipal('states.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
    description,
  });
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: ['elasticloadbalancing:ModifyRule'],
      resources: [...targets.places, ...targets.followers].map(({ ruleArn }) => ruleArn),
    }),
  );
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
      resources: [table.tableArn],
    }),
  );
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: ['elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeTargetHealth'],
      resources: ['*'],
    }),
  );
  if (userPoolArns.length > 0)
    role.addToPolicy(
      new iam.PolicyStatement({ actions: ['cognito-idp:DescribeUserPoolClient'], resources: [...userPoolArns] }),
    );
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
    definitionString: JSON.stringify(definition),
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
