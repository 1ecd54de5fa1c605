import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import fc from 'fast-check';
import { EDGE_OUTPUTS, STATE_ID } from '../../../lib/blueprint/output-names';
import { parameterName } from '../../../lib/blueprint/parameter-names';
import { ParameterStacks } from '../../../lib/deployed/parameter-stacks';
import { readEdge } from '../../../lib/deployed/read-edge';
import { readStack } from '../../../lib/deployed/read-stack';

/**
 * GetParametersByPath as Systems Manager has it: what stands directly under the path, at most ten a page, a page may be
 * empty and name another one all the same (API reference, GetParametersByPath).
 */
function ssm(parameters: Readonly<Record<string, string>>, pageSize = 10) {
  const send = (command: GetParametersByPathCommand) => {
    const { Path, NextToken } = command.input;
    const under = Object.entries(parameters).filter(
      ([name]) => name.startsWith(`${Path}/`) && !name.slice(Path!.length + 1).includes('/'),
    );
    if (NextToken === undefined) return Promise.resolve({ Parameters: [], NextToken: '0' });
    const at = Number(NextToken);
    const page = under.slice(at, at + pageSize).map(([Name, Value]) => ({ Name, Value }));
    return Promise.resolve({
      Parameters: page,
      ...(at + pageSize < under.length && { NextToken: String(at + pageSize) }),
    });
  };
  return new ParameterStacks({ send } as never);
}
const published = (stack: string, outputs: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(outputs).map(([name, value]) => [parameterName(stack, name), value]));

describe('given what Terraform stacks publish', () => {
  test('when one is read, then it is whole whatever the pages, and nothing of another one is in it', () =>
    fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.stringMatching(/^[A-Z][A-Za-z]{0,12}$/), fc.string({ minLength: 1 }), { maxKeys: 30 }),
        fc.integer({ min: 1, max: 10 }),
        async (outputs, pageSize) => {
          const mine = { ...outputs, [STATE_ID]: 'id-1' };
          const world = { ...published('kong-blue', mine), ...published('kong-blue-2', { Other: 'x' }) };
          expect(await ssm(world, pageSize).find('kong-blue')).toEqual({
            name: 'kong-blue',
            id: 'id-1',
            outputs: mine,
          });
        },
      ),
    ));

  test('when there is no parameter, then there is no stack, and the way to make it is Terraform’s', async () => {
    expect(await ssm({}).find('kong-edge')).toBeUndefined();
    await expect(readStack(ssm({}), { terraform: {} }, 'kong-edge')).rejects.toMatchObject({
      code: 'STACK_NOT_FOUND',
      remedy: expect.stringContaining('terraform -chdir=cdktf.out/stacks/kong-edge apply'),
    });
  });

  test('when the first apply has failed half-way, then the parameter that is missing is named', async () => {
    const half = published('kong-edge', { [STATE_ID]: 'id-1', [EDGE_OUTPUTS.loadBalancerArn]: 'arn' });
    await expect(readEdge(ssm(half), { name: 'kong', terraform: {} })).rejects.toMatchObject({
      code: 'EDGE_OUTDATED',
      found: expect.stringMatching(/no parameter \/kong-dual-cluster\/kong-edge\/\w+: .*its last apply did not end/),
      remedy: expect.stringMatching(/terraform .* apply \(it does not touch the weights\)/),
    });
  });
});
