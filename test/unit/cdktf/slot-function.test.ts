import { SlotFunction } from '../../../lib/cdktf/slot-function';
import { resource, resources, synth } from './synth';

const made = synth((stack) => {
  const slot = new SlotFunction(stack, 'Function', {
    name: 'kong-green',
    statements: [{ actions: ['ecs:DescribeServices'], resources: ['arn:of:service'] }],
  });
  slot.callOnce('Once', { Resource: 'KongLaunch', Text: 'a ${b} %{c}' }, { count: '2' }, []);
  slot.callAlways('Always', { Resource: 'KongGuard' }, []);
}, 'kong-green');

test('given the function of a slot, it answers Terraform and may take as long as Lambda lets it', () => {
  expect(resource(made, 'aws_lambda_function')).toMatchObject({
    handler: 'index.terraform',
    timeout: 900,
    function_name: 'kong-green-migrations',
  });
  expect(resource(made, 'aws_lambda_function')).not.toHaveProperty('environment');
});

test('given a call that is made once, a trigger replaces it and its input alone does not', () => {
  const once = resources(made, 'aws_lambda_invocation').find((each) => !('lifecycle_scope' in each));
  expect(once).toMatchObject({ triggers: { count: '2' }, lifecycle: { ignore_changes: ['input'] } });
});

test('given input with what Terraform takes for its own, it arrives escaped', () => {
  const once = resources(made, 'aws_lambda_invocation').find((each) => !('lifecycle_scope' in each));
  expect(once?.input).toBe('{"Resource":"KongLaunch","Text":"a $${b} %%{c}"}');
});

test('given a call of every kind, a destruction is told to the function too', () => {
  const always = resources(made, 'aws_lambda_invocation').find((each) => 'lifecycle_scope' in each);
  expect(always).toMatchObject({ lifecycle_scope: 'CRUD', input: '{"Resource":"KongGuard"}' });
  expect(always).not.toHaveProperty('triggers');
});
