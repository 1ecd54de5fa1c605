// As a namespace: a bundler then leaves zod's fifty languages out of the CDK app.
import * as z from 'zod';
import { arn, secretRef, slotName } from './parts-schema';
import { shift } from './shift-schema';

/**
 * The shape of `dual-cluster.yaml`. Plain data; `load.ts` reads the file and names line, key, value found and values
 * allowed. `npm run build` publishes it as JSON Schema for editors (`schema/dual-cluster.schema.json`).
 */

const OCTET = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const cidr = z
  .string()
  .regex(new RegExp(`^${OCTET}(\\.${OCTET}){3}\\/(3[0-2]|[12]?\\d)$`), 'an IPv4 range such as 10.0.0.0/16');
const weight = z.int().describe('weight of a slot, 0 to 999');

const network = z.union([
  z.strictObject({
    create: z.strictObject({
      cidr: cidr.default('10.20.0.0/16'),
      natGateways: z.int().min(1).max(3).default(1).describe('number of NAT gateways, 1 to 3'),
    }),
  }),
  z.strictObject({
    existing: z.strictObject({
      vpcId: z.string().regex(/^vpc-/, 'a VPC id such as vpc-0a1b'),
      cidr,
      availabilityZones: z.array(z.string()).min(2),
      publicSubnetIds: z
        .array(z.string())
        .default([])
        .describe('for a load balancer that faces the internet: two or more'),
      nodeSubnetIds: z.array(z.string()).min(2).describe('private subnets with a way out (image pulls, secrets)'),
      databaseSubnetIds: z.array(z.string()).min(2).describe('for databases of our making'),
    }),
  }),
]);

/** A rule made by somebody else that forwards to blue, as `adopt` found it, and the priorities free above it. */
const adoptedRule = z.strictObject({
  listenerArn: arn('elasticloadbalancing'),
  listenerPort: z.int().min(1).max(65535),
  above: z.string().describe("the owner's rule ARN, or `default` for the listener's default action"),
  priority: z.int().min(1).max(50000).describe('free priority for the weighted rule'),
  testerPriorities: z.strictObject({ blue: z.int().min(1).max(50000), green: z.int().min(1).max(50000) }).optional(),
  conditions: z.array(z.record(z.string(), z.unknown())).min(1).describe('ELBv2 RuleCondition list, verbatim'),
  actionsBefore: z
    .array(z.record(z.string(), z.unknown()))
    .default([])
    .describe('ELBv2 actions before the forward (authenticate-*), verbatim'),
  oidcClientSecret: secretRef
    .optional()
    .describe('client secret of an authenticate-oidc action, which AWS never returns'),
  stickinessSeconds: z.int().min(1).max(604800).optional(),
});

const edge = z.strictObject({
  loadBalancer: z
    .strictObject({
      scheme: z.enum(['internet-facing', 'internal']).default('internet-facing'),
      allowedCidrs: z.array(cidr).default(['0.0.0.0/0']).describe('who may call the proxy'),
      deletionProtection: z
        .boolean()
        .default(true)
        .describe('of the load balancer; set it to false before destroying it'),
      idleTimeoutSeconds: z.int().min(1).max(4000).default(60).describe('of connections, seconds'),
      accessLogsBucket: z.string().optional().describe('name of an existing bucket that takes the access logs'),
    })
    .prefault({}),
  adopted: z
    .strictObject({
      loadBalancerArn: arn('elasticloadbalancing'),
      dnsName: z.string(),
      securityGroupIds: z.array(z.string()).min(1),
      targetGroups: z
        .partialRecord(slotName, arn('elasticloadbalancing'))
        .describe('target groups that exist already; the other slot gets a new one'),
      rules: z.array(adoptedRule).min(1),
    })
    .optional()
    .describe('written by `adopt`: a load balancer that somebody else made'),
  http: z.enum(['forward', 'redirect', 'off']).optional().describe('default: redirect with https, else forward'),
  https: z
    .strictObject({
      certificateArn: arn('acm').describe('in the region of the load balancer'),
      sslPolicy: z.string().default('ELBSecurityPolicy-TLS13-1-2-2021-06'),
    })
    .optional(),
  testerHeader: z
    .strictObject({
      name: z
        .string()
        .regex(/^[A-Za-z0-9-]{1,40}$/)
        .default('X-Kong-Tester'),
      secretArn: arn('secretsmanager').optional().describe('holds the token; made for you when left out'),
      sourceCidrs: z.array(cidr).max(3).default([]).describe('only requests from these ranges (default: any)'),
    })
    .optional()
    .describe(
      'a request with header NAME: SLOT-TOKEN goes to that slot whatever the weights; leave it out after the cutover',
    ),
  admin: z
    .strictObject({
      allowedCidrs: z.array(cidr).optional().describe('who may call the Admin API (default: the VPC)'),
      port: z.int().min(1).max(65535).default(8001).describe('of the internal Admin listener'),
      certificateArn: arn('acm').optional().describe('makes the Admin listener HTTPS'),
    })
    .prefault({}),
  stickinessSeconds: z
    .int()
    .min(1)
    .max(604800)
    .optional()
    .describe(
      'group stickiness of the weighted rule (default: none); with Terraform and weights of the runner it reaches a new rule only',
    ),
  drainSeconds: z.int().min(0).max(110).default(30).describe('deregistration delay of the target groups, 0 to 110'),
  alarms: z
    .strictObject({
      topicArn: arn('sns').optional().describe('is told of every alarm'),
      errorShare: z.number().gt(0).lte(1).default(0.01).describe('share of target 5xx that alarms, 0 to 1'),
      p99Seconds: z.number().gt(0).default(2).describe('99th percentile of target response time that alarms, seconds'),
    })
    .prefault({}),
});

