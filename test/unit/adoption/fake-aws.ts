/**
 * A fake of the AWS clients that adoption reads with. What it promises:
 *
 * 1. One object serves as every client; `send` looks at the command's class name and answers from `world`.
 * 2. Lists that AWS pages are paged here, two items a page; a reader that ignores the marker sees only the first two.
 * 3. DescribeRules answers as AWS does: priorities are text, the default rule has `Priority: 'default'` and
 *    `IsDefault`, and a host-header or path-pattern condition carries `Values` beside its own configuration.
 * 4. What does not exist throws an error whose `name` is AWS's error code (`LoadBalancerNotFoundException`, `TargetGroupNotFoundException`,
 *    `DBInstanceNotFoundFault`, `ClusterNotFoundException`).
 * 5. A command named in `world.denied` throws `AccessDeniedException`.
 * 6. A command it does not know throws, and every command is noted in `calls`: nothing is answered by accident, and a
 *    test can see that nothing was written.
 */
import type { Action, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { AdoptionClients } from '../../../lib/adoption/adopt';
import { CloudFormationStacks } from '../../../lib/deployed/cloudformation-stacks';
import type { Stacks } from '../../../lib/deployed/stacks';

export interface FakeWorld {
  loadBalancers: Record<string, unknown>[];
  listeners: { ListenerArn: string; Port: number; Protocol: string }[];
  /** By listener ARN. */
  rules: Record<string, Rule[]>;
  targetGroups: Record<string, unknown>[];
  attributes: Record<string, string>;
  health: string[];
  services: Record<string, unknown>[];
  taskDefinition: Record<string, unknown>;
  databases: Record<string, unknown>[];
  vpcs: Record<string, unknown>[];
  subnets: Record<string, unknown>[];
  routeTables: Record<string, unknown>[];
  limits: Record<string, string>;
  stacks?: Record<string, unknown>[];
  /** By resource ARN. */
  tags?: Record<string, Record<string, string>>;
  denied?: string[];
}

interface Input {
  Names?: string[];
  LoadBalancerArns?: string[];
  TargetGroupArns?: string[];
  ListenerArn?: string;
  ResourceArns?: string[];
  Marker?: string;
  NextToken?: string;
  cluster?: string;
  services?: string[];
  DBInstanceIdentifier?: string;
  StackName?: string;
}

export function fakeAws(world: FakeWorld) {
  const calls: string[] = [];
  const paged = <T>(items: T[], marker: string | undefined, list: string, next: string) => {
    const start = Number(marker ?? 0);
    const more = start + 2 < items.length;
    return { [list]: items.slice(start, start + 2), ...(more ? { [next]: String(start + 2) } : {}) };
  };
  const answers: Record<string, (input: Input) => unknown> = {
    DescribeLoadBalancersCommand: ({ Names, LoadBalancerArns }) => {
      const wanted = [...(Names ?? []), ...(LoadBalancerArns ?? [])];
      const found = world.loadBalancers.filter(
        (lb) => wanted.includes(lb.LoadBalancerArn as string) || wanted.includes(lb.LoadBalancerName as string),
      );
      if (found.length === 0) throw named('LoadBalancerNotFoundException');
      return { LoadBalancers: found };
    },
    DescribeListenersCommand: ({ Marker }) => paged(world.listeners, Marker, 'Listeners', 'NextMarker'),
    DescribeRulesCommand: ({ ListenerArn, Marker }) =>
      paged(world.rules[ListenerArn!] ?? [], Marker, 'Rules', 'NextMarker'),
    DescribeAccountLimitsCommand: () => ({
      Limits: Object.entries(world.limits).map(([Name, Max]) => ({ Name, Max })),
    }),
    DescribeTargetGroupsCommand: ({ Names, TargetGroupArns, Marker }) => {
      const wanted = [...(Names ?? []), ...(TargetGroupArns ?? [])];
      if (wanted.length === 0) return paged(world.targetGroups, Marker, 'TargetGroups', 'NextMarker');
      const found = world.targetGroups.filter(
        (tg) => wanted.includes(tg.TargetGroupArn as string) || wanted.includes(tg.TargetGroupName as string),
      );
      if (found.length === 0) throw named('TargetGroupNotFoundException');
      return { TargetGroups: found };
    },
    DescribeTargetGroupAttributesCommand: () => ({
      Attributes: Object.entries(world.attributes).map(([Key, Value]) => ({ Key, Value })),
    }),
    DescribeTargetHealthCommand: () => ({
      TargetHealthDescriptions: world.health.map((State) => ({ TargetHealth: { State } })),
    }),
    DescribeServicesCommand: ({ cluster, services }) => {
      if (!world.services.some((s) => s.cluster === cluster)) throw named('ClusterNotFoundException');
      return {
        services: world.services.filter((s) => services!.includes(s.serviceName as string)),
      };
    },
    DescribeTaskDefinitionCommand: () => ({ taskDefinition: world.taskDefinition }),
    DescribeDBInstancesCommand: ({ DBInstanceIdentifier, Marker }) => {
      if (DBInstanceIdentifier === undefined) return paged(world.databases, Marker, 'DBInstances', 'Marker');
      const found = world.databases.filter((db) => db.DBInstanceIdentifier === DBInstanceIdentifier);
      if (found.length === 0) throw named('DBInstanceNotFoundFault');
      return { DBInstances: found };
    },
    DescribeTagsCommand: ({ ResourceArns }) => ({
      TagDescriptions: ResourceArns!.map((ResourceArn) => ({
        ResourceArn,
        Tags: Object.entries(world.tags?.[ResourceArn] ?? {}).map(([Key, Value]) => ({ Key, Value })),
      })),
    }),
    DescribeVpcsCommand: () => ({ Vpcs: world.vpcs }),
    DescribeSubnetsCommand: ({ NextToken }) => paged(world.subnets, NextToken, 'Subnets', 'NextToken'),
    DescribeRouteTablesCommand: ({ NextToken }) => paged(world.routeTables, NextToken, 'RouteTables', 'NextToken'),
    DescribeStacksCommand: ({ StackName }) => {
      const found = (world.stacks ?? []).filter((stack) => stack.StackName === StackName);
      if (found.length === 0)
        throw Object.assign(named('ValidationError'), { message: `Stack with id ${StackName} does not exist` });
      return { Stacks: found };
    },
  };
  const client = {
    send: async (command: { constructor: { name: string }; input: Input }) => {
      const { name } = command.constructor;
      calls.push(name);
      if (world.denied?.includes(name)) throw named('AccessDeniedException');
      const answer = answers[name];
      if (!answer) throw new Error(`the fake has no ${name}`);
      return answer(command.input);
    },
  };
  const stacks = new CloudFormationStacks(client as never);
  const clients = { elb: client, ecs: client, rds: client, ec2: client, stacks };
  return { clients: clients as unknown as AdoptionClients & { stacks: Stacks }, calls };
}

const named = (name: string) => Object.assign(new Error(name), { name });

const ELB = 'arn:aws:elasticloadbalancing:eu-central-1:111122223333';
export const BLUE = `${ELB}:targetgroup/kong/aaaa`;
export const SHOP = `${ELB}:targetgroup/shop/bbbb`;
export const LISTENER = `${ELB}:listener/app/public/1111/2222`;
export const ruleArn = (id: string) => `${ELB}:listener-rule/app/public/1111/2222/${id}`;

export const forwardTo = (arn: string, Order = 1): Action => ({
  Type: 'forward',
  TargetGroupArn: arn,
  Order,
  ForwardConfig: {
    TargetGroups: [{ TargetGroupArn: arn, Weight: 1 }],
    TargetGroupStickinessConfig: { Enabled: false },
  },
});
export const hostRule = (id: string, priority: number, host: string, actions: Action[] = [forwardTo(BLUE)]): Rule => ({
  RuleArn: ruleArn(id),
  Priority: String(priority),
  IsDefault: false,
  Conditions: [{ Field: 'host-header', Values: [host], HostHeaderConfig: { Values: [host] } }],
  Actions: actions,
});
const answer404: Action = { Type: 'fixed-response', Order: 1, FixedResponseConfig: { StatusCode: '404' } };
export const defaultRule = (actions: Action[] = [answer404]): Rule => ({
  RuleArn: ruleArn('default'),
  Priority: 'default',
  IsDefault: true,
  Conditions: [],
  Actions: actions,
});

/** A shop's load balancer: two hosts on Kong, one of them behind a login, a shop of its own in between. */
export function shopWorld(): FakeWorld {
  return {
    loadBalancers: [
      {
        LoadBalancerArn: `${ELB}:loadbalancer/app/public/1111`,
        LoadBalancerName: 'public',
        DNSName: 'public-1.eu-central-1.elb.amazonaws.com',
        Type: 'application',
        SecurityGroups: ['sg-lb'],
        AvailabilityZones: [{ SubnetId: 'subnet-pb' }, { SubnetId: 'subnet-pa' }],
      },
    ],
    listeners: [{ ListenerArn: LISTENER, Port: 443, Protocol: 'HTTPS' }],
    rules: {
      [LISTENER]: [
        hostRule('api', 10, 'api.example.com'),
        hostRule('shop', 20, 'shop.example.com', [forwardTo(SHOP)]),
        hostRule('partner', 30, 'partner.example.com', [
          {
            Type: 'authenticate-cognito',
            Order: 1,
            AuthenticateCognitoConfig: { UserPoolArn: 'p', UserPoolDomain: 'd', UserPoolClientId: 'c' },
          },
          forwardTo(BLUE, 2),
        ]),
        defaultRule(),
      ],
    },
    targetGroups: [
      { TargetGroupArn: SHOP, TargetGroupName: 'shop', Protocol: 'HTTP', Port: 80, TargetType: 'ip' },
      { TargetGroupArn: `${ELB}:targetgroup/other/cccc`, TargetGroupName: 'other', Protocol: 'HTTP' },
      {
        TargetGroupArn: BLUE,
        TargetGroupName: 'kong',
        VpcId: 'vpc-1',
        Protocol: 'HTTP',
        ProtocolVersion: 'HTTP1',
        Port: 8000,
        TargetType: 'ip',
        HealthCheckPath: '/status',
        HealthCheckPort: '8100',
      },
    ],
    attributes: { 'deregistration_delay.timeout_seconds': '60', 'stickiness.enabled': 'false' },
    health: ['healthy', 'healthy', 'healthy'],
    services: [
      {
        cluster: 'production',
        serviceName: 'kong',
        status: 'ACTIVE',
        runningCount: 3,
        desiredCount: 3,
        taskDefinition: 'arn:aws:ecs:eu-central-1:111122223333:task-definition/kong:7',
        loadBalancers: [{ targetGroupArn: BLUE, containerName: 'gateway', containerPort: 8000 }],
        networkConfiguration: {
          awsvpcConfiguration: { subnets: ['subnet-nb', 'subnet-na'], securityGroups: ['sg-kong'] },
        },
      },
    ],
    taskDefinition: {
      cpu: '1024',
      memory: '2048',
      containerDefinitions: [
        { name: 'log-router', image: 'fluent-bit:3' },
        {
          name: 'gateway',
          image: '111122223333.dkr.ecr.eu-central-1.amazonaws.com/kong:2.8.5',
          environment: [
            { name: 'KONG_DATABASE', value: 'postgres' },
            { name: 'KONG_PG_HOST', value: 'kong-db.c1.eu-central-1.rds.amazonaws.com' },
            { name: 'KONG_PG_USER', value: 'kong_app' },
            { name: 'KONG_PG_SSL', value: 'on' },
            { name: 'KONG_PLUGINS', value: 'bundled,our-plugin' },
            { name: 'TZ', value: 'UTC' },
          ],
          secrets: [
            {
              name: 'KONG_PG_PASSWORD',
              valueFrom: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:kong-db-AbCdEf:password::',
            },
          ],
        },
      ],
    },
    databases: [
      { DBInstanceIdentifier: 'a', Engine: 'postgres', Endpoint: { Address: 'a.example.com' } },
      { DBInstanceIdentifier: 'b', Engine: 'mysql', Endpoint: { Address: 'b.example.com' } },
      {
        DBInstanceIdentifier: 'kong-db',
        DbiResourceId: 'db-RESOURCE',
        DBInstanceStatus: 'available',
        Engine: 'postgres',
        EngineVersion: '13.20',
        DBInstanceClass: 'db.m6g.large',
        AllocatedStorage: 200,
        StorageType: 'gp3',
        Iops: 3000,
        MultiAZ: true,
        StorageEncrypted: true,
        KmsKeyId: 'arn:aws:kms:eu-central-1:111122223333:key/k',
        MasterUsername: 'postgres',
        DBName: 'kong',
        Endpoint: { Address: 'kong-db.c1.eu-central-1.rds.amazonaws.com', Port: 5432 },
        VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-db' }],
        DBSubnetGroup: { Subnets: [{ SubnetIdentifier: 'subnet-db' }, { SubnetIdentifier: 'subnet-da' }] },
      },
    ],
    vpcs: [{ VpcId: 'vpc-1', CidrBlock: '10.1.0.0/16' }],
    subnets: ['pa', 'pb', 'na', 'nb', 'da', 'db'].map((id) => ({
      SubnetId: `subnet-${id}`,
      AvailabilityZone: `eu-central-1${id[1]}`,
    })),
    routeTables: [
      { Associations: [{ Main: true }], Routes: [] },
      {
        Associations: [{ SubnetId: 'subnet-na' }, { SubnetId: 'subnet-nb' }],
        Routes: [{ DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1' }],
      },
      {
        Associations: [{ SubnetId: 'subnet-pa' }, { SubnetId: 'subnet-pb' }],
        Routes: [{ DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1' }],
      },
    ],
    limits: { 'condition-values-per-alb-rule': '5', 'rules-per-application-load-balancer': '100' },
  };
}
