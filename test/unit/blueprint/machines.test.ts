import { endOfShift, gatesFunction } from '../../../lib/blueprint/machines';
import { shiftMachine } from '../../../lib/traffic/state-machine';

test('given a shift that failed, timed out or was stopped, then its execution is what the rollback machine is told', () => {
  const { eventPattern, inputPaths, inputTemplate } = endOfShift('arn:shift');
  expect(eventPattern.detail).toEqual({ status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: ['arn:shift'] });
  const input = inputTemplate.replace(/<(\w+)>/g, (_, name: keyof typeof inputPaths) => inputPaths[name]);
  expect(JSON.parse(input)).toEqual({
    execution: '$.detail.executionArn',
    why: 'the execution of the shift ended as $.detail.status',
  });
});

test('given the gates, then the shift machine waits longer for a verdict than the function may take', () => {
  const targetGroups = { blue: 'arn:blue', green: 'arn:green' };
  const { States } = shiftMachine({
    places: [{ ruleArn: 'arn:rule', targetGroups }],
    followers: [],
    table: 'kong-edge-shift',
    gatesFunctionArn: 'arn:gates',
  });
  const { timeoutSeconds } = gatesFunction({ loadBalancerArn: 'arn:lb', targetGroupArns: targetGroups });
  expect(timeoutSeconds).toBeLessThan(Number((States['Gates'] as { TimeoutSeconds?: unknown }).TimeoutSeconds));
});
