import type { AdoptedRule, SecretRef, SettingsInput } from '../settings/schema';
import { containerSettings, defaultImage, kongVersionOf, secretReference } from './kong-container';
import type { NetworkReading, SystemReading } from './readings';
import type { Takeover } from './takeover';

/** What the owner states because it cannot be read. What can be read wins, and a note says so. */
export interface Declared {
  readonly name: string;
  readonly kongVersion?: string;
  readonly nodes?: number;
  readonly nodeSubnetIds?: readonly string[];
  readonly databasePassword?: SecretRef;
  readonly testerHeader: boolean;
}

export interface AdoptedSettings {
  /** Complete only when `missing` is empty. */
  readonly settings: SettingsInput;
  /** Facts that could not be read, each with the option that states it. */
  readonly missing: readonly { readonly what: string; readonly option: string }[];
  /** Facts that were taken from options because they could not be read. */
  readonly declared: readonly string[];
  readonly notes: readonly string[];
}

/** Settings of a system whose blue slot, load balancer and network somebody else made. Pure: readings in, settings out. */
export function adoptedSettings(reading: SystemReading, takeover: Takeover, declared: Declared): AdoptedSettings {
  const missing: { what: string; option: string }[] = [];
  const stated: string[] = [];
  const notes: string[] = [...takeover.notes];
  /** The value read, else the value declared, else an entry in `missing`. */
  const fact = <T>(what: string, option: string, read: T | undefined, given: T | undefined): T | undefined => {
    if (read !== undefined) {
      if (given !== undefined && String(given) !== String(read)) {
        notes.push(`${what}: AWS says ${String(read)}, so ${option} ${String(given)} is not used`);
      }
      return read;
    }
    if (given === undefined) missing.push({ what, option });
    else stated.push(`${what} (${option} ${String(given)})`);
    return given;
  };

  const { loadBalancer, targetGroup, service, database, network } = reading;
  const [, , , region, account] = loadBalancer.arn.split(':');
  const kong = kongVersionOf(service?.image ?? '');
  const version = fact('Kong version of blue', '--kong-version', kong.version, declared.kongVersion) ?? '';
  const nodes =
    fact('running nodes of blue', '--nodes', service?.runningNodes ?? nodesByHealth(reading), declared.nodes) ?? 0;
  const container = containerSettings(service?.environment ?? {}, service?.secrets ?? {});
  const password = fact(
    'secret that holds the password of the database',
    '--database-password-secret',
    databasePassword(reading),
    declared.databasePassword,
  );
  if (!database) missing.push({ what: "blue's database", option: '--database' });
  const subnets = chooseSubnets(reading, declared.nodeSubnetIds, fact, notes);

  describeOddities(reading, container, notes);
  const drains = targetGroup.drainSeconds <= 110;
  const image = service?.image;
  const settings: SettingsInput = {
    name: declared.name,
    ...(account ? { account } : {}),
    ...(region ? { region } : {}),
    live: 'blue',
    network: {
      existing: {
        vpcId: targetGroup.vpcId,
        cidr: network?.cidr ?? '',
        availabilityZones: subnets.availabilityZones,
        publicSubnetIds: subnets.publicIds,
        nodeSubnetIds: subnets.nodeIds,
        databaseSubnetIds: subnets.databaseIds,
      },
    },
    edge: {
      adopted: {
        loadBalancerArn: loadBalancer.arn,
        dnsName: loadBalancer.dnsName,
        securityGroupIds: [...loadBalancer.securityGroupIds],
        targetGroups: { blue: targetGroup.arn },
        rules: takeover.rules.map(tidy),
      },
      // Of the internal Admin load balancer, which is ours: `eject` must be able to remove it.
      loadBalancer: { deletionProtection: false },
      ...(declared.testerHeader ? { testerHeader: {} } : {}),
      ...(drains ? { drainSeconds: targetGroup.drainSeconds } : {}),
    },
    slots: {
      blue: {
        version,
        ...(kong.edition === 'enterprise' ? { edition: kong.edition } : {}),
        ...(image && image !== defaultImage(version, kong.edition) ? { image } : {}),
        size: { count: Math.max(1, nodes), ...taskSize(service, notes) },
        ...(Object.keys(container.environment).length > 0 ? { environment: { ...container.environment } } : {}),
        ...(Object.keys(container.secrets).length > 0 ? { secrets: { ...container.secrets } } : {}),
        datastore: {
          existing: {
            identifier: database?.identifier ?? '',
            host: database?.host ?? '',
            port: database?.port ?? 5432,
            databaseName: service?.environment.KONG_PG_DATABASE ?? database?.databaseName ?? 'kong',
            username: service?.environment.KONG_PG_USER ?? database?.masterUsername ?? 'kong',
            password: password ?? { secretArn: '' },
            securityGroupId: database?.securityGroupIds[0] ?? '',
            tls: service ? /^(on|true)$/i.test(service.environment.KONG_PG_SSL ?? 'off') : true,
            ...databaseSize(reading, notes),
          },
        },
        adopted: service
          ? { platform: 'ecs', clusterName: service.clusterName, serviceName: service.serviceName, nodes }
          : { platform: 'other', nodes },
      },
    },
  };
  return { settings, missing, declared: stated, notes };
}

