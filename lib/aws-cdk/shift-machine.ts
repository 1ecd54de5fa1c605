import {
  Duration,
  RemovalPolicy,
  Validations,
  aws_iam as iam,
  aws_lambda as lambda,
  aws_logs as logs,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { shiftMachine } from '../traffic/state-machine';
import type { Slot } from '../traffic/weights';
import { handlerCode } from './handler-code';
import { machine, machineRole, type MachineProps } from './rollback-machine';

export interface ShiftMachineProps extends MachineProps {
  readonly loadBalancerArn: string;
  readonly targetGroupArns: Readonly<Record<Slot, string>>;
}

/**
 * The state machine that runs a shift without a machine of yours (lib/traffic/state-machine.ts), and the function that
 * judges its gates with the runner's own code (lib/handlers/gates).
 */
export class ShiftMachine extends Construct {
  readonly machineArn: string;

  constructor(scope: Construct, id: string, props: ShiftMachineProps) {
    super(scope, id);
    const gates = this.gates(props);
    const role = machineRole(this, 'Runs a shift: raises weights of the Kong edge stage by stage', props);
    role.addToPolicy(new iam.PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] }));
    role.addToPolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [gates.functionArn] }));
    const definition = shiftMachine({
      ...props.targets,
      table: props.table.tableName,
      gatesFunctionArn: gates.functionArn,
    });
    this.machineArn = machine(this, definition, role);
  }

  private gates({ loadBalancerArn, targetGroupArns }: ShiftMachineProps): lambda.Function {
    const logGroup = new logs.LogGroup(this, 'GatesLogs', {
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new iam.Role(this, 'GatesRole', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: 'Judges the gates of a shift: reads counts and healthy nodes',
    });
    logGroup.grantWrite(role);
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['cloudwatch:GetMetricData', 'elasticloadbalancing:DescribeTargetHealth'],
        resources: ['*'],
      }),
    );
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'cloudwatch:GetMetricData and elasticloadbalancing:DescribeTargetHealth take no resource (AWS Service Authorization Reference)',
    });
    return new lambda.Function(this, 'Gates', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: handlerCode('gates'),
      role,
      logGroup,
      timeout: Duration.seconds(25),
      memorySize: 256,
      environment: {
        LOAD_BALANCER_ARN: loadBalancerArn,
        BLUE_TARGET_GROUP_ARN: targetGroupArns.blue,
        GREEN_TARGET_GROUP_ARN: targetGroupArns.green,
      },
      description: 'kong-dual-cluster: judges the gates of a shift, and writes nothing',
    });
  }
}
