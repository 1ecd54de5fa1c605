import { Match } from 'aws-cdk-lib/assertions';
import { makeCluster, upgrade } from './cluster-fixtures';

describe('given an upgrade with one stop, when the cluster is synthesised', () => {
  const { template } = makeCluster();

  test("the script runs in the image of that stop, with the slot's database and secrets", () => {
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [
        Match.objectLike({
          Name: 'migrate',
          Image: 'kong:3.4.2',
          EntryPoint: ['/bin/sh', '-c'],
          Command: [Match.stringLikeRegexp('kong migrations')],
          Environment: Match.arrayWith([
            { Name: 'KONG_PLUGINS', Value: 'bundled' },
            { Name: 'KONG_PG_HOST', Value: Match.anyValue() },
          ]),
          Secrets: Match.arrayWith([Match.objectLike({ Name: 'KONG_PG_PASSWORD' })]),
        }),
      ],
    });
  });

  test('the resource names the database, the versions and the identifiers that it must not be', () => {
    template.hasResourceProperties('Custom::KongMigrations', {
      DatabaseIdentifier: 'kong-green',
      ForbiddenIdentifiers: ['kong-blue'],
      Versions: ['3.4.2'],
      Kind: 'upgrade',
      Subnets: ['subnet-0000000000000aaa1', 'subnet-0000000000000aaa2'],
    });
  });

  test('the task reaches out to HTTPS and to its own database, and to nothing else', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'Migrations task of the green Kong cluster',
      SecurityGroupEgress: [Match.objectLike({ FromPort: 443, ToPort: 443 })],
    });
    const egress = Object.values<any>(template.findResources('AWS::EC2::SecurityGroupEgress'));
    expect(egress.map((rule) => rule.Properties.FromPort)).toEqual([5432]);
  });

  test('the handler may run that task definition in that cluster only', () => {
    const policies = Object.values<any>(template.findResources('AWS::IAM::Policy'));
    const run = policies
      .flatMap((policy) => policy.Properties.PolicyDocument.Statement)
      .find((statement) => statement.Action === 'ecs:RunTask');
    expect(run.Resource).toEqual({
      Ref: Object.keys(template.findResources('AWS::ECS::TaskDefinition', { Properties: { Cpu: '512' } }))[0],
    });
    expect(run.Condition.ArnEquals).toHaveProperty('ecs:cluster');
  });

  test('the handler may tag the task as it starts it, because the task takes over the tags of its definition', () => {
    const policies = Object.values<any>(template.findResources('AWS::IAM::Policy'));
    const tag = policies
      .flatMap((policy) => policy.Properties.PolicyDocument.Statement)
      .find((statement) => statement.Action === 'ecs:TagResource');
    expect(JSON.stringify(tag?.Resource)).toContain(':task/');
    expect(tag?.Condition).toEqual({ StringEquals: { 'ecs:CreateAction': 'RunTask' } });
  });

  test('the wait is under the hour that CloudFormation gives a custom resource', () => {
    const machine = Object.values<any>(template.findResources('AWS::StepFunctions::StateMachine'))[0];
    const text = JSON.stringify(machine.Properties.DefinitionString).replaceAll('\\', '');
    const seconds = Number(/"IntervalSeconds":(\d+)/.exec(text)?.[1]) * Number(/"MaxAttempts":(\d+)/.exec(text)?.[1]);
    expect(seconds).toBeGreaterThan(3000);
    expect(seconds).toBeLessThan(3600);
  });
});

test('given several stops, when the cluster is synthesised, each is a task of its own in order, for a container waits 120 s at most', () => {
  const stop = (version: string) => ({ version, image: `kong:${version}`, script: `echo ${version}` });
  const { template, cluster } = makeCluster({ migrations: upgrade({ stops: [stop('3.4.2'), stop('3.10.0')] }) });

  expect(cluster.migrations!.taskDefinitions).toHaveLength(2);
  const run = Object.values<any>(template.findResources('Custom::KongMigrations'))[0].Properties;
  expect(run.Versions).toEqual(['3.4.2', '3.10.0']);
  const images = run.TaskDefinitions.map(
    (ref: any) => template.toJSON().Resources[ref.Ref].Properties.ContainerDefinitions[0].Image,
  );
  expect(images).toEqual(['kong:3.4.2', 'kong:3.10.0']);
});
