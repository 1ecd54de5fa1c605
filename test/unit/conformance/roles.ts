import type { Findings, Found, Meaning } from './meaning';
import { MARK, marked, marksIn } from './world';

/**
 * What each resource is for, told by what uses it and never by its id: a target group is the one that the stack
 * publishes as green's, a role is the role of what runs with it. One place for both formats.
 */
export function meaningOf(found: Findings): Meaning {
  const names = namesOf(found);
  const named = (at: string): string => names.get(at) ?? `unexplained ${at}`;
  const inWords = <T>(value: T): T => replaced(value, named) as T;
  const keyed = (all: readonly Found<unknown>[]): Record<string, unknown> => {
    const entries = all.map(({ at, is }) => [named(at), inWords(is)] as const);
    const twice = entries.map(([name]) => name).find((name, index, every) => every.indexOf(name) !== index);
    if (twice !== undefined) throw new Error(`two resources are the ${twice}: ${all.map(({ at }) => at).join(', ')}`);
    return Object.fromEntries(entries);
  };
  return {
    network: keyed([...found.networks, ...found.subnets, ...found.natGateways]),
    'load balancers': keyed(found.loadBalancers),
    listeners: keyed(found.listeners),
    'target groups': keyed(found.targetGroups),
    rules: keyed(found.rules),
    'security groups': keyed(found.securityGroups),
    flows: Object.fromEntries(found.flows.map(({ flow, why }) => [inWords(flow), why])),
    tasks: keyed([...found.clusters, ...found.taskDefinitions]),
    services: keyed(found.services),
    autoscaling: keyed(found.autoscaling),
    databases: keyed(found.databases),
    secrets: keyed(found.secrets),
    migrations: keyed(found.migrations),
    launch: keyed([...found.launches, ...found.guards]),
    alarms: keyed(found.alarms),
    dashboard: keyed(found.dashboards),
    table: keyed(found.tables),
    machines: keyed(found.machines),
    events: keyed(found.eventRules),
    functions: keyed(found.functions),
    logs: keyed(found.logGroups),
    permissions: Object.fromEntries(
      found.roles.flatMap(({ at, is }) =>
        [...is.trusts.map((line) => `trusts: ${line}`), ...is.may.map((line) => `may: ${line}`)].map((line) => [
          `${named(at)} ${inWords(line)}`,
          true,
        ]),
      ),
    ),
    outputs: Object.fromEntries(
      Object.entries(found.outputs).flatMap(([stack, outputs]) =>
        Object.entries(outputs).map(([name, value]) => [`${stack} ${name}`, inWords(value)]),
      ),
    ),
    order: orderOf(found, named),
  };
}

function replaced(value: unknown, named: (at: string) => string): unknown {
  if (typeof value === 'string') {
    return value.replace(MARK, (_, at: string, attribute: string) => `<${named(at)}: ${attribute}>`);
  }
  if (Array.isArray(value)) return value.map((each) => replaced(each, named));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [replaced(key, named) as string, replaced(each, named)]),
  );
}

