import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { KongCluster } from '../../../lib/aws-cdk/cluster';
import { SLOT_OUTPUTS } from '../../../lib/blueprint/output-names';
import { KongDualClusterError } from '../../../lib/errors';
import { ENVIRONMENT, connectionsIn, existingDatastore, greenSpec, makeCluster, upgrade } from './cluster-fixtures';

const idOf = (template: Template, type: string, props: object = {}): string => {
  const ids = Object.keys(template.findResources(type, { Properties: props }));
  expect(ids).toHaveLength(1);
  return ids[0]!;
};
const resource = (template: Template, id: string) => template.toJSON().Resources[id];
const container = (template: Template, name: string) => {
  const found = Object.values<any>(template.findResources('AWS::ECS::TaskDefinition'))
    .flatMap((definition) => definition.Properties.ContainerDefinitions)
    .filter((definition) => definition.Name === name);
  expect(found).toHaveLength(1);
  return found[0];
};
const valueOf = (definition: any, name: string) =>
  definition.Environment.find((entry: any) => entry.Name === name)?.Value;

describe('given a green cluster restored from a snapshot, when it is synthesised', () => {
  const { template } = makeCluster();

  test('Kong starts only after the check has succeeded', () => {
    expect(container(template, 'kong')).toMatchObject({
      Essential: true,
      DependsOn: [{ ContainerName: 'migrations-check', Condition: 'SUCCESS' }],
    });
    expect(container(template, 'migrations-check')).toMatchObject({
      Essential: false,
      EntryPoint: ['/bin/sh', '-c'],
      StartTimeout: 120,
    });
  });

  test('the check sees the same image, settings and secrets as Kong', () => {
    const [kong, check] = ['kong', 'migrations-check'].map((name) => container(template, name));
    expect(check.Image).toBe(kong.Image);
    expect(check.Environment).toEqual(kong.Environment);
    expect(check.Secrets).toEqual(kong.Secrets);
  });

  test('Kong runs as its image starts it, on the three ports, and is given time to answer what it has begun', () => {
    const kong = container(template, 'kong');
    expect(kong.PortMappings.map((port: any) => port.ContainerPort)).toEqual([8000, 8001, 8100]);
    expect(kong).toMatchObject({ StopTimeout: 40, Ulimits: [{ Name: 'nofile', SoftLimit: 65535, HardLimit: 65535 }] });
    expect(kong.Command).toBeUndefined();
    expect(kong.EntryPoint).toBeUndefined();
  });

  test('the database is the one of this slot, over TLS', () => {
    const kong = container(template, 'kong');
    const instance = idOf(template, 'AWS::RDS::DBInstance');
    expect(valueOf(kong, 'KONG_PG_HOST')).toEqual({ 'Fn::GetAtt': [instance, 'Endpoint.Address'] });
    expect(valueOf(kong, 'KONG_PG_SSL')).toBe('on');
    expect(valueOf(kong, 'KONG_DATABASE')).toBe('postgres');
  });

  test('secrets go by reference and stand in no environment', () => {
    const kong = container(template, 'kong');
    expect(kong.Secrets.map((secret: any) => secret.Name).sort()).toEqual(['KONG_LICENSE_DATA', 'KONG_PG_PASSWORD']);
    expect(kong.Environment.map((entry: any) => entry.Name)).not.toContain('KONG_PG_PASSWORD');
  });

  test('the service takes both target groups, in private subnets, without a public address', () => {
    template.hasResourceProperties('AWS::ECS::Service', {
      LoadBalancers: [
        { ContainerName: 'kong', ContainerPort: 8000, TargetGroupArn: Match.stringLikeRegexp('green-proxy') },
        { ContainerName: 'kong', ContainerPort: 8001, TargetGroupArn: Match.stringLikeRegexp('green-admin') },
      ],
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          AssignPublicIp: 'DISABLED',
          Subnets: ['subnet-0000000000000aaa1', 'subnet-0000000000000aaa2'],
          SecurityGroups: ['sg-00000000000000aaa'],
        },
      },
      EnableExecuteCommand: false,
      DeploymentConfiguration: Match.objectLike({
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
      }),
    });
  });

  test('the service names no count, so that no deployment shrinks a cluster that has scaled out', () => {
    template.hasResourceProperties('AWS::ECS::Service', { DesiredCount: Match.absent() });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 2, MaxCapacity: 6 });
  });

  test('database, migrations, service, launch: each waits for the one before', () => {
    const instance = idOf(template, 'AWS::RDS::DBInstance');
    const run = idOf(template, 'Custom::KongMigrations');
    const service = idOf(template, 'AWS::ECS::Service');
    const launch = idOf(template, 'Custom::KongLaunch');
    expect(resource(template, run).DependsOn).toContain(instance);
    expect(resource(template, service).DependsOn).toContain(run);
    expect(resource(template, launch).DependsOn).toEqual(expect.arrayContaining([service, instance]));
  });

  test('the launch step knows the count and the database to protect', () => {
    template.hasResourceProperties('Custom::KongLaunch', { Count: '2', DatabaseIdentifier: 'kong-green' });
  });

  test('the logs of the nodes and of the migrations expire, and outlive a deployment that rolls back', () => {
    const groups = Object.values<any>(template.findResources('AWS::Logs::LogGroup'));
    expect(groups.every((group) => group.Properties.RetentionInDays === 30)).toBe(true);
    expect(groups.filter((group) => group.DeletionPolicy === 'Retain')).toHaveLength(2);
  });

  test('the outputs that commands read have constant names', () => {
    expect(Object.keys(template.toJSON().Outputs).sort()).toEqual(Object.values(SLOT_OUTPUTS).sort());
  });

  test('nothing has a physical name but the database, and its log groups after it', () => {
    const text = JSON.stringify(template.toJSON().Resources);
    for (const property of [
      'ClusterName',
      'ServiceName',
      'RoleName',
      'FunctionName',
      'GroupName',
      'StateMachineName',
      'DBParameterGroupName',
      'DBSubnetGroupName',
    ]) {
      expect(text).not.toMatch(new RegExp(`"${property}":"`));
    }
    expect(text).not.toMatch(/"LogGroupName":"/);
  });
});

