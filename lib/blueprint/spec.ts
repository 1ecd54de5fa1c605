import type { Slot, Weights } from '../traffic/weights';
import type { AdoptedRule, SecretRef } from '../settings/schema';

/**
 * What is decided once for both backends, in plain data. A backend renders it with its own platform's habits and
 * decides nothing that stands here.
 */
export interface SystemSpec {
  readonly name: string;
  readonly account?: string;
  readonly region?: string;
  readonly network: NetworkSpec;
  readonly edge: EdgeSpec;
  /** Slots that the settings name and that this system makes; an adopted slot is not here. */
  readonly slots: Partial<Record<Slot, ClusterSpec>>;
}

export type NetworkSpec =
  | { readonly kind: 'create'; readonly cidr: string; readonly natGateways: number }
  | {
      readonly kind: 'existing';
      readonly vpcId: string;
      readonly cidr: string;
      readonly availabilityZones: string[];
      readonly publicSubnetIds: string[];
      readonly nodeSubnetIds: string[];
      readonly databaseSubnetIds: string[];
    };

/** Ports that every Kong node listens on, on all addresses of its own network interface. */
export const PORTS = { proxy: 8000, admin: 8001, status: 8100, postgres: 5432 } as const;

export interface HealthCheckSpec {
  readonly port: number;
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyCount: number;
  readonly unhealthyCount: number;
  readonly successCodes: string;
}

export interface TargetGroupSpec {
  readonly slot: Slot;
  /** ARN when it exists already (adopted). */
  readonly existingArn?: string;
  readonly port: number;
  readonly health: HealthCheckSpec;
  readonly deregistrationDelaySeconds: number;
}

/** One weighted rule: `conditions` and `actionsBefore` are ELBv2 shapes, verbatim. */
export interface WeightedRuleSpec {
  /** Construct id, stable for the life of the rule: never a role, never a priority. */
  readonly id: string;
  readonly listener: ListenerRef;
  readonly priority: number;
  readonly conditions: readonly Readonly<Record<string, unknown>>[];
  readonly actionsBefore: readonly Readonly<Record<string, unknown>>[];
  readonly oidcClientSecret?: SecretRef;
  readonly stickinessSeconds?: number;
  /** Tester rules of the same conditions plus the header; absent when there is no tester header. */
  readonly testerPriorities?: Readonly<Record<Slot, number>>;
}
export type ListenerRef =
  | { readonly kind: 'own'; readonly protocol: 'http' | 'https' }
  | { readonly kind: 'existing'; readonly arn: string; readonly port: number };

export interface EdgeSpec {
  readonly adopted?: {
    readonly loadBalancerArn: string;
    readonly dnsName: string;
    readonly securityGroupIds: string[];
    readonly rules: AdoptedRule[];
  };
  readonly loadBalancer: {
    readonly scheme: 'internet-facing' | 'internal';
    readonly allowedCidrs: string[];
    readonly deletionProtection: boolean;
    readonly idleTimeoutSeconds: number;
    readonly accessLogsBucket?: string;
  };
  readonly http: 'forward' | 'redirect' | 'off';
  readonly https?: { readonly certificateArn: string; readonly sslPolicy: string };
  readonly targetGroups: Readonly<Record<Slot, TargetGroupSpec>>;
  readonly adminTargetGroups: Readonly<Record<Slot, TargetGroupSpec>>;
  readonly rules: readonly WeightedRuleSpec[];
  readonly weightOwnership: 'runner' | 'template';
  /** Weights a rule is made with: all on the live slot (runner), or the settings' own (template). */
  readonly initialWeights: Weights;
  /** Of the Admin API's rule, which is never split: a write that reached one slot or the other by chance would be on one. */
  readonly adminWeights: Weights;
  readonly testerHeader?: { readonly name: string; readonly secretArn?: string; readonly sourceCidrs: string[] };
  readonly admin: { readonly allowedCidrs: string[]; readonly port: number; readonly certificateArn?: string };
  readonly alarms: { readonly topicArn?: string; readonly errorShare: number; readonly p99Seconds: number };
}

export interface SizeSpec {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly cpu: number;
  readonly memoryMib: number;
}

export interface ClusterSpec {
  /** `<system>-<slot>`, the name of its stack. */
  readonly name: string;
  readonly slot: Slot;
  readonly version: string;
  readonly edition: 'oss' | 'enterprise';
  readonly image: string;
  readonly size: SizeSpec;
  /** `KONG_*` by version; holds no secret. The database's host, user and name are added by the backend. */
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretRef>>;
  readonly datastore: DatastoreSpec;
  readonly migrations: MigrationSpec;
  /** Shell text of the container that must succeed before Kong starts: reads, never migrates. */
  readonly checkScript: string;
  /** Seconds between the stop signal and the kill, at most 120 on Fargate. */
  readonly stopTimeoutSeconds: number;
  readonly logRetentionDays: number;
}

export interface DatabaseSizeSpec {
  readonly instanceClass: string;
  readonly allocatedStorageGib: number;
  readonly storageType: string;
  readonly iops?: number;
  readonly multiAz: boolean;
}
export type DatastoreSpec =
  | (DatabaseSizeSpec & {
      readonly kind: 'new';
      readonly identifier: string;
      readonly engineVersion: string;
      readonly databaseName: string;
      readonly username: string;
    })
  | (DatabaseSizeSpec & {
      readonly kind: 'snapshot';
      readonly identifier: string;
      readonly engineVersion: string;
      readonly databaseName: string;
      readonly username: string;
      readonly snapshotId: string;
      readonly encrypted: boolean;
    })
  | (DatabaseSizeSpec & {
      readonly kind: 'pointInTime';
      readonly identifier: string;
      readonly engineVersion: string;
      readonly databaseName: string;
      readonly username: string;
      /** DBInstanceIdentifier of the database that is restored, in the same account and region. */
      readonly sourceIdentifier: string;
      /** Its DbiResourceId: the same database, whatever has its identifier by then. */
      readonly sourceResourceId: string;
      /** ISO 8601 in UTC, whole seconds; absent: the latest time that RDS can restore when it makes the instance. */
      readonly restoreTime?: string;
      readonly encrypted: boolean;
    })
  | {
      readonly kind: 'existing';
      readonly identifier: string;
      readonly host: string;
      readonly port: number;
      readonly databaseName: string;
      readonly username: string;
      readonly password: SecretRef;
      readonly securityGroupId: string;
      readonly tls: boolean;
    };

export interface MigrationSpec {
  /** task: one one-off task during the deployment; manual: desired count 0 until `migrate`; none: an existing database. */
  readonly mode: 'task' | 'manual' | 'none';
  /** bootstrap a new database, or upgrade a restored one through each stop in order. */
  readonly kind: 'bootstrap' | 'upgrade';
  readonly stops: readonly { readonly version: string; readonly image: string; readonly script: string }[];
  readonly environment: Readonly<Record<string, string>>;
  /** DBInstanceIdentifiers that belong to the other slot; a migration that finds itself there refuses. */
  readonly forbiddenIdentifiers: readonly string[];
}
