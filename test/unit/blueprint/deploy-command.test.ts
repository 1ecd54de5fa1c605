import {
  deployCommand,
  destroyCommand,
  giveUpCommand,
  repairByEither,
  repairCommand,
} from '../../../lib/blueprint/deploy-command';

describe('given a system that CloudFormation deploys', () => {
  test('when a stack is deployed, destroyed or repaired, then alone', () => {
    expect(deployCommand({}, 'kong-edge')).toBe('npx cdk deploy kong-edge --exclusively');
    expect(destroyCommand({}, 'kong-blue')).toBe('npx cdk destroy kong-blue --exclusively');
    expect(repairCommand({}, 'kong-edge')).toBe('npx cdk deploy kong-edge --exclusively --context repair=1');
  });
});

describe('given a system that Terraform deploys', () => {
  const settings = { terraform: {} };

  test('when a stack is deployed, then it is written anew and initialized before it is applied', () => {
    expect(deployCommand(settings, 'kong-edge')).toBe(
      'npx cdktf synth && terraform -chdir=cdktf.out/stacks/kong-edge init && terraform -chdir=cdktf.out/stacks/kong-edge apply',
    );
  });

  test('when a stack is destroyed, then it is written as one that may be', () => {
    expect(destroyCommand(settings, 'kong-blue')).toBe(
      'KONG_DUAL_CLUSTER_DESTROY=kong-blue npx cdktf synth && terraform -chdir=cdktf.out/stacks/kong-blue init && terraform -chdir=cdktf.out/stacks/kong-blue destroy',
    );
  });

  test('when a slot is given up, then an apply takes the protection of its database off before', () => {
    expect(giveUpCommand(settings, 'kong-green')).toMatch(
      /^KONG_DUAL_CLUSTER_DESTROY=kong-green npx cdktf synth && .* init && .* apply && .* destroy$/,
    );
    expect(giveUpCommand({}, 'kong-green')).toBe(destroyCommand({}, 'kong-green'));
  });

  test('when a rule is gone, then a deploy sees it', () => {
    expect(repairCommand(settings, 'kong-edge')).toBe(deployCommand(settings, 'kong-edge'));
  });
});

test('given no settings, when a rule is gone, then both ways are told', () => {
  const told = repairByEither('NAME-edge');
  expect(told).toContain(repairCommand({}, 'NAME-edge'));
  expect(told).toContain(repairCommand({ terraform: {} }, 'NAME-edge'));
});
