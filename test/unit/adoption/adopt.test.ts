import { parse } from 'yaml';
import { adopt, type AdoptOptions } from '../../../lib/adoption/adopt';
import { renderSettings, renderTakeover } from '../../../lib/adoption/render';
import { refusals } from '../../../lib/blueprint/refusals';
import { systemSpec } from '../../../lib/blueprint/system';
import { EMPTY_LOCK, settingsSchema } from '../../../lib/settings/schema';
import { BLUE, LISTENER, fakeAws, ruleArn, shopWorld, type FakeWorld } from './fake-aws';

const options: AdoptOptions = {
  name: 'kong',
  loadBalancer: 'public',
  targetGroup: 'kong',
  service: 'production/kong',
  oidcSecrets: {},
  testerHeader: true,
};
const run = (world: FakeWorld, change: Partial<AdoptOptions> = {}) => {
  const aws = fakeAws(world);
  return { aws, result: adopt(aws.clients, { ...options, ...change }, () => undefined) };
};

describe('adopt', () => {
  test('given a load balancer, service and database of somebody else, it answers settings that name them', async () => {
    const { settings } = await run(shopWorld()).result;
    expect(settingsSchema.parse(settings)).toMatchObject({
      name: 'kong',
      account: '111122223333',
      region: 'eu-central-1',
      live: 'blue',
      network: {
        existing: {
          vpcId: 'vpc-1',
          cidr: '10.1.0.0/16',
          availabilityZones: ['eu-central-1a', 'eu-central-1b'],
          publicSubnetIds: ['subnet-pa', 'subnet-pb'],
          nodeSubnetIds: ['subnet-na', 'subnet-nb'],
          databaseSubnetIds: ['subnet-da', 'subnet-db'],
        },
      },
      edge: {
        adopted: { securityGroupIds: ['sg-lb'], targetGroups: { blue: BLUE } },
        loadBalancer: { deletionProtection: false },
        drainSeconds: 60,
      },
      slots: {
        blue: {
          version: '2.8.5',
          edition: 'oss',
          image: '111122223333.dkr.ecr.eu-central-1.amazonaws.com/kong:2.8.5',
          size: { count: 3, cpu: 1024, memoryMib: 2048 },
          environment: { KONG_PLUGINS: 'bundled,our-plugin' },
          datastore: {
            existing: {
              identifier: 'kong-db',
              host: 'kong-db.c1.eu-central-1.rds.amazonaws.com',
              username: 'kong_app',
              password: {
                secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:kong-db-AbCdEf',
                field: 'password',
              },
              securityGroupId: 'sg-db',
              tls: true,
              instanceClass: 'db.m6g.large',
              allocatedStorageGib: 200,
              storageType: 'gp3',
              multiAz: true,
            },
          },
          adopted: { platform: 'ecs', clusterName: 'production', serviceName: 'kong', nodes: 3 },
        },
      },
    });
  });

  test('every rule that forwards to blue is taken over with its conditions and its login, and no other rule', async () => {
    const { takeover } = await run(shopWorld()).result;
    expect(takeover.rules).toEqual([
      {
        listenerArn: LISTENER,
        listenerPort: 443,
        above: ruleArn('api'),
        priority: 9,
        testerPriorities: { blue: 7, green: 8 },
        conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['api.example.com'] } }],
        actionsBefore: [],
      },
      {
        listenerArn: LISTENER,
        listenerPort: 443,
        above: ruleArn('partner'),
        priority: 29,
        testerPriorities: { blue: 27, green: 28 },
        conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['partner.example.com'] } }],
        actionsBefore: [
          {
            Type: 'authenticate-cognito',
            Order: 1,
            AuthenticateCognitoConfig: { UserPoolArn: 'p', UserPoolDomain: 'd', UserPoolClientId: 'c' },
          },
        ],
      },
    ]);
  });

  test('the settings are refused by nothing, and their edge has the rules and no cluster', async () => {
    const settings = settingsSchema.parse((await run(shopWorld()).result).settings);
    expect(refusals(settings, EMPTY_LOCK)).toEqual([]);
    const spec = systemSpec(settings, EMPTY_LOCK);
    expect(spec.slots).toEqual({});
    expect(spec.edge.rules.map((rule) => [rule.priority, rule.testerPriorities])).toEqual([
      [9, { blue: 7, green: 8 }],
      [29, { blue: 27, green: 28 }],
    ]);
    expect(spec.edge.targetGroups.blue.existingArn).toBe(BLUE);
    expect(spec.edge.targetGroups.green.existingArn).toBeUndefined();
  });

  test('given a database in another network, green’s goes to the subnets of the nodes, and a note says so', async () => {
    const world = shopWorld();
    world.databases[2]!.DBSubnetGroup = {
      Subnets: [{ SubnetIdentifier: 'subnet-x' }, { SubnetIdentifier: 'subnet-y' }],
    };
    const { settings, notes } = await run(world).result;
    expect(settings.network).toMatchObject({ existing: { databaseSubnetIds: ['subnet-na', 'subnet-nb'] } });
    expect(notes.join()).toContain('green’s goes to the subnets of the nodes'.replace('’', "'"));
  });

  test('given nodes in two subnets of a zone, one of each zone is taken, for an internal load balancer stands there too', async () => {
    const world = shopWorld();
    world.subnets.push({ SubnetId: 'subnet-na2', AvailabilityZone: 'eu-central-1a' });
    const vpcConfig = (world.services[0] as any).networkConfiguration.awsvpcConfiguration;
    vpcConfig.subnets = ['subnet-na2', 'subnet-nb', 'subnet-na'];
    const { settings, notes } = await run(world).result;
    expect(settings.network).toMatchObject({ existing: { nodeSubnetIds: ['subnet-na', 'subnet-nb'] } });
    expect(notes.join()).toContain('subnet-na2');
  });

  test('given nodes in public subnets, a note says that green’s get no public address', async () => {
    const world = shopWorld();
    const vpcConfig = (world.services[0] as any).networkConfiguration.awsvpcConfiguration;
    vpcConfig.subnets = ['subnet-pa', 'subnet-pb'];
    const { settings, notes } = await run(world).result;
    expect(settings.network).toMatchObject({ existing: { nodeSubnetIds: ['subnet-pa', 'subnet-pb'] } });
    expect(notes.join()).toContain('no public address');
  });

  test('it only reads', async () => {
    const { aws, result } = run(shopWorld());
    await result;
    expect(aws.calls.filter((call) => !call.startsWith('Describe'))).toEqual([]);
  });

  test('the rendered file loads again as the same settings', async () => {
    const { settings } = await run(shopWorld()).result;
    expect(settingsSchema.parse(parse(renderSettings(settings)))).toEqual(settingsSchema.parse(settings));
  });

  test('the table shows rule by rule what is the owner’s and what is ours', async () => {
    const { takeover } = await run(shopWorld()).result;
    const table = renderTakeover(takeover, ({ above }) => above.split('/').at(-1)!).join('\n');
    expect(table).toMatch(/443 +api +host api\.example\.com +- +9: blue 100, green 0 +7, 8/);
    expect(table).toMatch(/443 +partner +host partner\.example\.com +authenticate-cognito +29: blue 100/);
    expect(table).not.toContain('shop');
  });

  test('given a password in clear in the task definition, its value appears nowhere and its name is reported', async () => {
    const world = shopWorld();
    const containers = world.taskDefinition.containerDefinitions as { secrets?: unknown[]; environment?: unknown[] }[];
    containers[1]!.secrets = [];
    containers[1]!.environment!.push({ name: 'KONG_PG_PASSWORD', value: 'hunter2' });
    await expect(run(world).result).rejects.toMatchObject({
      code: 'ADOPT_INCOMPLETE',
      remedy: expect.stringContaining('--database-password-secret'),
    });
    const given = { secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:new-1', field: 'p' };
    const { settings, notes, declared } = await run(world, { databasePassword: given }).result;
    expect(JSON.stringify([settings, notes])).not.toContain('hunter2');
    expect(notes.join('\n')).toContain('KONG_PG_PASSWORD');
    expect(declared.join()).toContain('--database-password-secret');
  });

  test('given no service, it asks for what only the service would tell', async () => {
    const world = shopWorld();
    await expect(run(world, { service: undefined }).result).rejects.toMatchObject({
      code: 'ADOPT_INCOMPLETE',
      found: expect.stringMatching(/Kong version of blue \(--kong-version\).*--database/s),
    });
    const { settings } = await run(world, {
      service: undefined,
      kongVersion: '2.8',
      database: 'kong-db',
      databasePassword: { secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:x' },
    }).result;
    expect(settings.slots.blue).toMatchObject({ version: '2.8', adopted: { platform: 'other', nodes: 3 } });
  });

  test('given a role that may not read ECS, the refusal says so', async () => {
    const world = { ...shopWorld(), denied: ['DescribeServicesCommand'] };
    await expect(run(world).result).rejects.toMatchObject({
      code: 'ADOPT_INCOMPLETE',
      found: expect.stringContaining('service: access denied'),
    });
  });

  test('given an option that contradicts what was read, AWS wins and a note says so', async () => {
    const { settings, notes } = await run(shopWorld(), { kongVersion: '3.4' }).result;
    expect(settings.slots.blue?.version).toBe('2.8.5');
    expect(notes).toContain('Kong version of blue: AWS says 2.8.5, so --kong-version 3.4 is not used');
  });

  test.each([
    ['no such load balancer', { loadBalancer: 'nosuch' }, 'ADOPT_LOAD_BALANCER_NOT_FOUND'],
    ['a target group of another load balancer', { targetGroup: 'nosuch' }, 'ADOPT_TARGET_GROUP_NOT_FOUND'],
    ['no such cluster', { service: 'nosuch/kong' }, 'ADOPT_SERVICE_NOT_FOUND'],
    ['no such service', { service: 'production/nosuch' }, 'ADOPT_SERVICE_NOT_FOUND'],
    ['a service without its cluster', { service: 'kong' }, 'ADOPT_SERVICE_NAME'],
    ['no such database', { database: 'nosuch' }, 'ADOPT_DATABASE_NOT_FOUND'],
    ['a database of another engine', { database: 'b' }, 'DATABASE_NOT_POSTGRES'],
    ['the target group of another service', { targetGroup: 'shop' }, 'ADOPT_SERVICE_ELSEWHERE'],
    ['a target group that no rule forwards to', { targetGroup: 'other', service: undefined }, 'ADOPT_NOTHING_FORWARDS'],
  ])('given %s, it refuses', async (_, change, code) => {
    await expect(run(shopWorld(), change).result).rejects.toMatchObject({ code });
  });

  test('given a network load balancer, it refuses', async () => {
    const world = shopWorld();
    world.loadBalancers[0]!.Type = 'network';
    await expect(run(world).result).rejects.toMatchObject({ code: 'ADOPT_NOT_AN_ALB' });
  });

  test('given an Aurora member, it refuses', async () => {
    const world = shopWorld();
    world.databases[2]!.DBClusterIdentifier = 'kong-cluster';
    await expect(run(world).result).rejects.toMatchObject({ code: 'DATABASE_IS_AURORA' });
  });
});
