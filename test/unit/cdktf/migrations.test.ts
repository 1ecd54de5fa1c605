import { resource, resources } from './synth';
import { existingDatastore, upgrade } from '../aws-cdk/cluster-fixtures';
import { addressOf, dataOf, invocation, synthCluster } from './slot-fixtures';

const hop = (version: string) => ({ version, image: `kong:${version}`, script: `echo ${version}` });

describe('given migrations that run during the apply', () => {
  const json = synthCluster({ migrations: upgrade({ stops: [hop('3.3.1'), hop('3.4.2')] }) });
  const { block, input } = invocation(json, 'KongMigrations');

  test('there is a task for each stop, in order, and the function is told them', () => {
    const families = resources(json, 'aws_ecs_task_definition').map(({ family }) => family);
    expect(families).toEqual(expect.arrayContaining(['kong-green-migrate-1', 'kong-green-migrate-2']));
    expect(input.Versions).toEqual(['3.3.1', '3.4.2']);
    expect(input.TaskDefinitions).toEqual(
      ['1', '2'].map((stop) => {
        const family = `kong-green-migrate-${stop}`;
        return `\${${addressOf(json, 'aws_ecs_task_definition', (each) => each.family === family)}.arn}`;
      }),
    );
  });

  test('the function is told which database is its own, and which are not', () => {
    expect(input).toMatchObject({
      DatabaseIdentifier: 'kong-green',
      DatabaseHost: `\${${addressOf(json, 'aws_db_instance')}.address}`,
      ForbiddenIdentifiers: ['kong-blue'],
      LogStreamPrefix: 'kong/migrate',
    });
  });

  test('another database or version runs them again, and nothing else does', () => {
    expect(block.triggers).toEqual({
      database: `\${${addressOf(json, 'aws_db_instance')}.resource_id}`,
      versions: '3.3.1,3.4.2',
    });
    expect(block.lifecycle.ignore_changes).toEqual(['input']);
    // Never updated: the provider does not try a failed update again.
    expect(block).not.toHaveProperty('lifecycle_scope');
  });

  test('they wait for the ways to the database and for the right to read secrets', () => {
    expect(block.depends_on).toEqual(
      expect.arrayContaining([
        addressOf(json, 'aws_db_instance'),
        addressOf(json, 'aws_vpc_security_group_egress_rule', (each) => each.from_port === 5432),
        addressOf(json, 'aws_vpc_security_group_ingress_rule', (each) =>
          String(each.description).startsWith('Migrations'),
        ),
        addressOf(json, 'aws_iam_role_policy', (each) => String(each.role).includes('Stop1')),
        addressOf(json, 'aws_iam_role_policy', (each) => String(each.role).includes('Stop2')),
      ]),
    );
  });

  test('nodes wait for them', () => {
    const run = addressOf(json, 'aws_lambda_invocation', (each) => String(each.input).includes('KongMigrations'));
    expect(resource(json, 'aws_ecs_service').depends_on).toContain(run);
  });

  test('the function may run these tasks in this cluster, and look at these databases', () => {
    const policy = resources(json, 'aws_iam_role_policy').find((each) => String(each.policy).includes('ecs:RunTask'))!;
    const { Statement } = dataOf(policy.policy) as { Statement: any[] };
    const allowed = (action: string) => Statement.find(({ Action }) => Action.includes(action));
    const cluster = `\${${addressOf(json, 'aws_ecs_cluster')}.arn}`;

    expect(allowed('ecs:RunTask')).toMatchObject({
      Resource: input.TaskDefinitions,
      Condition: { ArnEquals: { 'ecs:cluster': cluster } },
    });
    expect(allowed('ecs:TagResource').Condition).toEqual({ StringEquals: { 'ecs:CreateAction': 'RunTask' } });
    expect(allowed('iam:PassRole').Condition).toEqual({
      StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
    });
    expect(allowed('iam:PassRole').Resource).toHaveLength(2);
    expect(allowed('rds:DescribeDBInstances').Resource).toEqual([
      expect.stringMatching(/":db:"\)\}kong-green$/),
      expect.stringMatching(/":db:"\)\}kong-blue$/),
    ]);
    expect(JSON.stringify(Statement)).not.toMatch(/ModifyDBInstance|cloudformation/);
  });

  test('the task reaches its database, the outside by TLS, and nothing else', () => {
    const group = `\${${addressOf(json, 'aws_security_group', (each) => String(each.name_prefix).includes('migrations'))}.id}`;
    const out = resources(json, 'aws_vpc_security_group_egress_rule').filter(
      (each) => each.security_group_id === group,
    );
    expect(out.map(({ from_port, to_port }) => [from_port, to_port])).toEqual([
      [443, 443],
      [5432, 5432],
    ]);
  });
});

test('given manual migrations, when they are made, then nothing runs them and they may be run by name', () => {
  const json = synthCluster({ migrations: upgrade({ mode: 'manual' }) });
  expect(() => invocation(json, 'KongMigrations')).toThrow();
  expect(resources(json, 'aws_ssm_parameter').map(({ name }) => name)).toEqual(
    expect.arrayContaining(
      ['TaskDefinitionArn', 'SubnetIds', 'SecurityGroupId', 'LogGroupName'].map(
        (what) => `/kong-dual-cluster/kong-green/Migration${what}`,
      ),
    ),
  );
});

test("given an existing database, its migrations are its owner's", () => {
  const json = synthCluster({ datastore: existingDatastore, migrations: upgrade({ mode: 'none', stops: [] }) });
  expect(resources(json, 'aws_ecs_task_definition').map(({ family }) => family)).toEqual(['kong-green-node']);
  expect(JSON.stringify(resources(json, 'aws_ssm_parameter'))).not.toMatch(/Migration/);
});

test('given logs of tasks and nodes, they outlive the stack, under a name that is new each time', () => {
  const kept = resources(synthCluster(), 'aws_cloudwatch_log_group').filter((each) => each.skip_destroy === true);
  expect(kept.map(({ name_prefix }) => name_prefix).sort()).toEqual([
    '/kong-dual-cluster/kong-green/migrations-',
    '/kong-dual-cluster/kong-green/nodes-',
  ]);
  expect(kept.every((each) => !('name' in each) && each.retention_in_days === 30)).toBe(true);
});