const size = z.strictObject({
  count: z.int().min(1).max(1000).default(2).describe('Kong nodes at the start'),
  min: z.int().min(1).max(1000).optional().describe('autoscaling floor (default: count)'),
  max: z.int().min(1).max(1000).optional().describe('autoscaling ceiling (default: 3 × count)'),
  cpu: z.literal([256, 512, 1024, 2048, 4096, 8192, 16384]).default(1024).describe('Fargate CPU units'),
  memoryMib: z.int().min(512).max(122880).default(2048).describe('Fargate memory, MiB'),
});

const databaseSize = {
  instanceClass: z
    .string()
    .regex(/^db\./, 'an RDS instance class such as db.t4g.medium')
    .optional()
    .describe('RDS instance class (default: new db.t4g.medium, restored as its source)'),
  allocatedStorageGib: z.int().min(20).max(65536).optional().describe('GiB (default: new 100, restored as its source)'),
  storageType: z.enum(['gp2', 'gp3', 'io1', 'io2']).optional().describe('default: new gp3, restored as its source'),
  iops: z.int().min(1000).optional().describe('for io1 and io2; for gp3 from 400 GiB on'),
  multiAz: z.boolean().optional().describe('a standby in a second zone (default: new true, restored as its source)'),
};
const datastore = z.union([
  z.strictObject({
    new: z.strictObject({
      ...databaseSize,
      engineVersion: z
        .string()
        .regex(/^\d+(\.\d+)?$/, 'a PostgreSQL version such as 15.18')
        .default('15'),
      databaseName: z.string().default('kong'),
      username: z.string().default('kong'),
    }),
  }),
  z.strictObject({
    snapshot: z.strictObject({
      ...databaseSize,
      id: z.string().describe('snapshot identifier or ARN; must be the one in dual-cluster.lock.json'),
    }),
  }),
  z.strictObject({
    pointInTime: z.strictObject({
      ...databaseSize,
      time: z
        .string()
        .regex(/^(latest|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z)$/, 'latest, or a time such as 2026-11-22T10:15:00Z')
        .describe(
          "of the other slot's data: the one in dual-cluster.lock.json, UTC; or latest: what RDS can restore at the deployment",
        ),
    }),
  }),
  z.strictObject({
    existing: z.strictObject({
      identifier: z.string().describe('DBInstanceIdentifier'),
      host: z.string(),
      port: z.int().min(1).max(65535).default(5432),
      databaseName: z.string().default('kong'),
      username: z.string().default('kong'),
      password: secretRef,
      securityGroupId: z.string().describe('of the database; the nodes are let into it'),
      tls: z.boolean().default(true).describe('Kong encrypts its connection'),
      ...databaseSize,
    }),
  }),
]);

const slotSettings = z.strictObject({
  version: z.string().describe('Kong version: 2.8, 3.4.2 or, for Enterprise, 3.4.3.12'),
  edition: z.enum(['oss', 'enterprise']).default('oss').describe('decides the default image'),
  image: z.string().optional().describe('container image (default: kong:VERSION or kong/kong-gateway:VERSION)'),
  stops: z
    .array(
      z.strictObject({
        version: z.string().describe('Kong version of the stop'),
        edition: z.enum(['oss', 'enterprise']).optional().describe("default: the slot's"),
        image: z.string().optional().describe('container image (default: by edition and version)'),
      }),
    )
    .default([])
    .describe(
      "versions between the restored data's and this one, in order: each migrates the copy with its own image, none serves",
    ),
  size: size.prefault({}),
  environment: z
    .record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string())
    .default({})
    .describe('variables of the nodes, for example KONG_LOG_LEVEL; never a secret'),
  secrets: z
    .record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), secretRef)
    .default({})
    .describe('variables of the nodes from Secrets Manager: secretArn and, of a JSON secret, field'),
  datastore,
  migrations: z
    .enum(['task', 'manual'])
    .default('task')
    .describe('task: during the deployment; manual: desired count 0 until `migrate`'),
  logRetentionDays: z.literal([1, 3, 5, 7, 14, 30, 60, 90, 180, 365]).default(30).describe('days'),
  adopted: z
    .strictObject({
      platform: z.enum(['ecs', 'other']),
      clusterName: z.string().optional(),
      serviceName: z.string().optional(),
      nodes: z.int().min(0).describe('running nodes when `adopt` looked'),
    })
    .optional()
    .describe('written by `adopt`: nodes that somebody else made; no stack is made for this slot'),
});

