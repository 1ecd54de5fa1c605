import fc from 'fast-check';
import { migrationScript } from '../../../lib/blueprint/migration-script';
import { resources } from './synth';
import { existingDatastore, upgrade } from '../aws-cdk/cluster-fixtures';
import { containersOf, synthCluster } from './slot-fixtures';

/** Text with what Terraform would take for its own. */
const tricky = fc
  .array(
    fc.oneof(
      {
        weight: 2,
        arbitrary: fc.constantFrom('${', '%{', '$${', '%%{', '$', '%', '}', '{', '"', '\\', '\n', '${NAME}'),
      },
      fc.string({ maxLength: 6 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

/** As HCL reads a quoted template: the escapes undone, an expression that is a string put in, others kept by name. */
function read(template: string): string {
  let text = '';
  for (let at = 0; at < template.length; at += 1) {
    if (template.startsWith('$${', at) || template.startsWith('%%{', at)) {
      text += template.slice(at + 1, at + 3);
      at += 2;
    } else if (template.startsWith('%{', at)) throw new Error(`a directive at ${template.slice(at, at + 20)}`);
    else if (template.startsWith('${', at)) {
      const end = template.indexOf('}', at);
      const expression = template.slice(at + 2, end);
      if (/^"\$+"$/.test(expression)) text += expression.slice(1, -1);
      else if (/^[a-z_]+\.\w+(\.\w+)+$/.test(expression)) text += `<${expression}>`;
      else throw new Error(`an expression nobody meant: ${expression}`);
      at = end;
    } else text += template[at];
  }
  return text;
}

describe('given any script and environment, with what Terraform takes for its own', () => {
  const variable = (container: any, name: string): string =>
    container.environment.find((each: { name: string }) => each.name === name).value;

  test('they arrive in the containers as they were, escaped once, beside a database that Terraform makes', () => {
    fc.assert(
      fc.property(tricky, tricky, tricky, (check, script, value) => {
        const json = synthCluster({
          checkScript: check,
          environment: { KONG_TRICKY: value },
          migrations: upgrade({
            stops: [{ version: '3.4.2', image: 'kong:3.4.2', script }],
            environment: { KONG_TRICKY: value },
          }),
        });
        const containers = resources(json, 'aws_ecs_task_definition').flatMap(
          (each) => JSON.parse(read(String(each.container_definitions))) as any[],
        );
        const named = Object.fromEntries(containers.map((each) => [each.name, each]));
        expect(named['migrations-check'].command).toEqual([check]);
        expect(named.migrate.command).toEqual([script]);
        for (const each of containers) expect(variable(each, 'KONG_TRICKY')).toBe(value);
        expect(variable(named.kong, 'KONG_PG_HOST')).toMatch(/^<aws_db_instance\.\w+\.address>$/);
      }),
      { numRuns: 40 },
    );
  });

  test('and beside one that exists, where no reference stands in the text', () => {
    fc.assert(
      fc.property(tricky, (value) => {
        const json = synthCluster({
          datastore: { ...existingDatastore, host: 'legacy.example' } as typeof existingDatastore,
          environment: { KONG_TRICKY: value },
          migrations: upgrade({ mode: 'none', stops: [] }),
        });
        const [definition] = resources(json, 'aws_ecs_task_definition');
        const [kong] = (JSON.parse(read(String(definition!.container_definitions))) as any[]).slice(-1);
        expect(variable(kong, 'KONG_TRICKY')).toBe(value);
      }),
      { numRuns: 40 },
    );
  });
});

describe('given a node', () => {
  const json = synthCluster();
  const { kong, 'migrations-check': check } = containersOf(json, 'kong-green-node');

  test('Kong starts after a check that reads the database, and is given time to end', () => {
    expect(kong).toMatchObject({
      essential: true,
      dependsOn: [{ containerName: 'migrations-check', condition: 'SUCCESS' }],
      stopTimeout: 40,
      ulimits: [{ name: 'nofile', softLimit: 65535, hardLimit: 65535 }],
      readonlyRootFilesystem: false,
    });
    expect(check).toMatchObject({ essential: false, entryPoint: ['/bin/sh', '-c'], startTimeout: 120 });
  });

  test('its ports are the proxy’s, the Admin API’s and the status’s', () => {
    expect(kong.portMappings).toEqual(
      [8000, 8001, 8100].map((port) => ({ containerPort: port, hostPort: port, protocol: 'tcp' })),
    );
  });

  test('its secrets go by reference, the password to the field of the generated secret', () => {
    expect(kong.secrets).toEqual([
      { name: 'KONG_LICENSE_DATA', valueFrom: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:licence' },
      {
        name: 'KONG_PG_PASSWORD',
        valueFrom: expect.stringMatching(/^\$\{aws_secretsmanager_secret\.\w+\.arn\}:password::$/),
      },
    ]);
    expect(JSON.stringify(kong.environment)).not.toMatch(/PASSWORD/);
  });

  test('ECS may read the secrets that are named and no others', () => {
    const policies = resources(json, 'aws_iam_role_policy').map(({ policy }) => String(policy));
    const execution = policies.filter((policy) => policy.includes('GetSecretValue'));
    expect(execution).toHaveLength(2); // of the nodes, of the migrations
    for (const policy of execution) {
      const { Resource } = JSON.parse(policy).Statement.find((each: any) =>
        each.Action.includes('secretsmanager:GetSecretValue'),
      );
      expect(Resource).toEqual([
        'arn:aws:secretsmanager:eu-central-1:111122223333:secret:licence-??????',
        expect.stringMatching(/^\$\{aws_secretsmanager_secret\.\w+\.arn\}$/),
      ]);
    }
    expect(policies.join()).not.toMatch(/ecr:/);
  });

  test('it has no rights of its own, and its old revisions stay for ECS to go back to', () => {
    for (const definition of resources(json, 'aws_ecs_task_definition')) {
      expect(definition).not.toHaveProperty('task_role_arn');
      expect(definition.skip_destroy).toBe(true);
    }
  });
});

test('given an image in a private ECR repository, then ECS may pull from that one', () => {
  const json = synthCluster({ image: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/kong:3.4.2' });
  const policy = resources(json, 'aws_iam_role_policy').find(({ policy }) => String(policy).includes('ecr:'));
  expect(JSON.parse(String(policy!.policy)).Statement).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
        Resource: ['arn:aws:ecr:eu-central-1:123456789012:repository/team/kong'],
      }),
      expect.objectContaining({ Action: ['ecr:GetAuthorizationToken'], Resource: ['*'] }),
    ]),
  );
});

test('given an environment that names the database, then synth refuses', () => {
  expect(() => synthCluster({ environment: { KONG_PG_HOST: 'kong-blue.example' } })).toThrow(/ENVIRONMENT_RESERVED/);
});

test('given the real script of an upgrade, it is in the task as it is', () => {
  const script = migrationScript({ version: '3.4.2', edition: 'oss', kind: 'upgrade' });
  expect(containersOf(synthCluster(), 'kong-green-migrate-1').migrate.command).toEqual([script]);
});
