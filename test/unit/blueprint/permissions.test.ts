import { rollbackStatements, shiftStatements } from '../../../lib/blueprint/permissions';
import type { Statement } from '../../../lib/blueprint/permissions';
import { rollbackMachine } from '../../../lib/traffic/rollback-machine';
import { shiftMachine } from '../../../lib/traffic/state-machine';
import { allowedActions, calledActions } from './called-actions';

const targetGroups = { blue: 'arn:blue', green: 'arn:green' };
const targets = {
  places: [{ ruleArn: 'arn:rule/1', targetGroups }],
  followers: [{ ruleArn: 'arn:rule/admin', targetGroups }],
  table: 'kong-edge-shift',
};
const moved = { ruleArns: ['arn:rule/1', 'arn:rule/admin'], tableArn: 'arn:table', userPoolArns: [] };

describe.each([
  ['shift', shiftMachine({ ...targets, gatesFunctionArn: 'arn:gates' }), shiftStatements(moved, 'arn:gates')],
  ['rollback', rollbackMachine(targets), rollbackStatements(moved)],
] as const)('given the %s machine', (_, definition, statements: readonly Statement[]) => {
  test('then its statements allow what its definition calls, and nothing else', () => {
    expect(allowedActions(statements)).toEqual(calledActions(definition));
  });

  test('then it writes the rules that it knows by name, and the edge’s table alone', () => {
    const of = (service: string) =>
      statements.filter(({ actions }) => actions.some((action) => action.startsWith(service)));
    expect(statements.filter(({ actions }) => actions.includes('elasticloadbalancing:ModifyRule'))).toEqual([
      expect.objectContaining({ resources: moved.ruleArns }),
    ]);
    for (const { resources } of of('dynamodb:')) expect(resources).toEqual(['arn:table']);
  });

  test('then only what takes no resource is allowed on all of them', () => {
    const onAll = statements.filter(({ resources }) => resources.includes('*')).flatMap(({ actions }) => actions);
    expect(onAll.filter((action) => !/:Describe/.test(action))).toEqual([]);
  });
});

test('given rules behind Cognito, then whoever writes them may look at those user pools alone', () => {
  const statements = rollbackStatements({ ...moved, userPoolArns: ['arn:pool/1'] });
  expect(statements).toContainEqual({ actions: ['cognito-idp:DescribeUserPoolClient'], resources: ['arn:pool/1'] });
});
