import type { Made, Paper, StackKey } from './world';
import { STACKS, WORLD, mark, marksIn, secretValue } from './world';

 
interface Template {
  readonly Resources: Readonly<Record<string, any>>;
  readonly Outputs?: Readonly<Record<string, any>>;
}

/** What `Ref` says of a type; everything else by name. */
const REF: Readonly<Record<string, string>> = {
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'arn',
  'AWS::ElasticLoadBalancingV2::Listener': 'listener arn',
  'AWS::ElasticLoadBalancingV2::TargetGroup': 'arn',
  'AWS::ElasticLoadBalancingV2::ListenerRule': 'arn',
  'Custom::KongWeightedRule': 'arn',
  'Custom::KongFreezeRule': 'arn',
  'AWS::StepFunctions::StateMachine': 'arn',
  'AWS::SecretsManager::Secret': 'arn',
  'AWS::ECS::TaskDefinition': 'arn',
  'AWS::ECS::Service': 'arn',
  'AWS::IAM::Role': 'name',
  'AWS::Lambda::Function': 'name',
  'AWS::Logs::LogGroup': 'name',
  'AWS::DynamoDB::Table': 'name',
  'AWS::CloudWatch::Alarm': 'name',
  'AWS::ECS::Cluster': 'name',
  'AWS::RDS::DBParameterGroup': 'name',
  'AWS::RDS::DBSubnetGroup': 'name',
};
const ATTRIBUTES: Readonly<Record<string, string>> = {
  Arn: 'arn',
  GroupId: 'id',
  DNSName: 'dns name',
  LoadBalancerFullName: 'full name',
  TargetGroupFullName: 'full name',
  ListenerArn: 'listener arn',
  Name: 'name',
  AllocationId: 'id',
  'Endpoint.Address': 'host',
  'Endpoint.Port': 'port',
  DbiResourceId: 'resource id',
};
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': WORLD.account,
  'AWS::Region': WORLD.region,
  'AWS::Partition': WORLD.partition,
  'AWS::URLSuffix': WORLD.urlSuffix,
};

/** Templates with their intrinsic functions carried out. */
export function cloudFormationOnPaper(templates: Readonly<Record<string, Template>>): Paper {
  const byKey = Object.fromEntries(
    Object.entries(templates).map(([name, template]) => [name.split('-').at(-1)!, template]),
  ) as Partial<Record<StackKey, Template>>;
  const exported = new Map<string, () => unknown>();
  for (const [stack, template] of Object.entries(byKey)) {
    for (const { Export, Value } of Object.values(template.Outputs ?? {})) {
      if (Export) exported.set(Export.Name as string, () => evaluate(stack as StackKey, Value));
    }
  }

  function evaluate(stack: StackKey, value: unknown): any {
    if (typeof value === 'string') return dynamicReferences(value);
    if (Array.isArray(value)) {
      return value.map((each) => evaluate(stack, each)).filter((each) => each !== undefined);
    }
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [name, argument] = entries[0] ?? ['', undefined];
    if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) {
      return intrinsic(stack, name, argument);
    }
    return Object.fromEntries(
      entries.map(([key, each]) => [key, evaluate(stack, each)]).filter(([, each]) => each !== undefined),
    );
  }

  function intrinsic(stack: StackKey, name: string, argument: any): any {
    switch (name) {
      case 'Ref':
        return reference(stack, argument as string);
      case 'Fn::GetAtt': {
        const [id, attribute] = argument as [string, string];
        const { Type } = byKey[stack]!.Resources[id];
        const said = ATTRIBUTES[attribute] ?? attribute;
        // CloudFormation's ARN of a log group names its streams too; Terraform's does not.
        return `${mark(`${stack}/${id}`, said)}${Type === 'AWS::Logs::LogGroup' && attribute === 'Arn' ? ':*' : ''}`;
      }
      case 'Fn::Join':
        return dynamicReferences((evaluate(stack, argument[1]) as unknown[]).join(argument[0]));
      case 'Fn::Split':
        return String(evaluate(stack, argument[1])).split(argument[0]);
      case 'Fn::Select':
        return evaluate(stack, argument[1])[Number(argument[0])];
      case 'Fn::GetAZs':
        return [...WORLD.zones];
      case 'Fn::ImportValue': {
        const value = exported.get(evaluate(stack, argument) as string);
        if (value === undefined) throw new Error(`${stack} imports ${argument}, which no stack exports`);
        return value();
      }
      default:
        throw new Error(`${stack}: ${name} is not known on paper`);
    }
  }

  function reference(stack: StackKey, id: string): unknown {
    if (id in PSEUDO) return PSEUDO[id];
    if (id === 'AWS::NoValue') return undefined;
    if (id === 'AWS::StackId') return `⟦${stack}|id⟧`;
    if (id === 'AWS::StackName') return `⟦${stack}|name⟧`;
    const resource = byKey[stack]!.Resources[id];
    if (resource === undefined) throw new Error(`${stack}: nothing is called ${id}`);
    // The secret once it knows its database: the same ARN.
    if (resource.Type === 'AWS::SecretsManager::SecretTargetAttachment')
      return evaluate(stack, resource.Properties.SecretId);
    return mark(`${stack}/${id}`, REF[resource.Type] ?? 'id');
  }

  const made = STACKS.flatMap((stack) =>
    Object.entries(byKey[stack]?.Resources ?? {}).map(([id, resource]): Made => {
      const props = evaluate(stack, resource.Properties ?? {});
      const after = [
        ...(Array.isArray(resource.DependsOn) ? resource.DependsOn : [resource.DependsOn ?? []].flat()).map(
          (other: string) => `${stack}/${other}`,
        ),
        ...marksIn(props),
      ];
      return {
        stack,
        at: `${stack}/${id}`,
        type: resource.Type,
        props: { ...props, DeletionPolicy: resource.DeletionPolicy },
        after,
      };
    }),
  );
  const outputs = Object.fromEntries(
    Object.entries(byKey).map(([stack, { Outputs }]) => [
      stack,
      Object.fromEntries(
        Object.entries(Outputs ?? {})
          .filter(([, { Export }]) => Export === undefined)
          .map(([name, { Value }]) => [name, evaluate(stack as StackKey, Value)]),
      ),
    ]),
  );
  return { made, outputs };
}

const dynamicReferences = (text: string): string =>
  text.replace(
    /\{\{resolve:secretsmanager:(.*?):SecretString:([^:]*):[^:]*:[^:]*\}\}/g,
    (_, arn: string, field: string) => secretValue(arn, field),
  );