/** Its presence says which of the two backends deploys: a system has one for good. */
const terraform = z.strictObject({
  state: z
    .strictObject({
      s3: z.strictObject({
        bucket: z
          .string()
          .describe('existing bucket that holds the states, versioned (default: files beside this one)'),
        region: z.string().optional().describe("region of the bucket (default: the settings', then the credentials')"),
        keyPrefix: z.string().optional().describe('before the key NAME-edge.tfstate (default: kong-dual-cluster)'),
        kmsKeyId: z.string().optional().describe("KMS key that encrypts the states (default: the bucket's own way)"),
      }),
    })
    .optional(),
});

export const settingsSchema = z.strictObject({
  name: z
    .string()
    // It begins a DBInstanceIdentifier, without two dashes in a row and one at the end (RDS API), and the names of security
    // groups, which no `sg-` begins (EC2 API, CreateSecurityGroup).
    .regex(
      /^(?!.*--)(?!sg(-|$))[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/,
      'lower-case letters, digits and single dashes, 30 at most, but not sg and not sg-…',
    )
    .describe('prefix of the stacks'),
  account: z
    .string()
    .regex(/^\d{12}$/, 'twelve digits')
    .optional()
    .describe('AWS account, twelve digits (default: the one the credentials mean)'),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'an AWS region such as eu-central-1')
    .optional()
    .describe('AWS region (default: the one the credentials mean)'),
  live: slotName.describe('the slot that takes the traffic; read only when a weighted rule is first made'),
  weightOwnership: z
    .enum(['runner', 'template'])
    .default('runner')
    .describe('who moves the weights; with runner no deploy touches them'),
  weights: z.strictObject({ blue: weight, green: weight }).optional().describe('only with weightOwnership: template'),
  terraform: terraform
    .optional()
    .describe(
      'Terraform deploys this system; left out: CloudFormation. `{}` keeps the states in files beside this one',
    ),
  network,
  edge: edge.prefault({}),
  configWrites: z
    .enum(['freeze', 'dualApply'])
    .default('freeze')
    .describe('during an upgrade: freeze: none; dualApply: you make every change on both slots'),
  shift: shift.prefault({}).describe('how `shift start` moves the traffic'),
  slots: z.strictObject({ blue: slotSettings.optional(), green: slotSettings.optional() }),
});

/** Settings after defaults. */
export type Settings = z.output<typeof settingsSchema>;
/** Settings as a person writes them. */
export type SettingsInput = z.input<typeof settingsSchema>;
export type SlotSettings = z.output<typeof slotSettings>;
export type AdoptedRule = z.output<typeof adoptedRule>;
export type SecretRef = z.output<typeof secretRef>;

/** What `snapshot` writes about the data that a slot's database is made from. */
const lockedSource = z.strictObject({
  sourceSlot: slotName,
  sourceIdentifier: z.string().describe('DBInstanceIdentifier of the database that is restored'),
  sourceResourceId: z.string().describe('DbiResourceId of that database'),
  kongVersion: z.string().describe('Kong version that wrote the data'),
  account: z.string(),
  region: z.string(),
  engine: z.string(),
  engineVersion: z.string(),
  instanceClass: z.string(),
  allocatedStorageGib: z.int(),
  storageType: z.string(),
  iops: z.int().optional(),
  multiAz: z.boolean(),
  encrypted: z.boolean(),
  kmsKeyId: z.string().optional(),
  databaseName: z.string(),
  username: z.string(),
  takenAt: z.string().describe('time that the data are of, ISO 8601'),
  /** Running nodes of the source slot when `snapshot` looked; green may not be smaller. */
  runningNodes: z.int().min(0),
});

const lockedSnapshot = z.strictObject({ id: z.string(), arn: z.string(), ...lockedSource.shape });
/** Of one way to restore there is an entry, never of two. */
const lockedSlot = z
  .strictObject({ snapshot: lockedSnapshot.optional(), pointInTime: lockedSource.optional() })
  .refine(({ snapshot, pointInTime }) => (snapshot === undefined) !== (pointInTime === undefined), {
    error: 'must have one of snapshot and pointInTime',
  });

/** `dual-cluster.lock.json`: committed, written by `snapshot`; synth refuses settings that differ from it. */
export const lockSchema = z.strictObject({
  lockVersion: z.literal(1),
  slots: z.strictObject({
    blue: lockedSlot.optional(),
    green: lockedSlot.optional(),
  }),
});
export type Lock = z.output<typeof lockSchema>;
export type LockedSnapshot = z.output<typeof lockedSnapshot>;
export type LockedSlot = z.output<typeof lockedSlot>;
/** Of a snapshot or a point in time. */
export type LockedSource = z.output<typeof lockedSource>;
export const EMPTY_LOCK: Lock = { lockVersion: 1, slots: {} };
