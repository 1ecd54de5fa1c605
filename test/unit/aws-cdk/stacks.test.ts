import { SETTINGS, appOf, templatesOf } from './made-stacks';
import type { Template } from './made-stacks';

/** Properties by which a resource has the same name wherever it is made; CloudFormation makes the others up. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::RDS::DBInstance': 'DBInstanceIdentifier',
  'AWS::RDS::DBParameterGroup': 'DBParameterGroupName',
  'AWS::RDS::DBSubnetGroup': 'DBSubnetGroupName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'Name',
  'AWS::ElasticLoadBalancingV2::TargetGroup': 'Name',
  'AWS::EC2::SecurityGroup': 'GroupName',
  'AWS::ECS::Cluster': 'ClusterName',
  'AWS::ECS::Service': 'ServiceName',
  'AWS::ECS::TaskDefinition': 'Family',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
};

const physicalNames = (template: Template): string[] =>
  Object.values(template.Resources).flatMap(({ Type, Properties }) => {
    const name: unknown = NAMES[Type] === undefined ? undefined : Properties?.[NAMES[Type]];
    return name === undefined ? [] : [`${Type} ${JSON.stringify(name)}`];
  });
const exportNames = (template: Template): string[] =>
  Object.values(template.Outputs ?? {}).flatMap(({ Export }) => (Export ? [JSON.stringify(Export.Name)] : []));

describe('given two systems of different names in one app', () => {
  let first: Template[];
  let second: Template[];
  beforeAll(async () => {
    const app = await appOf(SETTINGS['2-blue-and-green']!, 'first');
    const templates = Object.entries(templatesOf(await appOf(SETTINGS['2-blue-and-green']!, 'second', app)));
    const of = (name: string) =>
      templates.filter(([stack]) => stack.startsWith(`${name}-`)).map(([, template]) => template);
    [first, second] = [of('first'), of('second')];
  }, 60_000);

  test('when they are synthesised, then each has its three stacks', () => {
    expect([first.length, second.length]).toEqual([3, 3]);
  });

  test('then no physical name and no export name is in both, nor twice in one', () => {
    const [namesA, namesB] = [first.flatMap(physicalNames), second.flatMap(physicalNames)];
    expect(new Set([...namesA, ...namesB]).size).toBe(namesA.length + namesB.length);
    const [exportsA, exportsB] = [first.flatMap(exportNames), second.flatMap(exportNames)];
    expect(exportsA.length).toBeGreaterThan(10);
    expect(new Set([...exportsA, ...exportsB]).size).toBe(exportsA.length + exportsB.length);
  });

  test('then the only names of our own are those of the databases ', () => {
    // CDK makes a task definition's family from its path, which begins with the name of the stack.
    const ours = first.flatMap(physicalNames).filter((name) => !name.startsWith('AWS::ECS::TaskDefinition "first'));
    expect(ours.sort()).toEqual([...['blue', 'green'].map((slot) => `AWS::RDS::DBInstance "first-${slot}"`)]);
  });

  test('then a slot imports from its own edge alone', () => {
    expect(JSON.stringify(first)).not.toMatch(/second-/);
    expect(JSON.stringify(second)).not.toMatch(/first-/);
  });
});