/** Without a service, targets that answer health checks are the nodes; none of them says nothing. */
const nodesByHealth = ({ targetGroup }: SystemReading): number | undefined =>
  targetGroup.healthyTargets > 0 ? targetGroup.healthyTargets : undefined;

function databasePassword({ service, database }: SystemReading): SecretRef | undefined {
  const reference = service?.secrets.KONG_PG_PASSWORD;
  if (reference) return secretReference(reference);
  const user = service?.environment.KONG_PG_USER ?? database?.masterUsername;
  return database?.masterSecretArn && user === database.masterUsername
    ? { secretArn: database.masterSecretArn, field: 'password' }
    : undefined;
}

const CPU = [256, 512, 1024, 2048, 4096, 8192, 16384] as const;

function taskSize(
  service: SystemReading['service'],
  notes: string[],
): { cpu?: (typeof CPU)[number]; memoryMib?: number } {
  const cpu = CPU.find((units) => units === service?.cpu);
  if (service?.cpu !== undefined && cpu !== undefined && service.memoryMib !== undefined && service.memoryMib >= 512) {
    return { cpu, memoryMib: service.memoryMib };
  }
  notes.push(
    `the CPU and memory of a node are not of a size that Fargate has (${service ? `cpu ${service.cpu ?? 'not stated'}, memory ${service.memoryMib ?? 'not stated'} MiB` : 'no ECS service'}): choose slots.green.size yourself, at least as large`,
  );
  return {};
}

const STORAGE = ['gp2', 'gp3', 'io1', 'io2'] as const;

function databaseSize({ database }: SystemReading, notes: string[]) {
  if (!database) return {};
  const storageType = STORAGE.find((type) => type === database.storageType);
  if (!storageType)
    notes.push(
      `the database is on ${database.storageType} storage, which green cannot have: choose slots.green.datastore.snapshot.storageType`,
    );
  if (!database.encrypted)
    notes.push('the database is not encrypted at rest, and a database restored from its snapshot will not be either');
  return {
    instanceClass: database.instanceClass,
    allocatedStorageGib: database.allocatedStorageGib,
    ...(storageType ? { storageType } : {}),
    ...(database.iops === undefined ? {} : { iops: database.iops }),
    multiAz: database.multiAz,
  };
}

interface Subnets {
  availabilityZones: string[];
  publicIds: string[];
  nodeIds: string[];
  databaseIds: string[];
}

/** Green's nodes go where blue's are; its database where blue's may be. Lists are in the order of the availability zones. */
function chooseSubnets(
  { network, service, database, loadBalancer }: SystemReading,
  declaredIds: readonly string[] | undefined,
  fact: <T>(what: string, option: string, read: T | undefined, given: T | undefined) => T | undefined,
  notes: string[],
): Subnets {
  const ofService = service && service.subnetIds.length > 0 ? service.subnetIds : undefined;
  const privateWithWayOut = network?.subnets
    .filter((s) => s.isPublic === false && s.hasWayOut === true)
    .map((s) => s.id);
  const byRoutes = privateWithWayOut && privateWithWayOut.length >= 2 ? privateWithWayOut : undefined;
  const stated = fact('subnets of the nodes', '--node-subnets', ofService ?? byRoutes, declaredIds) ?? [];
  const nodes = onePerZone(network, stated);
  describeNodeSubnets(network, nodes, stated, notes);
  const publicIds = network?.subnets.filter((s) => s.isPublic).map((s) => s.id) ?? [];
  const ofDatabase = (database?.subnetIds ?? []).filter((id) => zoneOf(network, id) !== '');
  const databases = ofDatabase.length >= 2 ? ofDatabase : nodes;
  if (databases === nodes && database) {
    notes.push(
      "blue's database has no two subnets in the network of the nodes; green's goes to the subnets of the nodes",
    );
  }
  const zones = (ids: readonly string[]) => inOrder(network, ids).map((id) => zoneOf(network, id));
  return {
    availabilityZones: [...new Set([...zones(nodes), ...zones(databases)])].filter(Boolean).sort(),
    publicIds: inOrder(network, publicIds.length > 0 ? publicIds : loadBalancer.subnetIds),
    nodeIds: inOrder(network, nodes),
    databaseIds: inOrder(network, databases),
  };
}

