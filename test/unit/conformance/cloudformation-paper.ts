import type { Made, Paper, StackKey } from './world';
import { STACKS, WORLD, arnOf, listenerArn, mark, secretValue } from './world';

export interface Template {
  readonly Resources: Readonly<Record<string, any>>;
  readonly Outputs?: Readonly<Record<string, any>>;
}

/** What `Ref` says of a type; everything else by name. */
const REF: Readonly<Record<string, string>> = {
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'arn',
  'AWS::ElasticLoadBalancingV2::TargetGroup': 'arn',
  'AWS::ElasticLoadBalancingV2::ListenerRule': 'arn',
  'Custom::KongWeightedRule': 'arn',
  'Custom::KongFreezeRule': 'arn',
  'AWS::StepFunctions::StateMachine': 'arn',
  'AWS::SecretsManager::Secret': 'arn',
  'AWS::ECS::TaskDefinition': 'arn',
  'AWS::IAM::Role': 'name',
  'AWS::Lambda::Function': 'name',
  'AWS::Logs::LogGroup': 'name',
  'AWS::DynamoDB::Table': 'name',
  'AWS::CloudWatch::Alarm': 'name',
  'AWS::RDS::DBParameterGroup': 'name',
  'AWS::RDS::DBSubnetGroup': 'name',
};
const ATTRIBUTES: Readonly<Record<string, string>> = {
  Arn: 'arn',
  GroupId: 'id',
  DNSName: 'dns name',
  LoadBalancerFullName: 'full name',
  TargetGroupFullName: 'full name',
  Name: 'name',
  AllocationId: 'id',
  'Endpoint.Address': 'host',
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
  const systemName = Object.keys(templates)[0]!.replace(/-\w+$/, '');
  /** CloudFormation makes up a name for a cluster and its service. Here it hits upon the stack's, which Terraform states. */
  const nameOf = (stack: StackKey): string => `${systemName}-${stack}`;
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
        const at = `${stack}/${id}`;
        const { Type, Properties } = byKey[stack]!.Resources[id];
        if (Type === 'AWS::ElasticLoadBalancingV2::Listener') return listenerArn(at);
        if (Type === 'AWS::ECS::Cluster') return arnOf('ecs', `cluster/${nameOf(stack)}`);
        if (Type === 'AWS::ECS::Service') return nameOf(stack);
        // Stated by us, so that it is known before RDS says it.
        if (attribute === 'Endpoint.Port') return evaluate(stack, Properties.Port);
        // CloudFormation's ARN of a log group names its streams too; Terraform's does not.
        const streams = Type === 'AWS::Logs::LogGroup' && attribute === 'Arn' ? ':*' : '';
        return `${mark(at, ATTRIBUTES[attribute] ?? attribute)}${streams}`;
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
    const at = `${stack}/${id}`;
    if (resource.Type === 'AWS::ElasticLoadBalancingV2::Listener') return listenerArn(at);
    if (resource.Type === 'AWS::ECS::Cluster') return nameOf(stack);
    if (resource.Type === 'AWS::ECS::Service') return arnOf('ecs', `service/${nameOf(stack)}/${nameOf(stack)}`);
    return mark(at, REF[resource.Type] ?? 'id');
  }

  const made = STACKS.flatMap((stack) =>
    Object.entries(byKey[stack]?.Resources ?? {}).map(([id, resource]): Made => {
      const props = evaluate(stack, resource.Properties ?? {});
      const after = [resource.DependsOn ?? [], ...referredTo(resource.Properties)].flat() as string[];
      return {
        stack,
        at: `${stack}/${id}`,
        type: resource.Type,
        props: { ...props, DeletionPolicy: resource.DeletionPolicy },
        after: after.map((other) => `${stack}/${other}`),
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

/** Logical ids that a value names, in its own stack. */
function referredTo(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    if (key === 'Ref') return [each as string];
    return key === 'Fn::GetAtt' ? [(each as [string])[0]] : referredTo(each);
  });
}

const dynamicReferences = (text: string): string =>
  text.replace(
    /\{\{resolve:secretsmanager:(.*?):SecretString:([^:]*):[^:]*:[^:]*\}\}/g,
    (_, arn: string, field: string) => secretValue(arn, field),
  );
