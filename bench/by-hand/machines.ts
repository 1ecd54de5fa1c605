import {
  CfnOutput,
  Duration,
  RemovalPolicy,
  Stack,
  aws_dynamodb as dynamodb,
  aws_elasticloadbalancingv2 as elbv2,
  aws_events as events,
  aws_iam as iam,
  aws_lambda as lambda,
  aws_logs as logs,
  aws_stepfunctions as sfn,
} from 'aws-cdk-lib';
import { rollbackMachine } from '../../lib/traffic/rollback-machine';
import { shiftMachine } from '../../lib/traffic/state-machine';
import { handlers, type Colour } from './common';

interface Moved {
  balancer: elbv2.ApplicationLoadBalancer;
  table: dynamodb.Table;
  ruleArn: string;
  adminRuleArn: string;
  proxy: Record<Colour, elbv2.ApplicationTargetGroup>;
  admin: Record<Colour, elbv2.ApplicationTargetGroup>;
}

/** A shift and its rollback as state machines; their definitions are the library's, as an engineer would keep them in a file. */
export function machines(stack: Stack, { balancer, table, ruleArn, adminRuleArn, proxy, admin }: Moved): void {
  const arns = (groups: Record<Colour, elbv2.ApplicationTargetGroup>) => ({
    blue: groups.blue.targetGroupArn,
    green: groups.green.targetGroupArn,
  });
  const targets = {
    places: [{ ruleArn, targetGroups: arns(proxy) }],
    followers: [{ ruleArn: adminRuleArn, targetGroups: arns(admin) }],
    table: table.tableName,
  };
  const role = (id: string, service: string): iam.Role =>
    new iam.Role(stack, id, {
      assumedBy: new iam.ServicePrincipal(service, {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
    });
  const allow = (to: iam.Role, resources: string[], ...actions: string[]): void =>
    void to.addToPolicy(new iam.PolicyStatement({ actions, resources }));
  const machineRole = (id: string): iam.Role => {
    const made = role(id, 'states.amazonaws.com');
    allow(made, [ruleArn, adminRuleArn], 'elasticloadbalancing:ModifyRule');
    allow(made, [table.tableArn], 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    allow(made, ['*'], 'elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeTargetHealth');
    return made;
  };

  const logGroup = new logs.LogGroup(stack, 'GatesLogs', {
    retention: logs.RetentionDays.THREE_MONTHS,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const gatesRole = role('GatesRole', 'lambda.amazonaws.com');
  logGroup.grantWrite(gatesRole);
  allow(gatesRole, ['*'], 'cloudwatch:GetMetricData', 'elasticloadbalancing:DescribeTargetHealth');
  const gates = new lambda.Function(stack, 'Gates', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: handlers('gates'),
    role: gatesRole,
    logGroup,
    timeout: Duration.seconds(25),
    memorySize: 256,
    environment: {
      LOAD_BALANCER_ARN: balancer.loadBalancerArn,
      BLUE_TARGET_GROUP_ARN: proxy.blue.targetGroupArn,
      GREEN_TARGET_GROUP_ARN: proxy.green.targetGroupArn,
    },
  });

  const shiftRole = machineRole('ShiftRole');
  allow(shiftRole, ['*'], 'cloudwatch:DescribeAlarms');
  allow(shiftRole, [gates.functionArn], 'lambda:InvokeFunction');
  const machine = (id: string, of: iam.Role, definition: object): sfn.CfnStateMachine => {
    const made = new sfn.CfnStateMachine(stack, id, {
      roleArn: of.roleArn,
      definitionString: stack.toJsonString(definition),
    });
    made.node.addDependency(of);
    return made;
  };
  const shift = machine('ShiftMachine', shiftRole, shiftMachine({ ...targets, gatesFunctionArn: gates.functionArn }));
  const rollback = machine('RollbackMachine', machineRole('RollbackRole'), rollbackMachine(targets));
  const starter = (id: string, service: string): iam.Role => {
    const made = role(id, service);
    allow(made, [rollback.ref], 'states:StartExecution');
    return made;
  };
  const scheduler = starter('SchedulerRole', 'scheduler.amazonaws.com');
  new events.CfnRule(stack, 'OnEnd', {
    eventPattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: [shift.ref] },
    },
    targets: [
      {
        id: 'Rollback',
        arn: rollback.ref,
        roleArn: starter('EventsRole', 'events.amazonaws.com').roleArn,
        inputTransformer: {
          inputPathsMap: { execution: '$.detail.executionArn' },
          inputTemplate: '{"execution": "<execution>", "why": "the execution of the shift has ended"}',
        },
      },
    ],
  });
  new CfnOutput(stack, 'ShiftMachineArn', { value: shift.ref });
  new CfnOutput(stack, 'RollbackMachineArn', { value: rollback.ref });
  new CfnOutput(stack, 'SchedulerRoleArn', { value: scheduler.roleArn });
}
