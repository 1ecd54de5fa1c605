/**
 * What a system comes to, in plain data and in words that are neither CloudFormation's nor Terraform's. Resources are
 * named by what they are for (`target group green proxy`), wherever they are named at all: see roles.ts.
 */
export interface Network {
  readonly cidr: string;
  readonly dnsHostnames: boolean;
  readonly dnsSupport: boolean;
  readonly internetGateway: boolean;
  readonly flowLog?: { readonly traffic: string; readonly logGroup: string; readonly role: string };
}
export interface Subnet {
  readonly network: string;
  readonly zone: string;
  readonly cidr: string;
  readonly publicAddresses: boolean;
  /** Of its own route table, beside the local one. */
  readonly routes: readonly { readonly to: string; readonly through: string }[];
}
export interface NatGateway {
  readonly subnet: string;
  readonly ownAddress: boolean;
}
export interface LoadBalancer {
  readonly type: string;
  readonly scheme: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly idleTimeoutSeconds: number;
  readonly dropsInvalidHeaders: boolean;
  readonly deletionProtection: boolean;
  readonly accessLogs?: { readonly bucket: string; readonly prefix: string };
}
export type Action =
  | { readonly kind: 'fixed response'; readonly status: string; readonly contentType: string; readonly body: string }
  | { readonly kind: 'redirect'; readonly protocol: string; readonly port: string; readonly status: string }
  | { readonly kind: 'authenticate'; readonly with: string; readonly settings: Readonly<Record<string, unknown>> }
  | {
      readonly kind: 'forward';
      readonly weights: Readonly<Record<string, number>>;
      readonly stickinessSeconds: number | 'none';
    };
export interface Listener {
  readonly loadBalancer: string;
  readonly port: number;
  readonly protocol: string;
  readonly certificate?: string;
  readonly sslPolicy?: string;
  readonly otherwise: readonly Action[];
}
export interface TargetGroup {
  readonly port: number;
  readonly protocol: string;
  readonly targets: string;
  readonly network: string;
  readonly drainSeconds: number;
  readonly sticky: boolean;
  readonly health: {
    readonly protocol: string;
    readonly port: number;
    readonly path: string;
    readonly intervalSeconds: number;
    readonly timeoutSeconds: number;
    readonly healthyCount: number;
    readonly unhealthyCount: number;
    readonly codes: string;
  };
}
export interface Condition {
  readonly field: string;
  readonly name?: string;
  readonly values: readonly unknown[];
  readonly regexes?: readonly unknown[];
}
export interface Rule {
  readonly listener: string;
  readonly priority: number;
  readonly conditions: readonly Condition[];
  readonly actions: readonly Action[];
  /** What is changed live, and by no deployment. */
  readonly live: 'weights' | 'conditions and actions' | 'nothing';
  /** Its deletion is refused (while it is needed). */
  readonly kept: boolean;
  /** An update whose live weights are neither the old nor the new ones is refused. */
  readonly guarded: boolean;
}
export interface Container {
  readonly image: string;
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
  readonly after: readonly string[];
  readonly essential: boolean;
  readonly startTimeoutSeconds: number | 'default';
  readonly stopTimeoutSeconds: number | 'default';
  readonly limits: readonly string[];
  readonly readOnlyRoot: boolean;
  readonly logs: Readonly<Record<string, string>>;
}
export interface TaskDefinition {
  readonly cpu: number;
  readonly memoryMib: number;
  readonly networkMode: string;
  readonly compatibilities: readonly string[];
  readonly executionRole: string;
  readonly taskRole: string;
  readonly containers: Readonly<Record<string, Container>>;
}
export interface Cluster {
  readonly settings: Readonly<Record<string, string>>;
}
export interface Service {
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly launchType: string;
  readonly countAtFirst: number;
  readonly countIsLive: boolean;
  readonly minimumPercent: number;
  readonly maximumPercent: number;
  readonly circuitBreaker: { readonly on: boolean; readonly rollsBack: boolean };
  readonly graceSeconds: number;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly publicAddresses: boolean;
  readonly targets: Readonly<Record<string, string>>;
  readonly tags: { readonly propagatedFrom: string; readonly managed: boolean };
  readonly execute: boolean;
  /** A deployment ends when its nodes run, and fails when they do not. */
  readonly waitsForNodes: boolean;
}
export interface Autoscaling {
  readonly of: string;
  readonly policy: string;
  readonly dimension: string;
  readonly min: number;
  /** A floor that a shift raised is left alone until the settings say another. */
  readonly minIsLive: boolean;
  readonly max: number;
  readonly metric: string;
  readonly target: number;
  readonly outCooldownSeconds: number;
  readonly inCooldownSeconds: number;
}
export interface Database {
  readonly identifier: string;
  readonly class: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly storageGib: number;
  readonly storageType: string;
  readonly iops: number | 'default';
  readonly multiAz: boolean;
  readonly encryption: string;
  readonly port: number;
  readonly databaseName: string;
  readonly username: string;
  readonly password: string;
  readonly source: string;
  readonly backupDays: number;
  readonly tagsOnSnapshots: boolean;
  readonly minorUpgrades: boolean;
  readonly publiclyReachable: boolean;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly family: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly atTheEnd: string;
  /** What would put another instance in its place. */
  readonly replacement: string;
  readonly deletionProtection: string;
}
export interface Secret {
  readonly length: number;
  readonly excluded: string;
  /** JSON with these fields, or the text alone. */
  readonly holds: Readonly<Record<string, string>> | 'the text';
}
export interface Alarm {
  readonly description: string;
  readonly operator: string;
  readonly threshold: number;
  readonly periods: number;
  readonly datapoints: number;
  readonly missing: string;
  readonly measured: unknown;
  readonly actions: readonly string[];
}
export interface Table {
  readonly key: Readonly<Record<string, string>>;
  readonly billing: string;
  readonly atTheEnd: string;
  readonly pointInTimeRecovery: boolean;
}
export interface Machine {
  readonly definition: unknown;
  readonly role: string;
  readonly type: string;
}
export interface EventRule {
  readonly description: string;
  readonly pattern: unknown;
  readonly targets: readonly unknown[];
}
export interface Fn {
  readonly handler: string;
  readonly runtime: string;
  readonly memoryMib: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly role: string;
  readonly logGroup: string;
}
export interface LogGroup {
  readonly days: number;
  readonly atTheEnd: 'kept' | 'deleted';
}
/** What a handler is asked to do while a slot is deployed. */
export type Order = Readonly<Record<string, unknown>>;

