import type { Lock, LockedSnapshot, Settings, SettingsInput } from '../../../lib/settings/schema';
import { settingsSchema } from '../../../lib/settings/schema';
import { BLUE, GREEN, NO_LOCK, lockOf, lockOfTime } from '../blueprint/settings-of';
import { ADOPTED_EDGE, EXISTING_DATASTORE } from '../blueprint/adopted';
import { WORLD } from './world';

/** Settings and a lock that both backends are driven with. */
export interface Case {
  readonly settings: Settings;
  readonly lock: Lock;
}

const { account, region } = WORLD;
const CERTIFICATE = `arn:aws:acm:${region}:${account}:certificate/6f1c1c9e-0000-4000-8000-000000000001`;
const https = { certificateArn: CERTIFICATE };
const secret = (name: string): string => `arn:aws:secretsmanager:${region}:${account}:secret:${name}`;
const elb = (rest: string): string => `arn:aws:elasticloadbalancing:${region}:${account}:${rest}`;

const of = (more: Partial<SettingsInput> = {}, lock: Lock = NO_LOCK): Case => ({
  settings: settingsSchema.parse({
    name: 'gateway',
    account,
    region,
    live: 'blue',
    network: { create: {} },
    slots: { blue: BLUE },
    ...more,
  }),
  lock,
});
const locked = (more: Partial<LockedSnapshot> = {}): Lock =>
  lockOf('green', { sourceIdentifier: 'gateway-blue', ...more });
const both = { blue: BLUE, green: GREEN };

const EXISTING_NETWORK: SettingsInput['network'] = {
  existing: {
    vpcId: 'vpc-0a1b2c3d',
    cidr: '10.1.0.0/16',
    availabilityZones: [`${region}a`, `${region}b`],
    publicSubnetIds: ['subnet-0a000001', 'subnet-0a000002'],
    nodeSubnetIds: ['subnet-0b000001', 'subnet-0b000002', 'subnet-0b000003'],
    databaseSubnetIds: ['subnet-0c000001', 'subnet-0c000002'],
  },
};

/** An owner's load balancer with a login, conditions of every kind, stickiness and a default action. */
const OWNERS = {
  ...ADOPTED_EDGE,
  securityGroupIds: ['sg-0a1b2c3d', 'sg-0a1b2c3e'],
  rules: [
    {
      ...ADOPTED_EDGE.rules[0]!,
      conditions: [
        { Field: 'host-header', HostHeaderConfig: { Values: ['api.example.test', '*.api.example.test'] } },
        { Field: 'path-pattern', PathPatternConfig: { Values: ['/v1/*'] } },
      ],
      actionsBefore: [
        {
          Type: 'authenticate-oidc',
          Order: 1,
          AuthenticateOidcConfig: {
            Issuer: 'https://id.example.test',
            AuthorizationEndpoint: 'https://id.example.test/authorize',
            TokenEndpoint: 'https://id.example.test/token',
            UserInfoEndpoint: 'https://id.example.test/userinfo',
            ClientId: 'shop',
            Scope: 'openid email',
            SessionCookieName: 'shop-session',
            SessionTimeout: 3600,
            OnUnauthenticatedRequest: 'deny',
            AuthenticationRequestExtraParams: { prompt: 'login' },
            UseExistingClientSecret: true,
          },
        },
      ],
      oidcClientSecret: { secretArn: secret('oidc-AbCdEf'), field: 'client_secret' },
    },
    {
      listenerArn: elb('listener/app/old/50dc6c495c0c9188/a1b2c3d4e5f60718'),
      listenerPort: 8443,
      above: elb('listener-rule/app/old/50dc6c495c0c9188/a1b2c3d4e5f60718/1111b2d02a6cabee'),
      priority: 19,
      testerPriorities: { blue: 17, green: 18 },
      conditions: [
        { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Tenant', Values: ['${one}', 'two'] } },
        { Field: 'source-ip', SourceIpConfig: { Values: ['192.0.2.0/24'] } },
        { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET'] } },
      ],
    },
    {
      listenerArn: elb('listener/app/old/50dc6c495c0c9188/a1b2c3d4e5f60718'),
      listenerPort: 8443,
      above: elb('listener-rule/app/old/50dc6c495c0c9188/a1b2c3d4e5f60718/2222b2d02a6cabee'),
      priority: 29,
      conditions: [
        { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '2' }, { Value: 'beta%{' }] } },
      ],
      actionsBefore: [
        {
          Type: 'authenticate-cognito',
          Order: 1,
          AuthenticateCognitoConfig: {
            UserPoolArn: `arn:aws:cognito-idp:${region}:${account}:userpool/${region}_abc`,
            UserPoolClientId: 'client',
            UserPoolDomain: 'login',
            SessionTimeout: 7200,
          },
        },
      ],
    },
    ADOPTED_EDGE.rules[1]!,
  ],
};

const ENTERPRISE = {
  version: '3.4.3.12',
  edition: 'enterprise',
  image: `${account}.dkr.ecr.${region}.amazonaws.com/kong/gateway@sha256:${'0123456789abcdef'.repeat(4)}`,
  secrets: {
    KONG_LICENSE_DATA: { secretArn: secret('license-AbCdEf') },
    KONG_SESSION_SECRET: { secretArn: secret('kong'), field: 'session' },
  },
  environment: { KONG_LOG_LEVEL: 'debug', KONG_HEADERS: 'off', KONG_PROMPT: '${USER} 5%{if}' },
  logRetentionDays: 90,
} as const;