describe('given least privilege, when the roles of a cluster are looked at', () => {
  const { template } = makeCluster();
  const policies = Object.values<any>(template.findResources('AWS::IAM::Policy'));
  const statements = policies.flatMap((policy) => policy.Properties.PolicyDocument.Statement);
  const ours = Object.entries<any>(template.findResources('AWS::IAM::Policy'))
    .filter(([id]) => !/Providerframework|waiterstatemachine/.test(id))
    .flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement);

  test('no action is a wildcard', () => {
    const actions = statements.flatMap((statement) => [statement.Action].flat());
    expect(actions.length).toBeGreaterThan(5);
    expect(actions.filter((action: string) => action.includes('*'))).toEqual([]);
  });

  test('no resource is everything, but where AWS knows no other form and nothing is changed', () => {
    const everything = statements.filter((statement) => [statement.Resource].flat().includes('*'));
    expect(everything.flatMap((statement) => statement.Action).sort()).toEqual([
      'elasticloadbalancing:DescribeListeners',
      'elasticloadbalancing:DescribeRules',
      'elasticloadbalancing:DescribeTargetGroups',
    ]);
    expect(ours.length).toBeGreaterThan(5);
  });

  test('the task roles may do nothing: Kong calls no AWS service', () => {
    const taskRoles = Object.values<any>(template.findResources('AWS::ECS::TaskDefinition')).map(
      (definition) => definition.Properties.TaskRoleArn['Fn::GetAtt'][0],
    );
    expect(taskRoles).toHaveLength(2);
    const granted = policies.flatMap((policy) => policy.Properties.Roles.map((role: any) => role.Ref));
    for (const role of taskRoles) {
      expect(granted).not.toContain(role);
      expect(resource(template, role).Properties.ManagedPolicyArns).toBeUndefined();
    }
  });

  test('the nodes may read their two secrets and write their own log group', () => {
    const role = Object.values<any>(
      template.findResources('AWS::ECS::TaskDefinition', { Properties: { Cpu: '1024' } }),
    )[0].Properties.ExecutionRoleArn['Fn::GetAtt'][0];
    const granted = policies
      .filter((policy) => policy.Properties.Roles.some((each: any) => each.Ref === role))
      .flatMap((policy) => policy.Properties.PolicyDocument.Statement);
    expect([...new Set(granted.flatMap((statement: any) => [statement.Action].flat()))].sort()).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
    ]);
  });

  test('the right to modify the database names that database', () => {
    const modify = statements.find((statement) => [statement.Action].flat().includes('rds:ModifyDBInstance'));
    expect(JSON.stringify(modify.Resource)).toContain(':db:kong-green');
  });

  test('the handler may pass the roles of the migrations task to ECS and to nobody else', () => {
    const pass = statements.filter((statement) => [statement.Action].flat().includes('iam:PassRole'));
    expect(pass).toHaveLength(1);
    expect(pass[0].Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
  });
});

