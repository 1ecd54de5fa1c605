import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { RDSClient } from '@aws-sdk/client-rds';
import { findDatabaseByHost, readDatabase } from '../datastore/read-database';
import { KongDualClusterError } from '../errors';
import type { SecretRef, SettingsInput } from '../settings/schema';
import { settingsSchema } from '../settings/schema';
import { readLoadBalancer, readTargetGroup } from './read-load-balancer';
import { readNetwork } from './read-network';
import { readService } from './read-service';
import type { LoadBalancerReading, SystemReading } from './readings';
import { adoptedSettings, type Declared } from './settings';
import { planTakeover, type Takeover } from './takeover';

export interface AdoptionClients {
  readonly elb: ElasticLoadBalancingV2Client;
  readonly ecs: ECSClient;
  readonly rds: RDSClient;
  readonly ec2: EC2Client;
}

export interface AdoptOptions extends Declared {
  /** ARN or name. */
  readonly loadBalancer: string;
  readonly targetGroup: string;
  /** `CLUSTER/SERVICE` of Amazon ECS; absent when the nodes run elsewhere. */
  readonly service?: string;
  /** DBInstanceIdentifier. @default - found by KONG_PG_HOST of the service's task definition */
  readonly database?: string;
  readonly oidcSecrets: Readonly<Record<string, SecretRef>>;
}

export interface Adoption {
  readonly settings: SettingsInput;
  readonly loadBalancer: LoadBalancerReading;
  readonly takeover: Takeover;
  readonly declared: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Reads a system that somebody else made and answers the settings that adopt it. Reads only.
 * @param progress told what is being read, before each step
 * @throws KongDualClusterError ADOPT_… for what cannot be adopted, ADOPT_INCOMPLETE when an option must state a fact
 */
export async function adopt(
  clients: AdoptionClients,
  options: AdoptOptions,
  progress: (step: string) => void,
): Promise<Adoption> {
  const unreadable: string[] = [];
  const readable = async <T>(what: string, read: () => Promise<T>): Promise<T | undefined> => {
    progress(what);
    try {
      return await read();
    } catch (error) {
      if (!isDenied(error)) throw error;
      unreadable.push(`${what}: access denied`);
      return undefined;
    }
  };

  progress('load balancer, listeners and rules');
  const loadBalancer = await readLoadBalancer(clients.elb, options.loadBalancer);
  progress('target group');
  const targetGroup = await readTargetGroup(clients.elb, options.targetGroup);
  const service =
    options.service === undefined
      ? undefined
      : await readable('service', () => readService(clients.ecs, options.service!, targetGroup.arn));
  const database = await readable('database', () =>
    readBlueDatabase(clients.rds, options.database, service?.environment.KONG_PG_HOST),
  );
  const network = await readable('network', () => readNetwork(clients.ec2, targetGroup.vpcId));

  const reading: SystemReading = { loadBalancer, targetGroup, service, database, network };
  const takeover = planTakeover(loadBalancer.listeners, targetGroup.arn, {
    tester: options.testerHeader,
    oidcSecrets: options.oidcSecrets,
    conditionValues: loadBalancer.quotas['condition-values-per-alb-rule'],
    rulesPerLoadBalancer: loadBalancer.quotas['rules-per-application-load-balancer'],
  });
  const { settings, missing, declared, notes } = adoptedSettings(reading, takeover, options);
  if (missing.length > 0 || !network) {
    const wanted = missing.map(({ what, option }) => `${what} (${option})`);
    if (!network) wanted.push('the VPC and its subnets (allow ec2:DescribeVpcs and ec2:DescribeSubnets)');
    throw new KongDualClusterError('ADOPT_INCOMPLETE', 'some facts could not be read and were not given', {
      found: [...wanted, ...unreadable].join('; '),
      remedy: `run it again with ${missing.map(({ option }) => option).join(', ') || 'the right to read them'}`,
    });
  }
  return { settings: checked(settings), loadBalancer, takeover, declared, notes };
}

async function readBlueDatabase(rds: RDSClient, identifier: string | undefined, host: string | undefined) {
  if (identifier !== undefined) {
    const found = await readDatabase(rds, identifier);
    if (found) return found;
    throw new KongDualClusterError('ADOPT_DATABASE_NOT_FOUND', 'there is no such database in this account and region', {
      found: identifier,
      remedy: 'look at `aws rds describe-db-instances`, and give its DBInstanceIdentifier with --database',
    });
  }
  if (host === undefined) return undefined;
  return findDatabaseByHost(rds, host);
}

/** The settings must load again from the file they are written to. */
function checked(settings: SettingsInput): SettingsInput {
  const result = settingsSchema.safeParse(settings);
  if (result.success) return settings;
  const issue = result.error.issues[0];
  throw new KongDualClusterError('ADOPT_NOT_EXPRESSIBLE', 'the system has a value that the settings do not allow', {
    found: `${issue?.path.join('.')}: ${issue?.message}`,
    remedy: 'change it in the system, or report it: the settings should be able to say what AWS allows',
  });
}

const isDenied = (error: unknown): boolean =>
  error instanceof Error && /AccessDenied|UnauthorizedOperation/.test(error.name);
