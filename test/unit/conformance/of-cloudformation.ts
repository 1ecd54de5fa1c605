import { cloudFormationOnPaper } from './cloudformation-paper';
import { alarmsOf, dashboardsOf, eventRulesOf, functionsOf, machinesOf, tablesOf } from './cloudformation-watch';
import { rolesOf } from './cloudformation-permissions';
import { flowsOf, listenersOf, loadBalancersOf, networkOf, rulesOf, targetGroupsOf } from './cloudformation-edge';
import {
  autoscalingOf,
  databasesOf,
  launchesOf,
  migrationsOf,
  secretsOf,
  servicesOf,
  taskDefinitionsOf,
} from './cloudformation-slot';
import type { Findings } from './meaning';
import { list, ofType } from './world';

interface Setting {
  readonly Name: string;
  readonly Value: string;
}

/** What templates mean, by the names of the stacks. */
export function ofCloudFormation(templates: Parameters<typeof cloudFormationOnPaper>[0]): Findings {
  const paper = cloudFormationOnPaper(templates);
  return {
    ...networkOf(paper),
    loadBalancers: loadBalancersOf(paper),
    listeners: listenersOf(paper),
    targetGroups: targetGroupsOf(paper),
    rules: rulesOf(paper),
    securityGroups: ofType(paper, 'AWS::EC2::SecurityGroup').map(({ at, props }) => ({
      at,
      is: { description: props.GroupDescription, network: props.VpcId },
    })),
    flows: flowsOf(paper),
    clusters: ofType(paper, 'AWS::ECS::Cluster').map(({ at, props }) => ({
      at,
      is: { settings: Object.fromEntries(props.ClusterSettings.map((one: Setting) => [one.Name, one.Value])) },
    })),
    taskDefinitions: taskDefinitionsOf(paper),
    services: servicesOf(paper),
    autoscaling: autoscalingOf(paper),
    databases: databasesOf(paper),
    secrets: secretsOf(paper),
    migrations: migrationsOf(paper),
    launches: launchesOf(paper),
    // `Custom::KongLaunch` asks when it is deleted.
    guards: [],
    alarms: alarmsOf(paper),
    dashboards: dashboardsOf(paper),
    tables: tablesOf(paper),
    machines: machinesOf(paper),
    eventRules: eventRulesOf(paper),
    functions: functionsOf(paper),
    logGroups: ofType(paper, 'AWS::Logs::LogGroup').map(({ at, props }) => ({
      at,
      is: { days: props.RetentionInDays, atTheEnd: props.DeletionPolicy === 'Retain' ? 'kept' : 'deleted' },
    })),
    roles: rolesOf(paper),
    policies: ofType(paper, 'AWS::IAM::Policy').map(({ at, props }) => ({ at, roles: list<string>(props.Roles) })),
    outputs: paper.outputs,
    after: Object.fromEntries(paper.made.map(({ at, after }) => [at, after])),
  };
}
