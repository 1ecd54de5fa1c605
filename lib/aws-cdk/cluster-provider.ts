import {
  Duration,
  RemovalPolicy,
  Stack,
  Validations,
  aws_iam as iam,
  aws_lambda as lambda,
  aws_logs as logs,
  custom_resources,
} from 'aws-cdk-lib';
import type { CfnElement } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Statement } from '../blueprint/permissions';
import { handlerCode } from './handler-code';

/**
 * Runs the custom resources of a slot: `Custom::KongMigrations`, `Custom::KongLaunch`, `Custom::KongIdle`
 * (lib/handlers/migrations).
 * CloudFormation waits an hour for a custom resource; the provider gives up a little earlier and says so.
 */
export class KongClusterProvider extends Construct {
  readonly serviceToken: string;
  readonly role: iam.Role;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: 'Custom resources of a Kong cluster: run the migrations task, start the nodes, protect the database',
    });
    logGroup.grantWrite(this.role);
    const code = handlerCode('migrations');
    const handler = (name: 'onEvent' | 'isComplete'): lambda.Function =>
      new lambda.Function(this, name === 'onEvent' ? 'OnEvent' : 'IsComplete', {
        runtime: lambda.Runtime.NODEJS_24_X,
        handler: `index.${name}`,
        code,
        role: this.role,
        logGroup,
        timeout: Duration.minutes(2),
        memorySize: 256,
        description: `kong-dual-cluster: ${name} of the migrations and launch resources`,
      });
    const onEventHandler = handler('onEvent');
    const isCompleteHandler = handler('isComplete');
    const provider = new custom_resources.Provider(this, 'Provider', {
      onEventHandler,
      isCompleteHandler,
      queryInterval: Duration.seconds(5),
      totalTimeout: Duration.minutes(55),
      logGroup,
      disableWaiterStateMachineLogging: true,
    });
    this.serviceToken = provider.serviceToken;
    this.acknowledge(provider, [onEventHandler, isCompleteHandler]);
  }

  /** What aws-cdk-lib's own framework does and leaves nobody a choice in, one by one: anything new is still reported. */
  private acknowledge(provider: custom_resources.Provider, handlers: readonly lambda.Function[]): void {
    const framework = ['framework-isComplete', 'framework-onTimeout'].map((id) => provider.node.findChild(id));
    const anyVersionOf = [...handlers, ...framework].map(
      (fn) => `Resource::<${Stack.of(this).getLogicalId(fn.node.defaultChild as CfnElement)}.Arn>:*`,
    );
    Validations.of(provider).acknowledge(
      {
        id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
        reason:
          "aws-cdk-lib's provider framework attaches the AWS managed policy for writing logs to its own functions",
      },
      ...anyVersionOf.map((finding) => ({
        id: `AwsSolutions-IAM5[${finding}]`,
        reason:
          "aws-cdk-lib's provider framework lets its functions and its waiter call any version of these functions, and no others",
      })),
      { id: 'AwsSolutions-SF1', reason: 'the waiter only polls; the handlers log what matters' },
      { id: 'AwsSolutions-SF2', reason: 'the waiter only polls; X-Ray would trace nothing of use' },
    );
  }
}

/** A statement of the blueprint. */
export const policyStatement = ({ actions, resources, conditions }: Statement): iam.PolicyStatement =>
  new iam.PolicyStatement({ actions: [...actions], resources: [...resources], ...(conditions && { conditions }) });
