import type { EdgeSpec, HealthCheckSpec, SystemSpec, WeightedRuleSpec } from '../../../lib/blueprint/spec';
import { SLOTS, allOn } from '../../../lib/traffic/weights';
import type { Slot } from '../../../lib/traffic/weights';

export const ENV = { account: '111122223333', region: 'eu-central-1' };
const ELB = `arn:aws:elasticloadbalancing:${ENV.region}:${ENV.account}`;
export const CERTIFICATE = `arn:aws:acm:${ENV.region}:${ENV.account}:certificate/0a1b2c3d-0000-4000-8000-000000000000`;

const health: HealthCheckSpec = {
  port: 8100,
  path: '/status/ready',
  intervalSeconds: 10,
  timeoutSeconds: 5,
  healthyCount: 2,
  unhealthyCount: 3,
  successCodes: '200',
};
const groups = (port: number, healthOf: Partial<Record<Slot, Partial<HealthCheckSpec>>> = {}) => {
  const [blue, green] = SLOTS.map((slot) => ({
    slot,
    port,
    health: { ...health, ...healthOf[slot] },
    deregistrationDelaySeconds: 30,
  }));
  return { blue: blue!, green: green! };
};

export const everyPath = { Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } };
export const host = (...names: string[]) => ({ Field: 'host-header', HostHeaderConfig: { Values: names } });

export const ownRule = (protocol: 'http' | 'https', overrides: Partial<WeightedRuleSpec> = {}): WeightedRuleSpec => ({
  id: protocol === 'https' ? 'WeightedHttps' : 'WeightedHttp',
  listener: { kind: 'own', protocol },
  priority: 1000,
  conditions: [everyPath],
  actionsBefore: [],
  testerPriorities: { blue: 10, green: 11 },
  ...overrides,
});

/** An edge of our own: HTTPS with HTTP redirected, tester header, blue on Kong 2.8. */
export const edgeSpec = (overrides: Partial<EdgeSpec> = {}): EdgeSpec => ({
  loadBalancer: {
    scheme: 'internet-facing',
    allowedCidrs: ['0.0.0.0/0'],
    deletionProtection: true,
    idleTimeoutSeconds: 60,
  },
  http: 'redirect',
  https: { certificateArn: CERTIFICATE, sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' },
  targetGroups: groups(8000, { blue: { path: '/status' } }),
  adminTargetGroups: groups(8001, { blue: { path: '/status' } }),
  rules: [ownRule('https')],
  weightOwnership: 'runner',
  initialWeights: allOn('blue'),
  adminWeights: allOn('blue'),
  testerHeader: { name: 'X-Kong-Tester', sourceCidrs: [] },
  admin: { allowedCidrs: ['10.20.0.0/16'], port: 8001 },
  alarms: { errorShare: 0.01, p99Seconds: 2 },
  ...overrides,
});

export const systemSpec = (edge: Partial<EdgeSpec> = {}, overrides: Partial<SystemSpec> = {}): SystemSpec => ({
  name: 'kong',
  network: { kind: 'create', cidr: '10.20.0.0/16', natGateways: 1 },
  edge: edgeSpec(edge),
  slots: {},
  ...overrides,
});

export const listenerArn = (port: number): string => `${ELB}:listener/app/shop/50dc6c495c0c9188/${port}`;
export const OIDC_SECRET = `arn:aws:secretsmanager:${ENV.region}:${ENV.account}:secret:oidc-AbCdEf`;

/** A load balancer that somebody else made: two host rules on 443, one behind OpenID Connect, and blue's target group. */
export const adoptedSpec = (edge: Partial<EdgeSpec> = {}): SystemSpec => {
  const own = edgeSpec();
  const { https: _, ...rest } = own;
  const listener = { kind: 'existing', arn: listenerArn(443), port: 443 } as const;
  const authenticate = {
    Type: 'authenticate-oidc',
    Order: 1,
    AuthenticateOidcConfig: {
      Issuer: 'https://id.example.com',
      AuthorizationEndpoint: 'https://id.example.com/authorize',
      TokenEndpoint: 'https://id.example.com/token',
      UserInfoEndpoint: 'https://id.example.com/userinfo',
      ClientId: 'shop',
      SessionTimeout: 3600,
      UseExistingClientSecret: true,
    },
  };
  return systemSpec(
    {
      ...rest,
      http: 'off',
      https: undefined,
      adopted: {
        loadBalancerArn: `${ELB}:loadbalancer/app/shop/50dc6c495c0c9188`,
        dnsName: 'shop-1.eu-central-1.elb.amazonaws.com',
        securityGroupIds: ['sg-0a1b2c3d'],
        rules: [],
      },
      targetGroups: {
        ...own.targetGroups,
        blue: { ...own.targetGroups.blue, existingArn: `${ELB}:targetgroup/legacy/73e2d6bc24d8a067` },
      },
      rules: [
        {
          id: 'Weighted443Rule9683',
          listener,
          priority: 19,
          testerPriorities: { blue: 17, green: 18 },
          conditions: [host('api.example.com')],
          actionsBefore: [],
        },
        {
          id: 'Weighted443Rule9684',
          listener,
          priority: 29,
          conditions: [
            host('admin.example.com'),
            { Field: 'path-pattern', PathPatternConfig: { Values: ['/a', '/b'] } },
          ],
          actionsBefore: [authenticate],
          oidcClientSecret: { secretArn: OIDC_SECRET, field: 'client_secret' },
          stickinessSeconds: 300,
        },
      ],
      ...edge,
    },
    {
      network: {
        kind: 'existing',
        vpcId: 'vpc-0a1b2c3d',
        cidr: '10.1.0.0/16',
        availabilityZones: ['eu-central-1a', 'eu-central-1b'],
        publicSubnetIds: ['subnet-0a000001', 'subnet-0a000002'],
        nodeSubnetIds: ['subnet-0b000001', 'subnet-0b000002', 'subnet-0b000003'],
        databaseSubnetIds: ['subnet-0c000001', 'subnet-0c000002'],
      },
    },
  );
};