function namesOf(found: Findings): Map<string, string> {
  const names = new Map<string, string>([
    ['edge', 'stack edge'],
    ['blue', 'stack blue'],
    ['green', 'stack green'],
  ]);
  /** The first name that fits: several may use one role or log group. */
  const name = (what: unknown, as: string): void => {
    const at = marksIn(what)[0];
    if (at !== undefined && !names.has(at)) names.set(at, as);
  };
  const nameAll = (all: readonly Found<unknown>[], as: (at: string) => string): void => {
    for (const { at } of all) if (!names.has(at)) names.set(at, as(at));
  };
  const slot = (at: string): string => at.split('/')[0]!;
  const edge = found.outputs.edge ?? {};

  nameAll(found.networks, () => 'network');
  const nats = new Set(found.natGateways.map(({ at }) => at));
  for (const { at, is } of found.subnets) {
    const through = is.routes.map((route) => marked(route.through));
    for (const gateway of through) if (!nats.has(gateway)) name(`⟦${gateway}|id⟧`, 'internet gateway');
    const tier =
      through.length === 0 ? 'isolated' : through.some((gateway) => nats.has(gateway)) ? 'private' : 'public';
    names.set(at, `subnet ${tier} ${is.zone}`);
  }
  for (const { at, is } of found.natGateways) names.set(at, `nat gateway in ${names.get(marked(is.subnet))}`);

  name(edge.LoadBalancerArn, 'load balancer proxy');
  nameAll(found.loadBalancers, () => 'load balancer admin');
  for (const { at, is } of found.loadBalancers)
    for (const group of is.securityGroups) name(group, `group of ${names.get(at)}`);
  for (const { at, is } of found.listeners) names.set(at, `listener ${names.get(marked(is.loadBalancer))} ${is.port}`);
  name(edge.BlueTargetGroupArn, 'target group blue proxy');
  name(edge.GreenTargetGroupArn, 'target group green proxy');
  name(edge.BlueAdminTargetGroupArn, 'target group blue admin');
  name(edge.GreenAdminTargetGroupArn, 'target group green admin');
  for (const { at, is } of found.rules) {
    const [listener] = marksIn(is.listener);
    names.set(at, `rule ${is.priority} of ${listener ? names.get(listener) : is.listener}`);
  }
  for (const { at, is } of found.securityGroups) {
    const nodes = /nodes of the (blue|green) slot/.exec(is.description);
    if (nodes) names.set(at, `group of nodes ${nodes[1]}`);
  }

  nameAll(found.clusters, (at) => `cluster ${slot(at)}`);
  nameAll(found.services, (at) => `service ${slot(at)}`);
  nameAll(found.autoscaling, (at) => `autoscaling ${slot(at)}`);
  nameAll(found.databases, (at) => `database ${slot(at)}`);
  nameAll(found.migrations, (at) => `migrations ${slot(at)}`);
  for (const { at, is } of found.launches) names.set(at, `${'Count' in is ? 'launch' : 'idle'} ${slot(at)}`);
  nameAll(found.guards, (at) => `guard ${slot(at)}`);
  for (const { at, is } of found.databases) {
    for (const group of is.securityGroups) name(group, `group of database ${slot(at)}`);
    name(is.password, `secret of database ${slot(at)}`);
  }
  for (const { at, is } of found.services) name(is.taskDefinition, `nodes ${slot(at)}`);
  for (const stack of ['edge', 'blue', 'green']) name(found.outputs[stack]?.StateId, `state of ${stack}`);
  for (const stack of ['blue', 'green']) {
    const outputs = found.outputs[stack];
    for (const [index, at] of marksIn(outputs?.MigrationTaskDefinitionArn).entries()) {
      name(`⟦${at}|arn⟧`, `stop ${index + 1} ${stack}`);
    }
    name(outputs?.MigrationSecurityGroupId, `group of migrations ${stack}`);
    name(outputs?.MigrationLogGroupName, `logs of migrations ${stack}`);
  }
  name(edge.TesterSecretArn, 'secret of the tester header');

  const alarms = JSON.parse((edge.AlarmNames as string | undefined) ?? '{}') as Record<string, string[]>;
  for (const [watched, its] of Object.entries(alarms)) {
    for (const [index, alarm] of its.entries()) name(alarm, `alarm ${watched} ${index + 1}`);
  }
  nameAll(found.dashboards, () => 'dashboard');
  nameAll(found.tables, () => 'table');
  name(edge.ShiftMachineArn, 'shift machine');
  name(edge.RollbackMachineArn, 'rollback machine');
  nameAll(found.machines, (at) => `machine of CDK's framework ${slot(at)}`);
  nameAll(found.eventRules, () => 'event rule');
  for (const { at, is } of found.functions) {
    const stack = slot(at);
    if ('LOAD_BALANCER_ARN' in is.environment) names.set(at, 'gates function');
    else if (is.handler.startsWith('framework.')) names.set(at, `function of CDK's framework ${is.handler} ${stack}`);
    else names.set(at, stack === 'edge' ? 'rules function' : `handler ${is.handler} ${stack}`);
  }

  // A role and a log group are named by what they are used for.
  name(edge.SchedulerRoleArn, 'role of the dead-man timer');
  for (const { at, is } of [...found.machines]) name(is.role, `role of ${names.get(at)}`);
  for (const { at, is } of found.functions) {
    // What runs with a slot's rights differs by design (one function or two), the rights do not.
    const who = names.get(at)!.replace(/^handler \S+ /, 'the handler ');
    name(is.role, `role of ${who}`);
    name(is.logGroup, `logs of ${who}`);
  }
  for (const { at, is } of found.taskDefinitions) {
    name(is.executionRole, `execution role of ${names.get(at)}`);
    name(is.taskRole, `task role of ${names.get(at)}`);
    for (const { logs } of Object.values(is.containers)) name(logs['awslogs-group'], `logs of ${names.get(at)}`);
  }
  for (const { is } of found.eventRules)
    for (const target of is.targets) name((target as { role: unknown }).role, 'role of the event rule');
  for (const { is } of found.networks) name(is.flowLog?.logGroup, 'logs of the network');
  for (const { at, is } of found.roles) {
    if (!names.has(at)) names.set(at, `role of ${/\S+\.amazonaws\.com/.exec(is.trusts.join())?.[0] ?? 'nobody'}`);
  }
  return names;
}

/** What a step of a deployment waits for, however far back: the steps themselves, and the rights they need. */
function orderOf(found: Findings, named: (at: string) => string): Record<string, unknown> {
  const steps = [
    ...found.databases,
    ...found.migrations,
    ...found.services,
    ...found.autoscaling,
    ...found.launches,
    ...found.guards,
    ...found.machines,
  ].map(({ at }) => at);
  return Object.fromEntries(
    steps.map((step) => {
      const before = allBefore(step, found.after);
      const rights = found.policies.filter(({ at }) => before.has(at)).flatMap(({ roles }) => roles.map(marked));
      return [
        `${named(step)} waits for`,
        Object.fromEntries([
          ...steps.filter((other) => other !== step && before.has(other)).map((other) => [named(other), true]),
          ...rights.map((role) => [`rights of ${named(role)}`, true]),
        ]),
      ];
    }),
  );
}

function allBefore(at: string, after: Findings['after']): Set<string> {
  const seen = new Set<string>();
  const open = [at];
  while (open.length > 0) {
    for (const before of after[open.pop()!] ?? []) {
      if (seen.has(before)) continue;
      seen.add(before);
      open.push(before);
    }
  }
  return seen;
}
