import { inPartition } from '../../../lib/traffic/asl';
import { rollbackMachine } from '../../../lib/traffic/rollback-machine';
import { shiftMachine } from '../../../lib/traffic/state-machine';

const RULE = 'arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:111122223333:listener-rule/app/kong/1/2/3';
const GROUP = 'arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:111122223333:targetgroup';
const targets = {
  places: [{ ruleArn: RULE, targetGroups: { blue: `${GROUP}/blue/1`, green: `${GROUP}/green/2` } }],
  followers: [],
  table: 'kong-edge-shift',
};

describe.each([
  [
    'shift',
    shiftMachine({ ...targets, gatesFunctionArn: 'arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:g' }),
  ],
  ['rollback', rollbackMachine(targets)],
])('given the %s machine', (_, definition) => {
  test('in another partition, then no call goes by an ARN of the first', () => {
    const text = JSON.stringify(inPartition(definition, 'aws-us-gov'));
    expect(text).not.toContain('arn:aws:');
    expect(text).toContain('"arn:aws-us-gov:states:::aws-sdk:elasticloadbalancingv2:modifyRule"');
  });

  test('in the first, then it is what it was', () => {
    expect(inPartition(definition, 'aws')).toEqual(definition);
  });
});
