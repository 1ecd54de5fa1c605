import { words, statementsOf } from './iam-statements';
import type { Statement } from './iam-statements';
import { SETTINGS, appOf, templatesOf } from './made-stacks';
import type { Resource, Template } from './made-stacks';

/** Every wildcard resource there may be, and why AWS has no other form. */
const WILDCARDS: readonly {
  readonly role: string;
  readonly action: string;
  readonly resource: RegExp;
  readonly why: string;
}[] = [
  {
    role: 'EdgeShiftMachineRole',
    action: '',
    resource: /^\*$/,
    why: 'ELBv2 Describe actions take no resource (Service Authorization Reference); which alarms are looked at comes with the plan',
  },
  {
    role: 'EdgeRollbackMachineRole',
    action: 'elasticloadbalancing:Describe',
    resource: /^\*$/,
    why: 'ELBv2 Describe actions take no resource (Service Authorization Reference)',
  },
  {
    role: 'EdgeShiftMachineGatesRole',
    action: '',
    resource: /^\*$/,
    why: 'cloudwatch:GetMetricData and ELBv2 Describe actions take no resource (Service Authorization Reference)',
  },
  {
    role: 'EdgeRuleProviderRole',
    action: 'elasticloadbalancing:Describe',
    resource: /^\*$/,
    why: 'ELBv2 Describe actions take no resource (Service Authorization Reference)',
  },
  {
    role: 'EdgeRuleProviderRole',
    action: 'elasticloadbalancing:',
    resource: /^<rules of <\w+>>\/\*$/,
    why: 'the last part of a rule’s ARN is made with the rule',
  },
  {
    role: 'ClusterProviderRole',
    action: 'elasticloadbalancing:Describe',
    resource: /^\*$/,
    why: 'ELBv2 Describe actions take no resource (Service Authorization Reference)',
  },
  {
    role: 'ClusterProviderRole',
    action: 'ecs:DescribeTasks',
    resource: /:task\/<Cluster>\/\*$/,
    why: 'a task’s id is made when it starts',
  },
  {
    role: 'ClusterProviderRole',
    action: 'ecs:TagResource',
    resource: /:task\/<Cluster>\/\*$/,
    why: 'the same, while the task starts (ecs:CreateAction = RunTask)',
  },
  {
    role: 'ClusterProviderframework',
    action: 'lambda:InvokeFunction',
    resource: /^<ClusterProvider\w+>:\*$/,
    why: 'any version of a function; written by aws-cdk-lib’s provider framework',
  },
  {
    role: 'ClusterProviderwaiterstatemachineRole',
    action: 'lambda:InvokeFunction',
    resource: /^<ClusterProvider\w+>:\*$/,
    why: 'any version of a function; written by aws-cdk-lib’s provider framework',
  },
];
const isKnown = ({ role, actions }: Statement, resource: string): boolean =>
  WILDCARDS.some(
    (one) =>
      role.startsWith(one.role) &&
      actions.every((action) => action.startsWith(one.action)) &&
      one.resource.test(resource),
  );

const templates: Record<string, Template> = {};
beforeAll(async () => {
  for (const [state, path] of Object.entries(SETTINGS)) {
    for (const [stack, template] of Object.entries(templatesOf(await appOf(path))))
      templates[`${state}/${stack}`] = template;
  }
}, 60_000);

/** Resources of a type in all templates, each with the place where it stands. */
const all = (type: string): [place: string, Resource][] =>
  Object.entries(templates).flatMap(([place, { Resources }]) =>
    Object.entries(Resources)
      .filter(([, { Type }]) => Type === type)
      .map(([id, resource]): [string, Resource] => [`${place}/${id}`, resource]),
  );
const where = (found: [string, Resource][], bad: (properties: Record<string, any>) => boolean): string[] =>
  found.filter(([, { Properties }]) => bad(Properties ?? {})).map(([place]) => place);

interface Ingress {
  readonly CidrIp?: string;
  readonly CidrIpv6?: string;
  readonly SourcePrefixListId?: string;
  readonly SourceSecurityGroupId?: unknown;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly IpProtocol: string;
}
/** Every ingress rule, with the description of the group that it opens. */
function ingress(): { place: string; group: string; rule: Ingress }[] {
  const groups = all('AWS::EC2::SecurityGroup');
  const described = (place: string, id: unknown): string => {
    const home = place.split('/').slice(0, 2).join('/');
    const target = (id as { 'Fn::GetAtt'?: string[] })['Fn::GetAtt']?.[0];
    return String(groups.find(([at]) => at === `${home}/${target}`)?.[1].Properties?.GroupDescription ?? words(id));
  };
  return [
    ...groups.flatMap(([place, { Properties }]) =>
      ((Properties?.SecurityGroupIngress ?? []) as Ingress[]).map((rule) => ({
        place,
        group: String(Properties?.GroupDescription),
        rule,
      })),
    ),
    ...all('AWS::EC2::SecurityGroupIngress').map(([place, { Properties }]) => ({
      place,
      group: described(place, Properties?.GroupId),
      rule: Properties as unknown as Ingress,
    })),
  ];
}
const covers = ({ IpProtocol, FromPort = 0, ToPort = 65535 }: Ingress, port: number): boolean =>
  IpProtocol === '-1' || (FromPort <= port && port <= ToPort);

