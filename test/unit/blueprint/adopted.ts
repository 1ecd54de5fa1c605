import type { SettingsInput } from '../../../lib/settings/schema';

type EdgeInput = NonNullable<SettingsInput['edge']>;

const elb = (rest: string): string => `arn:aws:elasticloadbalancing:eu-central-1:123456789012:${rest}`;

/** A load balancer that somebody else made, as `adopt` writes it: a host rule behind a login, and the default action. */
export const ADOPTED_EDGE: NonNullable<EdgeInput['adopted']> = {
  loadBalancerArn: elb('loadbalancer/app/old/50dc6c495c0c9188'),
  dnsName: 'old-1.eu-central-1.elb.amazonaws.com',
  securityGroupIds: ['sg-1'],
  targetGroups: { blue: elb('targetgroup/old/943f017f100becff') },
  rules: [
    {
      listenerArn: elb('listener/app/old/50dc6c495c0c9188/f2f7dc8efc522ab2'),
      listenerPort: 443,
      above: elb('listener-rule/app/old/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee'),
      priority: 9,
      testerPriorities: { blue: 7, green: 8 },
      conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['api.example.test'] } }],
      actionsBefore: [{ Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: { ClientId: 'c' } }],
      stickinessSeconds: 300,
    },
    {
      listenerArn: elb('listener/app/old/50dc6c495c0c9188/f2f7dc8efc522ab2'),
      listenerPort: 443,
      above: 'default',
      priority: 50000,
      conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
    },
  ],
};

export const EXISTING_NETWORK: SettingsInput['network'] = {
  existing: {
    vpcId: 'vpc-1',
    cidr: '10.0.0.0/16',
    availabilityZones: ['eu-central-1a', 'eu-central-1b'],
    nodeSubnetIds: ['subnet-1', 'subnet-2'],
    databaseSubnetIds: ['subnet-3', 'subnet-4'],
  },
};

export const EXISTING_DATASTORE = {
  existing: {
    identifier: 'old-database',
    host: 'old-database.abc.eu-central-1.rds.amazonaws.com',
    password: { secretArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:old-AbCdEf', field: 'password' },
    securityGroupId: 'sg-2',
  },
};
