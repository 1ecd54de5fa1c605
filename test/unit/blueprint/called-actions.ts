import type { Statement } from '../../../lib/blueprint/permissions';

/** IAM's name of a call, by the integration that makes it (AWS Service Authorization Reference). */
const ACTIONS: Readonly<Record<string, string>> = {
  'states:::aws-sdk:elasticloadbalancingv2:describeRules': 'elasticloadbalancing:DescribeRules',
  'states:::aws-sdk:elasticloadbalancingv2:describeTargetHealth': 'elasticloadbalancing:DescribeTargetHealth',
  'states:::aws-sdk:elasticloadbalancingv2:modifyRule': 'elasticloadbalancing:ModifyRule',
  'states:::aws-sdk:cloudwatch:describeAlarms': 'cloudwatch:DescribeAlarms',
  'states:::aws-sdk:dynamodb:putItem.waitForTaskToken': 'dynamodb:PutItem',
  'states:::dynamodb:getItem': 'dynamodb:GetItem',
  'states:::dynamodb:putItem': 'dynamodb:PutItem',
  'states:::dynamodb:updateItem': 'dynamodb:UpdateItem',
  'states:::lambda:invoke': 'lambda:InvokeFunction',
};

/** What a state machine's definition calls, by IAM's names, each once and in order. */
export const calledActions = (definition: { readonly States: object }): string[] =>
  [...new Set(calledBy(definition.States))].sort();

const calledBy = (part: unknown): string[] =>
  typeof part !== 'object' || part === null
    ? []
    : Object.entries(part).flatMap(([key, value]) =>
        key === 'Resource' ? [ACTIONS[String(value).replace(/^arn:[^:]+:/, '')] ?? String(value)] : calledBy(value),
      );

/** What statements allow, each action once and in order. */
export const allowedActions = (statements: readonly Pick<Statement, 'actions'>[]): string[] =>
  [...new Set(statements.flatMap(({ actions }) => actions))].sort();
