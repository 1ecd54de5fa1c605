import type { ResourceTypeName } from './provider-schema';
import type { ResourceType } from './resource-type';
import * as balancing from './types/balancing';
import * as containers from './types/containers';
import * as database from './types/database';
import * as functions from './types/functions';
import * as identity from './types/identity';
import * as network from './types/network';
import * as secrets from './types/secrets';
import * as watching from './types/watching';

export const RESOURCES: { readonly [type in ResourceTypeName]: ResourceType } = {
  aws_appautoscaling_policy: containers.scalingPolicy,
  aws_appautoscaling_target: containers.scalingTarget,
  aws_cloudwatch_dashboard: watching.dashboard,
  aws_cloudwatch_event_rule: functions.eventRule,
  aws_cloudwatch_event_target: functions.eventTarget,
  aws_cloudwatch_log_group: watching.logGroup,
  aws_cloudwatch_metric_alarm: watching.metricAlarm,
  aws_db_instance: database.dbInstance,
  aws_db_parameter_group: database.parameterGroup,
  aws_db_subnet_group: database.subnetGroup,
  aws_dynamodb_table: functions.table,
  aws_ecs_cluster: containers.cluster,
  aws_ecs_service: containers.service,
  aws_ecs_task_definition: containers.taskDefinition,
  aws_eip: network.eip,
  aws_flow_log: network.flowLog,
  aws_iam_role: identity.role,
  aws_iam_role_policy: identity.rolePolicy,
  aws_internet_gateway: network.internetGateway,
  aws_lambda_function: functions.lambdaFunction,
  aws_lambda_invocation: functions.invocation,
  aws_lb: balancing.loadBalancer,
  aws_lb_listener: balancing.listener,
  aws_lb_listener_rule: balancing.listenerRule,
  aws_lb_target_group: balancing.targetGroup,
  aws_nat_gateway: network.natGateway,
  aws_route: network.route,
  aws_route_table: network.routeTable,
  aws_route_table_association: network.routeTableAssociation,
  aws_secretsmanager_secret: secrets.secret,
  aws_secretsmanager_secret_version: secrets.secretVersion,
  aws_security_group: network.securityGroup,
  aws_sfn_state_machine: functions.stateMachine,
  aws_ssm_parameter: secrets.ssmParameter,
  aws_subnet: network.subnet,
  aws_vpc: network.vpc,
  aws_vpc_security_group_egress_rule: network.egressRule,
  aws_vpc_security_group_ingress_rule: network.ingressRule,
};
