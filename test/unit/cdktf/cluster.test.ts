import { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import { problemsOf } from '../../../lib/cdktf/check';
import { KongCluster } from '../../../lib/cdktf/cluster';
import { KongDatastore } from '../../../lib/cdktf/datastore';
import type { DatastoreSpec } from '../../../lib/blueprint/spec';
import { providerSchema } from '../../../local/terraform/provider-schema';
import { schemaProblems } from '../../../local/terraform/schema-problems';
import { existingDatastore, greenSpec, newDatastore, upgrade } from '../aws-cdk/cluster-fixtures';
import { addressOf, connections, invocation, synthCluster } from './slot-fixtures';
import { resource, resources, synth } from './synth';
import type { TerraformJson } from './synth';

const existing = { datastore: existingDatastore, migrations: upgrade({ mode: 'none', stops: [] }) } as const;
const kinds: [string, () => TerraformJson][] = [
  ['restored from a snapshot', () => synthCluster()],
  ['new', () => synthCluster({ datastore: { ...newDatastore, identifier: 'kong-green' } as DatastoreSpec })],
  ['with an existing database', () => synthCluster(existing)],
  ['with manual migrations', () => synthCluster({ migrations: upgrade({ mode: 'manual' }) })],
  ['that is to be destroyed', () => synthCluster({}, { destroyable: true })],
];

describe('given a slot', () => {
  const schema = providerSchema();

  test.each(kinds)('%s, then every block and attribute is one that the provider knows, none is missing', (_, make) => {
    expect(schemaProblems(make(), schema)).toEqual([]);
  });

  test.each(kinds)('%s, then every reference leads somewhere, none in a circle', (_, make) => {
    expect(problemsOf(make())).toEqual([]);
  });

  test.each(kinds)('%s, then the guard needs everything else, so that a destruction begins with it', (_, make) => {
    const json = make();
    const { block } = invocation(json, 'KongGuard');
    const all = Object.entries(json.resource!).flatMap(([type, blocks]) =>
      Object.keys(blocks).map((name) => `${type}.${name}`),
    );
    const guard = addressOf(json, 'aws_lambda_invocation', (each) => String(each.input).includes('KongGuard'));
    expect([...block.depends_on].sort()).toEqual(all.filter((address) => address !== guard).sort());
    expect(block.lifecycle_scope).toBe('CRUD');
  });
});

describe('given nodes', () => {
  const json = synthCluster();
  const service = resource(json, 'aws_ecs_service') as any;

  test('they begin with one, and no apply sets the count again', () => {
    expect(service).toMatchObject({
      name: 'kong-green',
      desired_count: 1,
      lifecycle: { ignore_changes: ['desired_count'] },
      wait_for_steady_state: true,
    });
  });

  test('a Kong that does not come up is taken back, and never below the nodes that there were', () => {
    expect(service).toMatchObject({
      deployment_circuit_breaker: { enable: true, rollback: true },
      deployment_minimum_healthy_percent: 100,
      deployment_maximum_percent: 200,
      health_check_grace_period_seconds: 180,
    });
  });

  test('they stand behind both target groups, in the private subnets', () => {
    expect(service.load_balancer).toEqual([
      { container_name: 'kong', container_port: 8000, target_group_arn: connections.proxyTargetGroupArn },
      { container_name: 'kong', container_port: 8001, target_group_arn: connections.adminTargetGroupArn },
    ]);
    expect(service.network_configuration).toEqual({
      subnets: connections.nodeSubnetIds,
      security_groups: [connections.nodeSecurityGroupId],
      assign_public_ip: false,
    });
    expect(service).toMatchObject({ propagate_tags: 'SERVICE', enable_ecs_managed_tags: true });
  });

  test('the first waits for the way to its database and for the right to read its secrets', () => {
    expect(service.depends_on).toEqual(
      expect.arrayContaining([
        addressOf(json, 'aws_vpc_security_group_ingress_rule', (each) => String(each.description).startsWith('Kong')),
        addressOf(json, 'aws_iam_role_policy', (each) => String(each.role).includes('Node')),
      ]),
    );
  });

  test('the floor of autoscaling is the runner’s until the settings change it', () => {
    const target = resource(json, 'aws_appautoscaling_target') as any;
    const floor = addressOf(json, 'terraform_data', (each) => 'triggers_replace' in each);
    expect(target).toMatchObject({ min_capacity: 2, max_capacity: 6 });
    expect(target.lifecycle).toEqual({ ignore_changes: ['min_capacity'], replace_triggered_by: [floor] });
    // With the target AWS deletes its policies.
    expect(resource(json, 'aws_appautoscaling_policy').lifecycle).toEqual({
      replace_triggered_by: [addressOf(json, 'aws_appautoscaling_target')],
    });
  });

  test('the launch comes after them and their autoscaling, with another count or revision again', () => {
    const { block, input } = invocation(json, 'KongLaunch');
    const revision = `\${${addressOf(json, 'aws_ecs_task_definition', ({ family }) => family === 'kong-green-node')}.arn}`;
    expect(input).toMatchObject({ Count: '2', Slot: 'green', TaskDefinition: revision });
    expect(input).not.toHaveProperty('DatabaseIdentifier'); // the template protects it
    expect(block.triggers).toMatchObject({ count: '2', taskDefinition: revision });
    expect(block.depends_on).toEqual(
      expect.arrayContaining([addressOf(json, 'aws_ecs_service'), addressOf(json, 'aws_appautoscaling_policy')]),
    );
  });
});

test('given manual migrations, then nodes are none, and nothing waits for them or starts them', () => {
  const json = synthCluster({ migrations: upgrade({ mode: 'manual' }) });
  expect(resource(json, 'aws_ecs_service')).toMatchObject({ desired_count: 0, wait_for_steady_state: false });
  expect(resources(json, 'aws_appautoscaling_target')).toEqual([]);
  expect(() => invocation(json, 'KongLaunch')).toThrow();
  expect(invocation(json, 'KongGuard').input).toMatchObject({ StackName: 'kong-green', Slot: 'green' });
  expect(JSON.stringify(resources(json, 'aws_iam_role_policy'))).not.toMatch(/UpdateService|RunTask/);
});

test('given a slot, its outputs are published by name, none of them empty', () => {
  const published = (json: TerraformJson) =>
    Object.fromEntries(resources(json, 'aws_ssm_parameter').map((each) => [each.name, each.insecure_value]));
  const own = published(synthCluster());
  expect(own).toMatchObject({
    '/kong-dual-cluster/kong-green/ClusterName': 'kong-green',
    '/kong-dual-cluster/kong-green/DatabaseIdentifier': 'kong-green',
    '/kong-dual-cluster/kong-green/StateId': expect.stringMatching(/^\$\{terraform_data\.\w+\.id\}$/),
    '/kong-dual-cluster/kong-green/DatabaseEndpoint': expect.stringMatching(/address\}:5432$/),
  });
  expect(published(synthCluster(existing))).toMatchObject({
    '/kong-dual-cluster/kong-green/DatabaseEndpoint': 'legacy.abc.eu-central-1.rds.amazonaws.com:5433',
  });
  expect(Object.keys(published(synthCluster(existing))).join()).not.toMatch(/Migration|ResourceId/);
  expect(Object.values(own)).not.toContain('');
});

test("given a slot whose database is named as the other slot's, then synth refuses", () => {
  expect(() => synthCluster({ migrations: upgrade({ forbiddenIdentifiers: ['kong-green'] }) })).toThrow(
    /GREEN_ON_BLUE_DATABASE/,
  );
});

test('given a datastore that was made beside the cluster, the guard needs that too', () => {
  let instance = '';
  const json = synth((stack) => {
    const { datastore: spec } = greenSpec() as { datastore: Exclude<DatastoreSpec, { kind: 'existing' }> };
    const datastore = new KongDatastore(stack, 'Own', { spec, connections });
    new KongCluster(stack, 'Kong', { spec: greenSpec(), connections, datastore });
    const made = stack.node.findAll().find((each): each is DbInstance => each instanceof DbInstance);
    instance = `aws_db_instance.${made!.friendlyUniqueId}`;
  }, 'kong-green');
  expect(resources(json, 'aws_db_instance')).toHaveLength(1);
  expect(invocation(json, 'KongGuard').block.depends_on).toContain(instance);
});
