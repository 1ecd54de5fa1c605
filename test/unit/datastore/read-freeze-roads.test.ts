import { CloudFormationStacks } from '../../../lib/deployed/cloudformation-stacks';
import { roadsOf } from '../../../lib/datastore/freeze-roads';
import { readFreezeRoads, type RoadClients } from '../../../lib/datastore/read-freeze-roads';
import type { Settings } from '../../../lib/settings/schema';

/**
 * A fake of the AWS clients that the roads are read with. What it promises: one object is every client; each command
 * answers from `answers` by its class name, with the input; one that is not there throws; target groups come in two pages.
 */
const ARN = 'arn:aws:elasticloadbalancing:eu-central-1:111122223333';
const PROXY = `${ARN}:targetgroup/kong/1`;
const ADMIN = `${ARN}:targetgroup/edge-admin/2`;
const THEIRS = `${ARN}:targetgroup/kong-admin/3`;
const ELSEWHERE = `${ARN}:targetgroup/elsewhere/4`;
const LB = `${ARN}:loadbalancer/app/edge-admin/9`;
const target = (Id: string, Port: number) => ({ Target: { Id, Port } });
type Answers = Record<string, (input: any) => unknown>;

function world(change: Answers = {}): RoadClients {
  const answers: Answers = {
    DescribeListenersCommand: () => ({ Listeners: [{ LoadBalancerArn: LB }] }),
    DescribeLoadBalancersCommand: () => ({ LoadBalancers: [{ SecurityGroups: ['sg-admin'] }] }),
    DescribeServicesCommand: ({ cluster, services }) => ({
      services: [
        {
          serviceName: `${cluster}/${services[0]}`,
          taskDefinition: 'kong:7',
          loadBalancers: [{ targetGroupArn: PROXY, containerName: 'gateway' }],
          networkConfiguration: { awsvpcConfiguration: { securityGroups: ['sg-nodes'] } },
        },
      ],
    }),
    DescribeTaskDefinitionCommand: () => ({
      taskDefinition: {
        containerDefinitions: [
          { name: 'log-router', environment: [{ name: 'KONG_ADMIN_LISTEN', value: 'off' }] },
          { name: 'gateway', environment: [{ name: 'KONG_ADMIN_LISTEN', value: '0.0.0.0:8001' }] },
        ],
      },
    }),
    DescribeSecurityGroupsCommand: ({ GroupIds }) => ({
      SecurityGroups: GroupIds.map((GroupId: string) => ({
        GroupId,
        IpPermissions: [
          { IpProtocol: 'tcp', FromPort: 8001, ToPort: 8001, UserIdGroupPairs: [{ GroupId: 'sg-admin' }] },
          { IpProtocol: 'tcp', FromPort: 8001, ToPort: 8001, IpRanges: [{ CidrIp: '10.0.0.0/16' }] },
          { IpProtocol: 'udp', FromPort: 8001, ToPort: 8001, IpRanges: [{ CidrIp: '10.9.0.0/16' }] },
          { IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: 'fd00::/8' }], PrefixListIds: [{ PrefixListId: 'pl-1' }] },
        ],
      })),
    }),
    DescribeTargetGroupsCommand: ({ Marker }) =>
      Marker === undefined
        ? {
            TargetGroups: [
              { TargetGroupArn: PROXY, TargetGroupName: 'kong', VpcId: 'vpc-1', LoadBalancerArns: [] },
              { TargetGroupArn: ADMIN, TargetGroupName: 'edge-admin', VpcId: 'vpc-1', LoadBalancerArns: [LB] },
            ],
            NextMarker: '2',
          }
        : {
            TargetGroups: [
              {
                TargetGroupArn: THEIRS,
                TargetGroupName: 'kong-admin',
                VpcId: 'vpc-1',
                LoadBalancerArns: [`${ARN}:loadbalancer/net/internal/8`],
              },
              { TargetGroupArn: ELSEWHERE, TargetGroupName: 'elsewhere', VpcId: 'vpc-2', LoadBalancerArns: [] },
            ],
          },
    DescribeTargetHealthCommand: ({ TargetGroupArn }) => ({
      TargetHealthDescriptions: {
        [PROXY]: [target('10.0.1.4', 8000), target('10.0.1.5', 8000)],
        [ADMIN]: [target('10.0.1.4', 8001)],
        [THEIRS]: [target('10.0.9.9', 8001), target('10.0.1.5', 8001)],
        [ELSEWHERE]: [target('10.0.1.5', 8001)],
      }[TargetGroupArn as string],
    }),
    ...change,
  };
  const client = {
    send: async ({ constructor, input }: { constructor: { name: string }; input: unknown }) => {
      const answer = answers[constructor.name];
      if (!answer) throw new Error(`the fake has no ${constructor.name}`);
      return answer(input);
    },
  };
  return {
    elb: client,
    ecs: client,
    ec2: client,
    stacks: new CloudFormationStacks(client as never),
  } as unknown as RoadClients;
}