describe('given other ways to come by a database', () => {
  test('an existing one is used as it is: nothing migrates or protects it, its group admits the nodes', () => {
    const { template } = makeCluster({
      datastore: existingDatastore,
      migrations: upgrade({ mode: 'none', stops: [] }),
    });

    template.resourceCountIs('AWS::RDS::DBInstance', 0);
    template.resourceCountIs('Custom::KongMigrations', 0);
    template.hasResourceProperties('Custom::KongLaunch', { DatabaseIdentifier: Match.absent() });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: 'sg-0123456789abcdef0',
      SourceSecurityGroupId: 'sg-00000000000000aaa',
      FromPort: 5433,
    });
    const kong = container(template, 'kong');
    expect([valueOf(kong, 'KONG_PG_HOST'), valueOf(kong, 'KONG_PG_PORT'), valueOf(kong, 'KONG_PG_SSL')]).toEqual([
      'legacy.abc.eu-central-1.rds.amazonaws.com',
      '5433',
      'off',
    ]);
    expect(JSON.stringify(kong.Secrets)).toContain('secret:legacy-AbCdEf:pw::');
  });

  test('migrations by hand: no node starts, nothing runs, and the outputs name what running them needs', () => {
    const { template } = makeCluster({ migrations: upgrade({ mode: 'manual' }) });

    template.hasResourceProperties('AWS::ECS::Service', { DesiredCount: 0 });
    template.resourceCountIs('Custom::KongMigrations', 0);
    template.resourceCountIs('Custom::KongLaunch', 0);
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
    expect(resource(template, idOf(template, 'AWS::ECS::Service')).DependsOn).toContain(
      idOf(template, 'Custom::KongIdle'),
    );
    for (const name of [
      SLOT_OUTPUTS.migrationTaskDefinitionArn,
      SLOT_OUTPUTS.migrationSubnetIds,
      SLOT_OUTPUTS.migrationSecurityGroupId,
    ]) {
      template.hasOutput(name, {});
    }
  });
});

describe('given settings that would send green to blue', () => {
  const make = (overrides: Parameters<typeof makeCluster>[0]) => () => makeCluster(overrides);

  test("blue's database is refused at synth", () => {
    expect(
      make({
        datastore: { ...existingDatastore, identifier: 'kong-blue' },
        migrations: upgrade({ mode: 'none', stops: [] }),
      }),
    ).toThrow(expect.objectContaining({ code: 'GREEN_ON_BLUE_DATABASE', found: 'kong-blue' }) as Error);
  });

  test.each(['KONG_PG_HOST', 'KONG_PG_PASSWORD', 'KONG_PG_DATABASE'])('%s in the environment is refused', (name) => {
    expect(make({ environment: { [name]: 'x' } })).toThrow(KongDualClusterError);
    expect(make({ environment: { [name]: 'x' } })).toThrow(/ENVIRONMENT_RESERVED/);
  });

  test('KONG_PG_HOST in the environment of the migrations is refused', () => {
    expect(make({ migrations: upgrade({ environment: { KONG_PG_HOST: 'blue' } }) })).toThrow(/ENVIRONMENT_RESERVED/);
  });
});

describe('given where an image comes from', () => {
  test('one in a private ECR repository may be pulled, and no other', () => {
    const { template } = makeCluster({ image: '111122223333.dkr.ecr.eu-central-1.amazonaws.com/our/kong:3.4.2' });

    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: Match.arrayWith(['ecr:BatchGetImage']),
            Resource: 'arn:aws:ecr:eu-central-1:111122223333:repository/our/kong',
          }),
        ]),
      },
    });
  });

  test('a public one needs no right', () => {
    expect(JSON.stringify(makeCluster().template.toJSON())).not.toContain('ecr:');
    expect(container(makeCluster().template, 'kong').Image).toBe('kong:3.4.2');
  });
});

test('given an edge in another stack, when a cluster is added, the edge gets no resource by it', () => {
  const app = new App();
  const edge = new Stack(app, 'kong-edge', { env: ENVIRONMENT });
  const connections = connectionsIn(edge);
  const before = JSON.stringify(Template.fromStack(edge).toJSON().Resources ?? {});
  const again = new App();
  const edgeAgain = new Stack(again, 'kong-edge', { env: ENVIRONMENT });
  new KongCluster(new Stack(again, 'kong-green', { env: ENVIRONMENT }), 'Kong', {
    spec: greenSpec(),
    connections: connectionsIn(edgeAgain),
  });

  expect(connections.slot).toBe('green');
  expect(JSON.stringify(Template.fromStack(edgeAgain).toJSON().Resources ?? {})).toBe(before);
});