export const CASES: Readonly<Record<string, Case>> = {
  'new blue, http': of(),
  'https, http redirected': of({ edge: { https } }),
  'https and http forwarded': of({ edge: { https, http: 'forward', stickinessSeconds: 600 } }),
  'https, no http': of({
    edge: { https: { ...https, sslPolicy: 'ELBSecurityPolicy-FS-1-2-Res-2020-10' }, http: 'off' },
  }),
  'internal, few callers': of({
    edge: {
      loadBalancer: {
        scheme: 'internal',
        allowedCidrs: ['10.0.0.0/8', '192.168.0.0/16'],
        deletionProtection: false,
        idleTimeoutSeconds: 120,
      },
      admin: { allowedCidrs: ['10.9.0.0/16'], port: 8444, certificateArn: CERTIFICATE },
      drainSeconds: 110,
    },
  }),
  'existing network': of(
    {
      network: EXISTING_NETWORK,
      slots: both,
    },
    locked(),
  ),
  'two NAT gateways, own range': of({ network: { create: { cidr: '10.99.0.0/16', natGateways: 2 } } }),
  'three NAT gateways, narrow range': of({ network: { create: { cidr: '172.31.240.0/20', natGateways: 3 } } }),
  'adopted load balancer': of({ network: EXISTING_NETWORK, edge: { adopted: OWNERS, testerHeader: {} } }),
  'adopted, weights in the template': of(
    {
      network: EXISTING_NETWORK,
      weightOwnership: 'template',
      weights: { blue: 90, green: 10 },
      edge: { adopted: OWNERS },
      slots: both,
    },
    locked(),
  ),
  'tester header, token made': of({ edge: { https, testerHeader: {} } }),
  'tester header, token given': of({
    edge: { testerHeader: { name: 'X-Try', secretArn: secret('token-AbCdEf'), sourceCidrs: ['192.0.2.0/24'] } },
  }),
  'weights in the template': of(
    { weightOwnership: 'template', weights: { blue: 750, green: 250 }, slots: both },
    locked(),
  ),
  'green from a snapshot': of({ edge: { https }, slots: both }, locked()),
  'green through stops': of(
    {
      slots: {
        blue: BLUE,
        green: {
          ...GREEN,
          version: '3.6.1',
          stops: [{ version: '3.4.2' }, { version: '3.5.0', image: 'registry.example.test/kong:3.5.0' }],
        },
      },
    },
    locked({ encrypted: false, engineVersion: '13.15' }),
  ),
  'green restored to a point in time': of(
    {
      edge: { https },
      slots: { blue: BLUE, green: { ...GREEN, datastore: { pointInTime: { time: '2026-11-21T12:00:00Z' } } } },
    },
    lockOfTime('green', { sourceIdentifier: 'gateway-blue' }),
  ),
  'green restored to the latest time': of(
    {
      slots: {
        blue: BLUE,
        green: { ...GREEN, datastore: { pointInTime: { time: 'latest', instanceClass: 'db.r6g.large' } } },
      },
    },
    lockOfTime('green', { sourceIdentifier: 'gateway-blue', encrypted: false }),
  ),
  'Enterprise, private image, secrets': of({ slots: { blue: { ...BLUE, ...ENTERPRISE } } }),
  'existing database': of({
    slots: {
      blue: {
        version: '3.4.2',
        datastore: { existing: { ...EXISTING_DATASTORE.existing, securityGroupId: 'sg-0d1b2c3d' } },
      },
    },
  }),
  'io1, one zone': of({
    slots: {
      blue: {
        ...BLUE,
        datastore: {
          new: {
            instanceClass: 'db.r6g.xlarge',
            storageType: 'io1',
            iops: 4000,
            allocatedStorageGib: 200,
            multiAz: false,
            engineVersion: '13.15',
            databaseName: 'gw',
            username: 'gateway',
          },
        },
      },
    },
  }),
  'gp3 with iops, from a snapshot': of({ slots: both }, locked({ allocatedStorageGib: 500, iops: 12000 })),
  'migrations by hand': of({ slots: { blue: BLUE, green: { ...GREEN, migrations: 'manual' } } }, locked()),
  'alarms told': of({
    edge: { alarms: { topicArn: `arn:aws:sns:${region}:${account}:pager`, errorShare: 0.05, p99Seconds: 1.5 } },
  }),
  'Kong 2.7 and 2.8': of(
    { slots: { blue: { ...BLUE, version: '2.7' }, green: { ...GREEN, version: '2.8' } } },
    locked({ kongVersion: '2.7' }),
  ),
  'green alone, live': of({ live: 'green', slots: { green: GREEN } }, locked()),
  'access logs': of({ edge: { https, loadBalancer: { accessLogsBucket: 'logs-of-ours' } } }),
  sizes: of({
    slots: {
      blue: { ...BLUE, size: { count: 4, min: 3, max: 20, cpu: 2048, memoryMib: 8192 }, logRetentionDays: 365 },
    },
  }),
};