const settings = (adopted?: object): Settings =>
  ({
    name: 'kong',
    edge: { admin: { port: 8001 } },
    slots: { blue: { version: '2.8', adopted } },
  }) as unknown as Settings;
const ECS = { platform: 'ecs', clusterName: 'production', serviceName: 'kong', nodes: 2 };
const edge = { adminDns: 'admin.internal', adminListenerArn: 'listener', targetGroupArns: { blue: PROXY, green: 'g' } };
const read = (clients: RoadClients, of = settings(ECS)) => readFreezeRoads(clients, of, edge, 'blue');

describe('reading the roads into an adopted slot', () => {
  test('finds the ports of the container behind the target group, what the security groups let in, and the other target groups', async () => {
    expect(await read(world())).toEqual({
      slot: 'blue',
      adminListener: 'admin.internal:8001',
      adminLoadBalancerGroupIds: ['sg-admin'],
      adminListen: '0.0.0.0:8001',
      ingress: [
        { groupId: 'sg-nodes', fromPort: 8001, toPort: 8001, source: 'sg-admin' },
        { groupId: 'sg-nodes', fromPort: 8001, toPort: 8001, source: '10.0.0.0/16' },
        { groupId: 'sg-nodes', fromPort: 0, toPort: 65535, source: 'fd00::/8' },
        { groupId: 'sg-nodes', fromPort: 0, toPort: 65535, source: 'pl-1' },
      ],
      targetGroups: [{ name: 'kong-admin', port: 8001, loadBalancers: ['internal'] }],
      unread: [],
    });
  });

  test('given no right to read security groups, then that is said and the rest is read', async () => {
    const denied = () => {
      throw Object.assign(new Error('not authorized to perform: ec2:DescribeSecurityGroups'), {
        name: 'UnauthorizedOperation',
      });
    };
    const readings = await read(world({ DescribeSecurityGroupsCommand: denied }));
    expect(readings.ingress).toBeUndefined();
    expect(readings.targetGroups).toHaveLength(1);
    expect(readings.unread).toEqual([
      {
        what: 'the security groups',
        why: 'UnauthorizedOperation: not authorized to perform: ec2:DescribeSecurityGroups',
      },
    ]);
  });

  test('given a service without security groups of its own, then nothing is called closed', async () => {
    const service = { taskDefinition: 'kong:7', loadBalancers: [] };
    const readings = await read(world({ DescribeServicesCommand: () => ({ services: [service] }) }));
    expect(
      roadsOf(readings)
        .filter(({ covered }) => covered)
        .map(({ road }) => road),
    ).toEqual(['Admin API by the Admin listener (admin.internal:8001)']);
  });

  test('given nodes outside ECS, then it says what cannot be read, and still finds their other target groups', async () => {
    const readings = await read(world(), settings({ platform: 'other', nodes: 2 }));
    expect(readings.unread).toEqual([
      {
        what: 'security groups and KONG_ADMIN_LISTEN',
        why: 'the nodes do not run on ECS; look at them where they run',
      },
    ]);
    expect(readings.targetGroups).toEqual([{ name: 'kong-admin', port: 8001, loadBalancers: ['internal'] }]);
  });
});

test('a slot of ours is found by its stack', async () => {
  const Outputs = [
    { OutputKey: 'ClusterName', OutputValue: 'kong-blue-cluster' },
    { OutputKey: 'ServiceName', OutputValue: 'nodes' },
  ];
  const asked: unknown[] = [];
  const clients = world({
    DescribeStacksCommand: () => ({ Stacks: [{ StackStatus: 'CREATE_COMPLETE', Outputs }] }),
    DescribeServicesCommand: (input) => {
      asked.push(input);
      return { services: [] };
    },
  });
  const readings = await read(clients, settings());
  expect(asked).toEqual([{ cluster: 'kong-blue-cluster', services: ['nodes'] }]);
  expect(readings.unread).toEqual([
    { what: 'the ECS service', why: 'Error: no ECS service nodes in cluster kong-blue-cluster' },
  ]);
});
