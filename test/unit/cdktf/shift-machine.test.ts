import aslValidator from 'asl-validator';
import { inPartition } from '../../../lib/traffic/asl';
import { shiftMachine } from '../../../lib/traffic/state-machine';
import { allowedActions, calledActions } from '../blueprint/called-actions';
import { resolve } from './resolve';
import { LOAD_BALANCER_ARN, machines } from './edge-parts';
import { roleOf } from './policies';
import { resource, resources, synth } from './synth';
import { unescape } from './unescape';

describe('given the shift machine', () => {
  let expected: unknown;
  const json = synth((stack) => {
    const { props } = machines(stack);
    const gatesFunctionArn = '<the gates function>';
    const made = shiftMachine({ ...props.targets, table: props.table.name, gatesFunctionArn });
    expected = resolve(stack, inPartition(made, '${data.aws_partition.KongPartition.partition}'));
  });
  const machine = resources(json, 'aws_sfn_state_machine').find(({ name }) => name === 'kong-edge-shift')!;
  const text = String(machine['definition']);
  const gatesArn = /\$\{aws_lambda_function\.ShiftMachine_Gates_\w+\.arn\}/.exec(text)?.[0];
  const definition = JSON.parse(unescape(text)) as ReturnType<typeof shiftMachine>;

  test('then it is the definition that the runner’s code is tested with, with references in place', () => {
    const filled = JSON.parse(JSON.stringify(expected).replace('<the gates function>', String(gatesArn))) as unknown;
    expect(definition).toEqual(filled);
    const inFirst = JSON.stringify(definition).replaceAll('${data.aws_partition.KongPartition.partition}', 'aws');
    expect(aslValidator(JSON.parse(inFirst) as never)).toMatchObject({ isValid: true });
  });

  test('then Terraform finds references in it and no directive', () => {
    expect(text.match(/(?<!%)%\{/g)).toBeNull();
    const expressions = text.match(/(?<!\$)\$\{[^}]*\}/g)!;
    expect(expressions.filter((each) => !/^\$\{(?:data\.)?aws_\w+\.\w+\.\w+\}$/.test(each))).toEqual([]);
  });

  test('then its role may do what the definition calls, and nothing else', () => {
    const { statements } = roleOf(json, 'kong-edge-shift');
    expect(allowedActions(statements)).toEqual(calledActions(definition));
    expect(statements.find(({ actions }) => actions.includes('lambda:InvokeFunction'))!.resources).toEqual([gatesArn]);
  });

  test('then it is not there before its role may do anything', () => {
    expect(machine['depends_on']).toEqual([roleOf(json, 'kong-edge-shift').policyAddress]);
  });

  describe('then the function that judges the gates', () => {
    const gates = resource(json, 'aws_lambda_function');

    test('has the bundled handler, and is updated when its bytes change', () => {
      expect(gates).toMatchObject({
        function_name: 'kong-edge-gates',
        runtime: 'nodejs24.x',
        handler: 'index.handler',
        timeout: 25,
        memory_size: 256,
        filename: expect.stringMatching(/^assets\/.+\/gates\.zip$/) as string,
        source_code_hash: `\${filebase64sha256("${String(gates['filename'])}")}`,
      });
    });

    test('knows the load balancer and both target groups', () => {
      expect(gates['environment']).toEqual({
        variables: {
          LOAD_BALANCER_ARN,
          BLUE_TARGET_GROUP_ARN: expect.stringContaining('targetgroup/blue') as string,
          GREEN_TARGET_GROUP_ARN: expect.stringContaining('targetgroup/green') as string,
        },
      });
    });

    test('reads counts and health, writes its own log, and nothing else', () => {
      const { statements, policyAddress } = roleOf(json, 'kong-edge-gates');
      expect(statements).toEqual([
        {
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [expect.stringMatching(/^\$\{aws_cloudwatch_log_group\.ShiftMachine_Gates_\w+\.arn\}:\*$/)],
        },
        { actions: ['cloudwatch:GetMetricData', 'elasticloadbalancing:DescribeTargetHealth'], resources: ['*'] },
      ]);
      expect(gates['depends_on']).toEqual([policyAddress]);
    });

    test('keeps its log for 90 days', () => {
      expect(resource(json, 'aws_cloudwatch_log_group')).toEqual({
        name: '/aws/lambda/kong-edge-gates',
        retention_in_days: 90,
      });
    });
  });
});
