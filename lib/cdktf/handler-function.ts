import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { Construct } from 'constructs';
import type { FunctionSpec } from '../blueprint/machines';
import { handlerZip } from './handler-code';
import { literal } from './literal';
import { ServiceRole } from './service-role';

export interface HandlerFunctionProps {
  /** Name of the function. */
  readonly name: string;
  readonly handler: 'gates' | 'migrations';
  /** Export of the handler's module. @default handler */
  readonly entry?: string;
  readonly spec: FunctionSpec;
}

/**
 * A Lambda function with the bundled code of one handler, its role and its log.
 * @throws KongDualClusterError HANDLER_NOT_BUILT
 */
export class HandlerFunction extends Construct {
  readonly functionName: string;
  readonly functionArn: string;

  constructor(scope: Construct, id: string, { name, handler, entry = 'handler', spec }: HandlerFunctionProps) {
    super(scope, id);
    const log = new CloudwatchLogGroup(this, 'Logs', {
      name: `/aws/lambda/${name}`,
      retentionInDays: spec.logRetentionDays,
    });
    const role = new ServiceRole(this, 'Role', {
      name,
      service: 'lambda',
      description: spec.roleDescription,
      statements: [
        { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`${log.arn}:*`] },
        ...spec.statements,
      ],
    });
    const made = new LambdaFunction(this, 'Function', {
      functionName: name,
      description: literal(spec.description),
      runtime: 'nodejs24.x',
      handler: `index.${entry}`,
      ...handlerZip(this, 'Code', handler),
      role: role.arn,
      loggingConfig: { logFormat: 'Text', logGroup: log.name },
      timeout: spec.timeoutSeconds,
      memorySize: spec.memoryMib,
      // Empty, it would be a difference in every plan.
      ...(Object.keys(spec.environment).length > 0 && { environment: { variables: literal(spec.environment) } }),
      // Whoever calls it may then count on its rights, and a function is gone before they are.
      dependsOn: [role.policy],
    });
    this.functionName = made.functionName;
    this.functionArn = made.arn;
  }
}
