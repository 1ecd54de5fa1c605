import {
  Duration,
  RemovalPolicy,
  Validations,
  aws_iam as iam,
  aws_lambda as lambda,
  aws_logs as logs,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { MACHINE_ROLES, gatesFunction } from '../blueprint/machines';
import { shiftStatements } from '../blueprint/permissions';
import { shiftMachine } from '../traffic/state-machine';
import type { Slot } from '../traffic/weights';
import { handlerCode } from './handler-code';
import { allow, machine, machineRole, movedWeights, type MachineProps } from './rollback-machine';

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
    const role = machineRole(this, MACHINE_ROLES.shift, shiftStatements(movedWeights(props), gates.functionArn));
    const definition = shiftMachine({
      ...props.targets,
      table: props.table.tableName,
      gatesFunctionArn: gates.functionArn,
    });
    this.machineArn = machine(this, definition, role);
  }

  private gates(props: ShiftMachineProps): lambda.Function {
    const spec = gatesFunction(props);
    const logGroup = new logs.LogGroup(this, 'GatesLogs', {
      retention: spec.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new iam.Role(this, 'GatesRole', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: spec.roleDescription,
    });
    logGroup.grantWrite(role);
    allow(role, spec.statements);
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
      timeout: Duration.seconds(spec.timeoutSeconds),
      memorySize: spec.memoryMib,
      environment: { ...spec.environment },
      description: spec.description,
    });
  }
}
