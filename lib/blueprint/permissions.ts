/** One statement of an IAM policy that allows something. */
export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** By operator and key of the condition. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface MovedWeights {
  /** Rules that may be written, and no others. */
  readonly ruleArns: readonly string[];
  readonly tableArn: string;
  /** Cognito user pools of the rules' own actions: ELB looks them up with the rights of whoever writes the rule. */
  readonly userPoolArns: readonly string[];
}

/**
 * What both state machines do: the rules by name, the table's items. Describe* of Elastic Load Balancing takes no resource
 * (AWS Service Authorization Reference).
 */
const moveWeights = ({ ruleArns, tableArn, userPoolArns }: MovedWeights): Statement[] => [
  { actions: ['elasticloadbalancing:ModifyRule'], resources: ruleArns },
  { actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'], resources: [tableArn] },
  {
    actions: ['elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeTargetHealth'],
    resources: ['*'],
  },
  ...(userPoolArns.length > 0 ? [{ actions: ['cognito-idp:DescribeUserPoolClient'], resources: userPoolArns }] : []),
];

/** Of the machine that puts the weights back (lib/traffic/rollback-machine.ts). */
export const rollbackStatements = (moved: MovedWeights): Statement[] => [
  ...moveWeights(moved),
  { actions: ['dynamodb:GetItem'], resources: [moved.tableArn] },
];

/** Of the machine that runs a shift (lib/traffic/state-machine.ts); the alarms that a plan watches are named by the plan. */
export const shiftStatements = (moved: MovedWeights, gatesFunctionArn: string): Statement[] => [
  ...moveWeights(moved),
  { actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] },
  { actions: ['lambda:InvokeFunction'], resources: [gatesFunctionArn] },
];

/** Of the function that judges the gates: neither takes a resource (AWS Service Authorization Reference). */
export const GATES_STATEMENTS: readonly Statement[] = [
  { actions: ['cloudwatch:GetMetricData', 'elasticloadbalancing:DescribeTargetHealth'], resources: ['*'] },
];

/** Of a service of AWS that may start one machine and nothing else. */
export const startStatements = (machineArn: string): Statement[] => [
  { actions: ['states:StartExecution'], resources: [machineArn] },
];