/** Keys of values that are named or look like a secret and are no reference to one. */
function secretsIn(place: string, { Resources }: Template): string[] {
  const found: string[] = [];
  const walk = (at: string, key: string, value: unknown): void => {
    if (typeof value === 'string') {
      const named =
        /(password|secret|token|licen[cs]e|private_?key|credential)/i.test(key) &&
        !/(arn|name|id|policy|description|encryption)$/i.test(key);
      const isReference = value.startsWith('{{resolve:') || value.startsWith('arn:') || value === '';
      const looksLikeOne = /-----BEGIN|AKIA[0-9A-Z]{16}|postgres(ql)?:\/\/[^/\s]+:[^@\s]+@/.test(value);
      if ((named && !isReference) || looksLikeOne) found.push(`${at} ${key}`);
    } else if (Array.isArray(value)) value.forEach((item) => walk(at, key, item));
    else if (typeof value === 'object' && value !== null) {
      const { Name, Value } = value as { Name?: unknown; Value?: unknown };
      if (typeof Name === 'string' && Value !== undefined) walk(at, Name, Value); // environment variables, tags
      for (const [name, inner] of Object.entries(value)) {
        // How a secret is generated is none; the parts of a Join are walked under the name of the whole.
        if (name === 'Fn::Join') walk(at, resolvesSecret(inner) ? '' : key, inner);
        else if (!/^(GenerateSecretString|Fn::.*|Ref)$/.test(name)) walk(at, name, inner);
      }
    }
  };
  for (const [id, { Properties }] of Object.entries(Resources)) walk(`${place}/${id}`, '', Properties);
  return found;
}
/** A Join that resolves a secret when CloudFormation runs is a reference as a whole. */
const resolvesSecret = (join: unknown): boolean => JSON.stringify(join).includes('{{resolve:secretsmanager:');

