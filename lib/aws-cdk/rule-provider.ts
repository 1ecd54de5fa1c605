import {
  Duration,
  Fn,
  RemovalPolicy,
  Stack,
  Validations,
  aws_iam as iam,
  aws_lambda as lambda,
  aws_logs as logs,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { handlerCode } from './handler-code';

/**
 * The one Lambda function behind the edge's custom resources (lib/handlers/weighted-rule). CloudFormation calls it
 * directly: what it does takes seconds, so the provider framework would only add functions.
 */
export class RuleProvider extends Construct {
  readonly serviceToken: string;
  /** A call that outlives it fails with a reason of the handler's own. */
  readonly serviceTimeout = Duration.minutes(4);
  private readonly role: iam.Role;
  private readonly reading: iam.Policy;
  private guarding?: iam.Policy;
  private readonly writing = new Map<string, iam.Policy>();

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: 'Custom resources of the Kong edge: weighted rules, freeze rule, weights guard',
    });
    logGroup.grantWrite(this.role);
    this.reading = new iam.Policy(this, 'Reading', {
      roles: [this.role],
      statements: [
        new iam.PolicyStatement({
          // AWS has no other form: none of these takes a resource (Service Authorization Reference, ELB V2).
          actions: [
            'elasticloadbalancing:DescribeListeners',
            'elasticloadbalancing:DescribeRules',
            'elasticloadbalancing:DescribeTargetHealth',
          ],
          resources: ['*'],
        }),
      ],
    });
    Validations.of(this.reading).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'elasticloadbalancing:Describe* takes no resource (AWS Service Authorization Reference)',
    });
    this.serviceToken = new lambda.Function(this, 'Function', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: handlerCode('weighted-rule'),
      role: this.role,
      logGroup,
      timeout: Duration.minutes(3),
      memorySize: 256,
      description: 'kong-dual-cluster: weighted rules, whose weights are not the template’s',
    }).functionArn;
  }

  /**
   * Lets the function write rules of one listener. A custom resource depends on the policies returned, so that they
   * are still there when it is deleted.
   */
  forListener(listener: { readonly id: string; readonly arn: string }): readonly iam.Policy[] {
    let policy = this.writing.get(listener.id);
    if (policy === undefined) {
      const rules = `${Fn.join(':listener-rule/', Fn.split(':listener/', listener.arn, 2))}/*`;
      policy = new iam.Policy(this, `Rules${listener.id}`, {
        roles: [this.role],
        statements: [
          new iam.PolicyStatement({ actions: ['elasticloadbalancing:CreateRule'], resources: [listener.arn] }),
          new iam.PolicyStatement({
            actions: [
              'elasticloadbalancing:DeleteRule',
              'elasticloadbalancing:ModifyRule',
              'elasticloadbalancing:SetRulePriorities',
            ],
            // The last part of a rule's ARN is made with the rule: rules of this listener and of no other.
            resources: [rules],
          }),
        ],
      });
      Validations.of(policy).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${asNagWrites(Stack.of(this).resolve(rules))}]`,
        reason: 'the last part of a rule’s ARN is made with the rule; nothing but rules of this listener can be meant',
      });
      this.writing.set(listener.id, policy);
    }
    return [this.reading, policy];
  }

  /** What a rule's own actions need: the OIDC client secret, and the user pool that ELB looks up with our rights. */
  allowFor(
    listenerId: string,
    needs: { readonly secretArn?: string; readonly userPoolArns?: readonly string[] },
  ): void {
    const policy = this.writing.get(listenerId);
    if (needs.secretArn !== undefined) {
      const complete = /-[A-Za-z0-9]{6}$/.test(needs.secretArn);
      policy?.addStatements(
        new iam.PolicyStatement({
          actions: ['secretsmanager:GetSecretValue'],
          // Secrets Manager adds a dash and six characters to a name; ARNs are given with or without them.
          resources: [complete ? needs.secretArn : `${needs.secretArn}-??????`],
        }),
      );
    }
    if (needs.userPoolArns?.length) {
      policy?.addStatements(
        new iam.PolicyStatement({
          actions: ['cognito-idp:DescribeUserPoolClient'],
          resources: [...needs.userPoolArns],
        }),
      );
    }
  }

  /** For the weights guard, which writes no rule and asks whether its own stack is rolling back. */
  forGuard(): readonly iam.Policy[] {
    this.guarding ??= new iam.Policy(this, 'Guarding', {
      roles: [this.role],
      statements: [
        new iam.PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [Stack.of(this).stackId] }),
      ],
    });
    return [this.reading, this.guarding];
  }
}

/** A resource as cdk-nag writes it in a finding: joined text as it is, what is only known later as JSON. */
function asNagWrites(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const join = (resource as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'];
  return join ? join[1].map(asNagWrites).join(join[0]) : JSON.stringify(resource);
}