const zoneOf = (network: NetworkReading | undefined, id: string): string =>
  network?.subnets.find((subnet) => subnet.id === id)?.availabilityZone ?? '';

const inOrder = (network: NetworkReading | undefined, ids: readonly string[]): string[] =>
  [...ids].sort((a, b) => zoneOf(network, a).localeCompare(zoneOf(network, b)) || a.localeCompare(b));

/** The internal load balancer stands there too, and ELBv2 refuses two subnets in a zone (`CreateLoadBalancer.Subnets`). */
const onePerZone = (network: NetworkReading | undefined, ids: readonly string[]): string[] =>
  inOrder(network, ids).filter((id, index, all) => {
    const zone = zoneOf(network, id);
    return zone === '' || all.findIndex((other) => zoneOf(network, other) === zone) === index;
  });

function describeNodeSubnets(
  network: NetworkReading | undefined,
  taken: readonly string[],
  stated: readonly string[],
  notes: string[],
): void {
  const left = stated.filter((id) => !taken.includes(id));
  if (left.length > 0) {
    notes.push(
      `of several subnets in an availability zone one was taken, because a load balancer takes no more: ${left.join(', ')} left out. Exchange them in network.existing.nodeSubnetIds if they have more free addresses`,
    );
  }
  const zones = new Set(taken.map((id) => zoneOf(network, id)));
  if (network && zones.size < 2) {
    notes.push(
      `the subnets of the nodes lie in one availability zone (${[...zones].join()}), and the internal load balancer of the Admin API needs two: add one to network.existing.nodeSubnetIds`,
    );
  }
  const open = taken.filter((id) => network?.subnets.some((subnet) => subnet.id === id && subnet.isPublic));
  if (open.length > 0) {
    notes.push(
      `${open.join(', ')} are public subnets, and green's nodes get no public address: without another way out (VPC endpoints) they could not pull their image. Name private subnets with a NAT gateway in network.existing.nodeSubnetIds`,
    );
  }
}

function describeOddities(
  { service, targetGroup, database }: SystemReading,
  container: ReturnType<typeof containerSettings>,
  notes: string[],
): void {
  if (container.inClear.length > 0) {
    notes.push(
      `secrets stand in clear in ${service?.taskDefinitionArn}: ${container.inClear.join(', ')}; they were not written anywhere. Move them to Secrets Manager`,
    );
  }
  if (container.notReferable.length > 0) {
    notes.push(
      `${container.notReferable.join(', ')} come from a place the settings cannot name (not a Secrets Manager secret, or pinned to a version): add them to slots.green.secrets yourself`,
    );
  }
  if (service && service.runningNodes !== service.desiredNodes) {
    notes.push(
      `the service runs ${service.runningNodes} nodes and wants ${service.desiredNodes}; the running count was taken`,
    );
  }
  if (targetGroup.drainSeconds > 110) {
    notes.push(
      `blue's target group drains for ${targetGroup.drainSeconds} s; green's takes 30 s, because Fargate stops a task after 120 s at the latest`,
    );
  }
  if (targetGroup.nodeStickiness) {
    notes.push("blue's target group is sticky: a client keeps its node inside a slot, not its slot");
  }
  if (targetGroup.protocol !== 'HTTP' || targetGroup.protocolVersion !== 'HTTP1') {
    notes.push(
      `blue's target group speaks ${targetGroup.protocol} ${targetGroup.protocolVersion}; green's speaks HTTP 1.1 to port 8000`,
    );
  }
  if (targetGroup.healthyTargets < targetGroup.targets) {
    notes.push(
      `${targetGroup.targets - targetGroup.healthyTargets} of blue's ${targetGroup.targets} targets are not healthy`,
    );
  }
  if (database && database.securityGroupIds.length > 1) {
    notes.push(
      `the database has ${database.securityGroupIds.length} security groups; the first one, ${database.securityGroupIds[0]}, was taken`,
    );
  }
}

/** Without empty members, so that the file shows only what matters. */
function tidy(rule: AdoptedRule) {
  const { actionsBefore, ...rest } = rule;
  return actionsBefore.length > 0 ? { ...rest, actionsBefore } : rest;
}
