import { asl, CONDITION_FAILED, foreignTo, jobsTo, READ, type AslState } from './asl';
import type { TargetGroups } from './rule-actions';

/** A rule that a machine writes, as it was deployed. */
export interface MachinePlace {
  readonly ruleArn: string;
  readonly targetGroups: TargetGroups;
}

/** What both machines are made for; a deployment writes it into them. */
export interface MachineTargets {
  /** Rules that split the proxy's traffic. */
  readonly places: readonly MachinePlace[];
  /** Rules that are never split and follow when one slot has everything: the Admin API's. */
  readonly followers: readonly MachinePlace[];
  /** The edge's DynamoDB table. */
  readonly table: string;
}

/** Where a task goes on, and what it does with an error; the same shape as ASL's. */
interface Flow {
  readonly next: string;
  readonly assign?: Readonly<Record<string, unknown>>;
  readonly caught?: readonly Caught[];
}
export interface Caught {
  readonly errors: readonly string[];
  readonly next: string;
  readonly assign?: Readonly<Record<string, unknown>>;
}

export const CATCH_ALL = (next: string, assign?: Caught['assign']): Caught => ({
  errors: ['States.ALL'],
  next,
  ...(assign && { assign }),
});

/** An error of AWS as one line. */
export const ERROR_TEXT = asl(
  "$states.errorOutput.Error & ($exists($states.errorOutput.Cause) ? ': ' & $substring($states.errorOutput.Cause, 0, 300))",
);

const SDK = 'arn:aws:states:::aws-sdk';
const TABLE = 'arn:aws:states:::dynamodb';

const task = (resource: string, args: unknown, { next, assign, caught = [] }: Flow, more: object = READ): AslState => ({
  Type: 'Task',
  Resource: resource,
  Arguments: args,
  ...more,
  ...(assign && { Assign: assign }),
  ...(caught.length > 0 && {
    Catch: caught.map((one) => ({
      ErrorEquals: [...one.errors],
      Next: one.next,
      ...(one.assign && { Assign: one.assign }),
    })),
  }),
  // Everything is in variables; what a state hands on is told to those who follow the execution.
  Output: {},
  Next: next,
});

export const describeAlarms = (names: string, flow: Flow): AslState =>
  task(
    `${SDK}:cloudwatch:describeAlarms`,
    { AlarmNames: asl(names), AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: 100 },
    flow,
  );

/** All rules of a machine at once: what its variables `places` and `followers` name. */
export const describeRules = (flow: Flow): AslState =>
  task(
    `${SDK}:elasticloadbalancingv2:describeRules`,
    { RuleArns: asl('[$distinct($append($places.ruleArn, $followers.ruleArn))]') },
    flow,
  );

export const describeTargetHealth = (targetGroupArn: string, flow: Flow): AslState =>
  task(`${SDK}:elasticloadbalancingv2:describeTargetHealth`, { TargetGroupArn: targetGroupArn }, flow);

/** How many of the targets just read are in a state, or not in it. */
export const targets = (condition: string): string =>
  `$count($states.result.TargetHealthDescriptions[TargetHealth.State ${condition}])`;

export const getItem = (table: string, id: string, flow: Flow): AslState =>
  task(`${TABLE}:getItem`, { TableName: table, Key: { id: { S: id } }, ConsistentRead: true }, flow);

export const putItem = (
  table: string,
  item: Readonly<Record<string, unknown>>,
  flow: Flow,
  output: unknown,
): AslState => ({
  ...task(`${TABLE}:putItem`, { TableName: table, Item: item }, flow),
  Output: output,
});

const HOLDER = ['run', 'command', 'host', 'pid', 'by', 'since', 'doing', 'beat', 'request'] as const;
const names = (...attributes: readonly string[]): Record<string, string> =>
  Object.fromEntries(attributes.map((attribute) => [`#${attribute}`, attribute]));
/** Numbers of DynamoDB are texts. */
const N = (expression: string): { readonly N: string } => ({ N: asl(`$string(${expression})`) });
const S = (expression: string): { readonly S: string } => ({ S: asl(expression) });

/** Who holds the lock while a machine does: no host has this name. */
export const HOST = 'Step Functions';

/** Takes the lock when it is free or held by the same run, and says the new fence number. */
export const takeLock = (
  table: string,
  holder: { readonly run: string; readonly command: string; readonly by: string; readonly doing: string },
  flow: Flow,
): AslState =>
  task(
    `${TABLE}:updateItem`,
    {
      TableName: table,
      Key: { id: { S: 'lock' } },
      UpdateExpression:
        'SET #run = :run, #command = :command, #host = :host, #pid = :zero, #by = :by, #since = :since, #doing = :doing, #beat = :beat, #fence = if_not_exists(#fence, :zero) + :one REMOVE #request',
      ConditionExpression: 'attribute_not_exists(#run) OR #run = :run',
      ExpressionAttributeNames: names(...HOLDER, 'fence'),
      ExpressionAttributeValues: {
        ':run': S(holder.run),
        ':command': { S: holder.command },
        ':host': { S: HOST },
        ':by': S(holder.by),
        ':since': S('$now()'),
        ':doing': S(holder.doing),
        ':beat': N('$millis()'),
        ':one': { N: '1' },
        ':zero': { N: '0' },
      },
      ReturnValues: 'ALL_NEW',
    },
    { ...flow, assign: { fence: asl('$number($states.result.Attributes.fence.N)'), ...flow.assign } },
  );

