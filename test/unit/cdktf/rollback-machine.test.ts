import aslValidator from 'asl-validator';
import { inPartition } from '../../../lib/traffic/asl';
import { rollbackMachine } from '../../../lib/traffic/rollback-machine';
import { allowedActions, calledActions } from '../blueprint/called-actions';
import { resolve } from './resolve';
import { LONGEST_NAME, machines } from './edge-parts';
import { roleOf } from './policies';
import { resource, resources, synth } from './synth';
import { unescape } from './unescape';

describe('given the rollback machine', () => {
  let expected: unknown;
  const json = synth((stack) => {
    const { props } = machines(stack);
    const made = rollbackMachine({ ...props.targets, table: props.table.name });
    expected = resolve(stack, inPartition(made, '${data.aws_partition.KongPartition.partition}'));
  });
  const machine = resources(json, 'aws_sfn_state_machine').find(({ name }) => name === 'kong-edge-rollback')!;
  const definition = JSON.parse(unescape(machine['definition'])) as ReturnType<typeof rollbackMachine>;

  test('then it is the definition that the runner’s code is tested with, with references in place', () => {
    expect(definition).toEqual(expected);
    const inFirst = JSON.stringify(definition).replaceAll('${data.aws_partition.KongPartition.partition}', 'aws');
    expect(aslValidator(JSON.parse(inFirst) as never)).toMatchObject({ isValid: true });
  });

  test('then its role may do what the definition calls, and nothing else', () => {
    const { statements } = roleOf(json, 'kong-edge-rollback');
    expect(allowedActions(statements)).toEqual(calledActions(definition));
    expect(statements.find(({ actions }) => actions.includes('elasticloadbalancing:ModifyRule'))!.resources).toEqual([
      '${data.aws_ssm_parameter.Rule.insecure_value}',
      '${data.aws_ssm_parameter.AdminRule.insecure_value}',
    ]);
  });

  test('then it is not there before its role may do anything', () => {
    expect(machine['depends_on']).toEqual([roleOf(json, 'kong-edge-rollback').policyAddress]);
  });

  test.each([
    ['kong-edge-rollback', 'states'],
    ['kong-edge-scheduler', 'scheduler'],
    ['kong-edge-events', 'events'],
  ])('then the role %s is %s’ alone, on behalf of this account alone', (role, service) => {
    expect(roleOf(json, role).trust.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: `${service}.amazonaws.com` },
        Condition: { StringEquals: { 'aws:SourceAccount': '${data.aws_caller_identity.KongAccount.account_id}' } },
      },
    ]);
  });

  test.each(['kong-edge-scheduler', 'kong-edge-events'])('then %s may start it and nothing else', (role) => {
    expect(roleOf(json, role).statements).toEqual([
      {
        actions: ['states:StartExecution'],
        resources: [expect.stringMatching(/^\$\{aws_sfn_state_machine\.RollbackMachine_\w+\.arn\}$/)],
      },
    ]);
  });

  test('then a shift that failed, timed out or was stopped starts it, and is told by its execution', () => {
    const rule = resource(json, 'aws_cloudwatch_event_rule');
    expect(JSON.parse(unescape(rule['event_pattern']))).toEqual({
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: {
        status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        stateMachineArn: [expect.stringMatching(/^\$\{aws_sfn_state_machine\.ShiftMachine_\w+\.arn\}$/)],
      },
    });
    const target = resource(json, 'aws_cloudwatch_event_target');
    expect(target).toMatchObject({
      arn: expect.stringMatching(/^\$\{aws_sfn_state_machine\.RollbackMachine_\w+\.arn\}$/) as string,
      rule: expect.stringMatching(/^\$\{aws_cloudwatch_event_rule\.\w+\.name\}$/) as string,
      input_transformer: { input_paths: { execution: '$.detail.executionArn', status: '$.detail.status' } },
      retry_policy: { maximum_retry_attempts: 20, maximum_event_age_in_seconds: 900 },
      depends_on: [roleOf(json, 'kong-edge-events').policyAddress],
    });
  });
});

test('given rules behind Cognito, then both machines may look at those user pools', () => {
  const pool = 'arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_1';
  const json = synth((stack) => void machines(stack, { userPoolArns: [pool] }));
  for (const role of ['kong-edge-rollback', 'kong-edge-shift'])
    expect(roleOf(json, role).statements).toContainEqual({
      actions: ['cognito-idp:DescribeUserPoolClient'],
      resources: [pool],
    });
});

test('given the longest name and the longest region, then every name fits', () => {
  const json = synth((stack) => void machines(stack, { name: LONGEST_NAME }));
  const names = (type: string) =>
    resources(json, type).map((block) =>
      String(block['name'] ?? block['function_name']).replace(/\$\{.*\}/, 'ap-southeast-1'),
    );
  expect(LONGEST_NAME).toHaveLength(30);
  for (const [type, most] of [
    ['aws_iam_role', 64],
    ['aws_lambda_function', 64],
    ['aws_cloudwatch_event_rule', 64],
    ['aws_sfn_state_machine', 80],
  ] as const) {
    expect(names(type).length).toBeGreaterThan(0);
    for (const name of names(type)) expect([name, name.length <= most]).toEqual([name, true]);
  }
});
