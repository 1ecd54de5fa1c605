import type { TerraformJson } from '../cdktf/synth';
import { trustsOf, linesOf } from './cloudformation-permissions';
import type { Findings } from './meaning';
import { flowsOf, listenersOf, loadBalancersOf, networkOf, rulesOf, targetGroupsOf } from './terraform-edge';
import { stepsBetween, terraformOnPaper } from './terraform-paper';
import {
  autoscalingOf,
  databasesOf,
  guardsOf,
  launchesOf,
  migrationsOf,
  secretsOf,
  servicesOf,
  taskDefinitionsOf,
} from './terraform-slot';
import { alarmsOf, dashboardsOf, eventRulesOf, functionsOf, machinesOf, tablesOf } from './terraform-watch';
import { list, marked, ofType } from './world';

/** What stacks of Terraform mean, by their names. */
export function ofTerraform(stacks: Readonly<Record<string, TerraformJson>>): Findings {
  const paper = terraformOnPaper(stacks);
  const policies = ofType(paper, 'aws_iam_role_policy');
  return {
    ...networkOf(paper),
    loadBalancers: loadBalancersOf(paper),
    listeners: listenersOf(paper),
    targetGroups: targetGroupsOf(paper),
    rules: rulesOf(paper),
    securityGroups: ofType(paper, 'aws_security_group').map(({ at, props }) => ({
      at,
      is: { description: props.description, network: props.vpc_id },
    })),
    flows: flowsOf(paper),
    clusters: ofType(paper, 'aws_ecs_cluster').map(({ at, props }) => ({
      at,
      is: {
        settings: Object.fromEntries(
          list<{ name: string; value: string }>(props.setting).map(({ name, value }) => [name, value]),
        ),
      },
    })),
    taskDefinitions: taskDefinitionsOf(paper),
    services: servicesOf(paper),
    autoscaling: autoscalingOf(paper),
    databases: databasesOf(paper),
    secrets: secretsOf(paper, stacks),
    migrations: migrationsOf(paper),
    launches: launchesOf(paper),
    guards: guardsOf(paper),
    alarms: alarmsOf(paper),
    dashboards: dashboardsOf(paper),
    tables: tablesOf(paper),
    machines: machinesOf(paper),
    eventRules: eventRulesOf(paper),
    functions: functionsOf(paper),
    logGroups: ofType(paper, 'aws_cloudwatch_log_group').map(({ at, props }) => ({
      at,
      is: { days: props.retention_in_days, atTheEnd: props.skip_destroy === true ? 'kept' : 'deleted' },
    })),
    roles: ofType(paper, 'aws_iam_role').map(({ at, props }) => ({
      at,
      is: {
        trusts: list(JSON.parse(props.assume_role_policy).Statement).flatMap(trustsOf).sort(),
        may: policies
          .filter((policy) => marked(policy.props.role) === at)
          .flatMap((policy) => linesOf(JSON.parse(policy.props.policy)))
          .sort(),
      },
    })),
    policies: policies.map(({ at, props }) => ({ at, roles: [props.role] })),
    outputs: paper.outputs,
    after: { ...Object.fromEntries(paper.made.map(({ at, after }) => [at, after])), ...stepsBetween(stacks) },
  };
}