/** Conditional on holding the lock; {@link CONDITION_FAILED} when it is another's. */
const heldLock = (table: string, set: string, more: object, attributes: readonly string[], flow: Flow): AslState =>
  task(
    `${TABLE}:updateItem`,
    {
      TableName: table,
      Key: { id: { S: 'lock' } },
      UpdateExpression: set,
      ConditionExpression: '#run = :run AND #fence = :fence',
      ExpressionAttributeNames: names('run', 'fence', ...attributes),
      ExpressionAttributeValues: { ':run': S('$run'), ':fence': N('$fence'), ...more },
      ReturnValues: 'ALL_NEW',
    },
    flow,
  );

/** A sign of life; `request` is then what somebody asks for, as JSON, or empty. */
export const renewLock = (table: string, doing: string, flow: Flow): AslState =>
  heldLock(
    table,
    'SET #beat = :beat, #doing = :doing',
    { ':beat': N('$millis()'), ':doing': S(doing) },
    ['beat', 'doing'],
    {
      ...flow,
      assign: {
        request: asl("$exists($states.result.Attributes.request.S) ? $states.result.Attributes.request.S : ''"),
        ...flow.assign,
      },
    },
  );

/** Takes a request off that was met; one that somebody made since then stays. */
export const clearRequest = (table: string, flow: Flow): AslState => {
  const renewed = heldLock(table, 'REMOVE #request', { ':met': S('$request') }, ['request'], flow);
  const args = renewed.Arguments as Record<string, unknown>;
  return {
    ...renewed,
    Arguments: { ...args, ConditionExpression: '#run = :run AND #fence = :fence AND #request = :met' },
  };
};

export const releaseLock = (table: string, flow: Flow): AslState =>
  heldLock(
    table,
    `REMOVE ${HOLDER.map((name) => `#${name}`).join(', ')}`,
    {},
    HOLDER.filter((name) => name !== 'run'),
    flow,
  );

/**
 * Writes what `jobs` holds, rule by rule. Never tried again by itself: a write that came after the lock was lost could
 * undo what somebody has put back (lib/runner/abort.ts waits 3 s for a late one).
 */
export const writeRules = (
  /** Begins the names of the states inside: no two of a definition may be the same. */
  name: string,
  caught: readonly Caught[],
  next: string,
  each: readonly Caught[] = [],
): AslState => ({
  Type: 'Map',
  Items: asl('$jobs'),
  MaxConcurrency: 4,
  ItemProcessor: {
    ProcessorConfig: { Mode: 'INLINE' },
    StartAt: `${name}Rule`,
    States: {
      [`${name}Rule`]: {
        Type: 'Task',
        Resource: `${SDK}:elasticloadbalancingv2:modifyRule`,
        Arguments: { RuleArn: asl('$states.input.RuleArn'), Actions: asl('$states.input.Actions') },
        TimeoutSeconds: 3,
        Output: {},
        ...(each.length > 0 && { Catch: each.map(({ errors, next: to }) => ({ ErrorEquals: [...errors], Next: to })) }),
        Next: `${name}Written`,
      },
      [`${name}Written`]: { Type: 'Pass', Output: {}, End: true },
      ...(each.length > 0 && { [`${name}NotWritten`]: { Type: 'Pass', Output: {}, End: true } }),
    },
  },
  ...(caught.length > 0 && {
    Catch: caught.map((one) => ({
      ErrorEquals: [...one.errors],
      Next: one.next,
      ...(one.assign && { Assign: one.assign }),
    })),
  }),
  Output: {},
  Next: next,
});

/** Rules by the conditions of JSONata, in their order. */
export const choice = (
  rules: readonly {
    readonly when: string;
    readonly next: string;
    readonly assign?: Readonly<Record<string, unknown>>;
  }[],
  otherwise: string,
  assign?: Readonly<Record<string, unknown>>,
): AslState => ({
  Type: 'Choice',
  Choices: rules.map((rule) => ({
    Condition: asl(rule.when),
    Next: rule.next,
    ...(rule.assign && { Assign: rule.assign }),
  })),
  ...(assign && { Assign: assign }),
  Default: otherwise,
});

export { CONDITION_FAILED, foreignTo, jobsTo, N, S };