describe('given the templates of the example and of the five states', () => {
  test('no statement allows every action, of AWS or of a service', () => {
    const broad = Object.entries(templates).flatMap(([place, template]) =>
      statementsOf(place, template).flatMap(({ role, actions }) =>
        actions
          .filter((action) => action.includes('*') || action === '')
          .map((action) => `${place} ${role}: ${action}`),
      ),
    );
    expect(broad).toEqual([]);
  });

  test('no statement names every resource, but those for which AWS has no other form; and each of those occurs', () => {
    const wild = Object.entries(templates).flatMap(([place, template]) =>
      statementsOf(place, template).flatMap((one) =>
        one.resources.filter((resource) => resource.includes('*')).map((resource) => ({ one, resource })),
      ),
    );
    expect(
      wild
        .filter(({ one, resource }) => !isKnown(one, resource))
        .map(({ one, resource }) => `${one.stack} ${one.role} ${one.actions.join()} ${resource}`),
    ).toEqual([]);
    const unused = WILDCARDS.filter(
      ({ role, action, resource: shape }) =>
        !wild.some(
          ({ one, resource }) =>
            one.role.startsWith(role) && one.actions[0]?.startsWith(action) && shape.test(resource),
        ),
    );
    expect(unused.map(({ role, why }) => `${role}: ${why}`)).toEqual([]);
  });

  test('every role is for a service of AWS, and no policy is written with NotAction or NotResource', () => {
    const foreign = where(all('AWS::IAM::Role'), ({ AssumeRolePolicyDocument }) =>
      (AssumeRolePolicyDocument.Statement as { Principal: Record<string, unknown> }[]).some(
        ({ Principal }) => Object.keys(Principal).join() !== 'Service',
      ),
    );
    expect(foreign).toEqual([]);
    expect(JSON.stringify(templates)).not.toMatch(/"Not(Action|Resource|Principal)"/);
  });

  test('no secret stands in a template: what is named like one is a reference', () => {
    expect(Object.entries(templates).flatMap(([place, template]) => secretsIn(place, template))).toEqual([]);
  });

  test('a secret in an environment, a property or a connection string would be found', () => {
    const one = (Properties: Record<string, unknown>) =>
      secretsIn('t', { Resources: { X: { Type: 'T', Properties } } });
    expect(one({ Environment: [{ Name: 'KONG_PG_PASSWORD', Value: 'kong' }] })).toEqual(['t/X KONG_PG_PASSWORD']);
    expect(one({ MasterUserPassword: 'kong' })).toEqual(['t/X MasterUserPassword']);
    expect(one({ Command: ['psql postgres://kong:kong@db/kong'] })).toEqual(['t/X Command']);
    expect(one({ MasterUserPassword: '{{resolve:secretsmanager:x:SecretString:password::}}' })).toEqual([]);
  });

  test('every database is encrypted or restored as its snapshot is, private, TLS only, its password by reference', () => {
    const databases = all('AWS::RDS::DBInstance');
    expect(databases.length).toBeGreaterThan(5);
    expect(where(databases, (p) => p.StorageEncrypted !== true && p.DBSnapshotIdentifier === undefined)).toEqual([]);
    expect(where(databases, (p) => p.PubliclyAccessible !== false)).toEqual([]);
    expect(
      where(databases, (p) => JSON.stringify(p.MasterUserPassword).includes('{{resolve:secretsmanager:') === false),
    ).toEqual([]);
    expect(where(all('AWS::RDS::DBParameterGroup'), (p) => p.Parameters['rds.force_ssl'] !== '1')).toEqual([]);
  });

  test('every log group expires, and every function and container writes to one', () => {
    expect(where(all('AWS::Logs::LogGroup'), (p) => !(p.RetentionInDays > 0))).toEqual([]);
    const provided = /framework-on|framework-is/;
    expect(
      where(
        all('AWS::Lambda::Function'),
        (p) => p.LoggingConfig?.LogGroup === undefined && !provided.test(String(p.Description)),
      ),
    ).toEqual([]);
    const silent = where(all('AWS::ECS::TaskDefinition'), (p) =>
      (p.ContainerDefinitions as { LogConfiguration?: { Options?: Record<string, unknown> } }[]).some(
        (one) => one.LogConfiguration?.Options?.['awslogs-group'] === undefined,
      ),
    );
    expect(silent).toEqual([]);
  });

  test('the internet reaches ports 80 and 443 of the public load balancer and nothing else', () => {
    const open = ingress().filter(
      ({ rule }) => rule.CidrIp === '0.0.0.0/0' || rule.CidrIpv6 !== undefined || rule.SourcePrefixListId !== undefined,
    );
    expect(new Set(open.map(({ group, rule }) => `${group} ${rule.FromPort}-${rule.ToPort}`))).toEqual(
      new Set(['Load balancer of the Kong proxy 80-80', 'Load balancer of the Kong proxy 443-443']),
    );
  });

  test('the Admin port is reached from the VPC through the internal load balancer alone', () => {
    const rules = ingress().filter(({ rule }) => covers(rule, 8001));
    expect(
      new Set(rules.map(({ group, rule }) => `${group} <- ${rule.CidrIp ?? words(rule.SourceSecurityGroupId)}`)),
    ).toEqual(
      new Set([
        'Internal load balancer of the Kong Admin API <- 10.20.0.0/16',
        'Kong nodes of the blue slot <- <EdgeAdminLoadBalancerSecurityGroup.GroupId>',
        'Kong nodes of the green slot <- <EdgeAdminLoadBalancerSecurityGroup.GroupId>',
      ]),
    );
    const balancers = all('AWS::ElasticLoadBalancingV2::LoadBalancer');
    const listeners = all('AWS::ElasticLoadBalancingV2::Listener').filter(
      ([, { Properties }]) => Properties?.Port === 8001,
    );
    expect(listeners.length).toBe(Object.keys(SETTINGS).length);
    for (const [place, { Properties }] of listeners) {
      const home = place.split('/').slice(0, 2).join('/');
      const balancer = balancers.find(([at]) => at === `${home}/${Properties?.LoadBalancerArn.Ref}`);
      expect(balancer?.[1].Properties?.Scheme).toBe('internal');
    }
  });

  test('a database is reached from its own slot’s nodes and migrations alone', () => {
    const rules = ingress().filter(({ rule }) => covers(rule, 5432));
    const told = new Set(rules.map(({ group, rule }) => `${group} <- ${words(rule.SourceSecurityGroupId)}`));
    expect(told).toEqual(
      new Set(
        ['blue', 'green'].flatMap((slot) => {
          const nodes = slot === 'blue' ? 'EdgeBlueNodesGroup' : 'EdgeGreenNodesGroup';
          return [
            `Database of the ${slot} Kong cluster <- <of the edge: ${nodes}>`,
            `Database of the ${slot} Kong cluster <- <ClusterMigrationsSecurityGroup.GroupId>`,
          ];
        }),
      ),
    );
  });

  test('no node and no migrations task has a public address or a shell', () => {
    const services = all('AWS::ECS::Service');
    expect(services.length).toBeGreaterThan(5);
    expect(where(services, (p) => p.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp !== 'DISABLED')).toEqual(
      [],
    );
    expect(where(services, (p) => p.EnableExecuteCommand === true)).toEqual([]);
  });
});