/** Facts about a resource, and where it stands in its own format. */
export interface Found<T> {
  readonly at: string;
  readonly is: T;
}

/** Before roles: resources still by their own format's names. */
export interface Findings {
  readonly networks: readonly Found<Network>[];
  readonly subnets: readonly Found<Subnet>[];
  readonly natGateways: readonly Found<NatGateway>[];
  readonly loadBalancers: readonly Found<LoadBalancer>[];
  readonly listeners: readonly Found<Listener>[];
  readonly targetGroups: readonly Found<TargetGroup>[];
  readonly rules: readonly Found<Rule>[];
  readonly securityGroups: readonly Found<{ readonly description: string; readonly network: string }>[];
  /** `into ⟦group⟧ from ⟦group⟧: tcp 8000`, and what for. */
  readonly flows: readonly { readonly flow: string; readonly why: string }[];
  readonly clusters: readonly Found<Cluster>[];
  readonly taskDefinitions: readonly Found<TaskDefinition>[];
  readonly services: readonly Found<Service>[];
  readonly autoscaling: readonly Found<Autoscaling>[];
  readonly databases: readonly Found<Database>[];
  readonly secrets: readonly Found<Secret>[];
  readonly migrations: readonly Found<Order>[];
  readonly launches: readonly Found<Order>[];
  /** What refuses the deletion of a slot that carries traffic, where that is a step of its own. */
  readonly guards: readonly Found<Order>[];
  readonly alarms: readonly Found<Alarm>[];
  readonly dashboards: readonly Found<unknown>[];
  readonly tables: readonly Found<Table>[];
  readonly machines: readonly Found<Machine>[];
  readonly eventRules: readonly Found<EventRule>[];
  readonly functions: readonly Found<Fn>[];
  readonly logGroups: readonly Found<LogGroup>[];
  /** Who may take a role on, and what it may do then: a line for each action and resource. */
  readonly roles: readonly Found<{ readonly trusts: readonly string[]; readonly may: readonly string[] }>[];
  /** What gives a role its rights: a resource of its own in both formats. */
  readonly policies: readonly { readonly at: string; readonly roles: readonly string[] }[];
  readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What each resource comes after, by `at`. */
  readonly after: Readonly<Record<string, readonly string[]>>;
}

/** Aspect -> role -> facts. */
export type Meaning = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
