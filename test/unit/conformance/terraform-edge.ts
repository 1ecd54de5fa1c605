import { flowText } from './cloudformation-edge';
import { authenticate, forward, inOrder } from './elb-shapes';
import type { Action, Condition, Findings, Found, Listener, LoadBalancer, Rule, Subnet, TargetGroup } from './meaning';
import type { Paper } from './world';
import { list, marked, ofType, said } from './world';

export function networkOf(paper: Paper): Pick<Findings, 'networks' | 'subnets' | 'natGateways'> {
  return {
    networks: ofType(paper, 'aws_vpc').map(({ at, props }) => ({
      at,
      is: said({
        cidr: props.cidr_block,
        dnsHostnames: props.enable_dns_hostnames ?? false,
        dnsSupport: props.enable_dns_support ?? true,
        internetGateway: ofType(paper, 'aws_internet_gateway').some((gateway) => marked(gateway.props.vpc_id) === at),
        flowLog: ofType(paper, 'aws_flow_log')
          .filter((log) => marked(log.props.vpc_id) === at)
          // The ARN of a log group names the group here, its name in CloudFormation.
          .map((log) => ({
            traffic: log.props.traffic_type,
            role: log.props.iam_role_arn,
            logGroup: String(log.props.log_destination).replace(/\|arn⟧(:\*)?$/, '|name⟧'),
          }))[0],
      }),
    })),
    subnets: ofType(paper, 'aws_subnet').map(({ at, props }) => ({
      at,
      is: {
        network: props.vpc_id,
        zone: props.availability_zone,
        cidr: props.cidr_block,
        publicAddresses: props.map_public_ip_on_launch ?? false,
        routes: routesOf(paper, at),
      },
    })),
    natGateways: ofType(paper, 'aws_nat_gateway').map(({ at, props }) => ({
      at,
      is: {
        subnet: props.subnet_id,
        ownAddress: ofType(paper, 'aws_eip').some((address) => address.at === marked(props.allocation_id)),
      },
    })),
  };
}

function routesOf(paper: Paper, subnet: string): Subnet['routes'] {
  const tables = ofType(paper, 'aws_route_table_association')
    .filter(({ props }) => marked(props.subnet_id) === subnet)
    .map(({ props }) => marked(props.route_table_id));
  return ofType(paper, 'aws_route')
    .filter(({ props }) => tables.includes(marked(props.route_table_id)))
    .map(({ props }) => ({ to: props.destination_cidr_block, through: props.gateway_id ?? props.nat_gateway_id }));
}

export const loadBalancersOf = (paper: Paper): Found<LoadBalancer>[] =>
  ofType(paper, 'aws_lb').map(({ at, props }) => {
    const [logs] = list<any>(props.access_logs);
    return {
      at,
      is: {
        type: props.load_balancer_type ?? 'application',
        scheme: props.internal === true ? 'internal' : 'internet-facing',
        subnets: props.subnets,
        securityGroups: props.security_groups,
        idleTimeoutSeconds: props.idle_timeout ?? 60,
        dropsInvalidHeaders: props.drop_invalid_header_fields ?? false,
        deletionProtection: props.enable_deletion_protection ?? false,
        ...(logs?.enabled === true && { accessLogs: { bucket: logs.bucket, prefix: logs.prefix } }),
      },
    };
  });

export const listenersOf = (paper: Paper): Found<Listener>[] =>
  ofType(paper, 'aws_lb_listener').map(({ at, props }) => ({
    at,
    is: said({
      loadBalancer: props.load_balancer_arn,
      port: props.port,
      protocol: props.protocol ?? 'HTTP',
      certificate: props.certificate_arn,
      sslPolicy: props.ssl_policy,
      otherwise: actionsOf(props.default_action),
    }),
  }));

export const targetGroupsOf = (paper: Paper): Found<TargetGroup>[] =>
  ofType(paper, 'aws_lb_target_group').map(({ at, props }) => {
    const [health] = list<any>(props.health_check);
    return {
      at,
      is: {
        port: props.port,
        protocol: props.protocol,
        targets: props.target_type ?? 'instance',
        network: props.vpc_id,
        drainSeconds: Number(props.deregistration_delay ?? 300),
        sticky: list<any>(props.stickiness)[0]?.enabled ?? false,
        health: {
          protocol: health.protocol ?? 'HTTP',
          port: Number(health.port),
          path: health.path,
          intervalSeconds: health.interval,
          timeoutSeconds: health.timeout,
          healthyCount: health.healthy_threshold,
          unhealthyCount: health.unhealthy_threshold,
          codes: health.matcher,
        },
      },
    };
  });

export const rulesOf = (paper: Paper): Found<Rule>[] =>
  ofType(paper, 'aws_lb_listener_rule').map(({ at, props }) => {
    const lifecycle = list<any>(props.lifecycle)[0] ?? {};
    return {
      at,
      is: {
        listener: props.listener_arn,
        priority: props.priority,
        conditions: conditionsOf(list(props.condition)),
        actions: actionsOf(props.action),
        live: liveOf(list<string>(lifecycle.ignore_changes).sort()),
        kept: lifecycle.prevent_destroy ?? false,
        guarded: false,
      },
    };
  });

function liveOf(ignored: readonly string[]): Rule['live'] {
  const all = ignored.join(' and ');
  if (all === '') return 'nothing';
  if (all === 'action') return 'weights';
  if (all === 'action and condition') return 'conditions and actions';
  throw new Error(`a rule of which ${all} is ignored`);
}

const FIELDS: Readonly<Record<string, string>> = {
  host_header: 'host-header',
  http_header: 'http-header',
  http_request_method: 'http-request-method',
  path_pattern: 'path-pattern',
  query_string: 'query-string',
  source_ip: 'source-ip',
};

function conditionsOf(conditions: readonly any[]): Condition[] {
  return conditions
    .flatMap((condition) =>
      Object.entries(FIELDS).flatMap(([block, field]): Condition[] => {
        const given = list<any>(condition[block]);
        if (given.length === 0) return [];
        if (field === 'query-string') {
          return [
            {
              field,
              values: inOrder(
                given.map(({ key, value }) => ({ ...(key !== undefined && { Key: key }), Value: value })),
              ),
            },
          ];
        }
        const [{ http_header_name: name, values, regex_values: regexes }] = given;
        return [
          {
            field,
            ...(name !== undefined && { name }),
            values: inOrder(values ?? []),
            ...(regexes && { regexes: inOrder(regexes) }),
          },
        ];
      }),
    )
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** In their order, where it is said. */
const actionsOf = (actions: unknown): Action[] =>
  list<any>(actions)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map(actionOf);

function actionOf(action: any): Action {
  switch (action.type) {
    case 'fixed-response': {
      const [response] = list<any>(action.fixed_response);
      const { status_code, content_type, message_body } = response;
      return { kind: 'fixed response', status: String(status_code), contentType: content_type, body: message_body };
    }
    case 'redirect': {
      const [{ protocol, port, status_code }] = list<any>(action.redirect) as [any];
      return { kind: 'redirect', protocol, port: String(port), status: status_code };
    }
    case 'forward': {
      if (action.target_group_arn !== undefined) return forward([[action.target_group_arn, 1]], undefined);
      const [{ target_group, stickiness }] = list<any>(action.forward) as [any];
      const [sticky] = list<any>(stickiness);
      return forward(
        list<any>(target_group).map(({ arn, weight }) => [arn, weight ?? 1]),
        sticky?.enabled === true ? sticky.duration : undefined,
      );
    }
    case 'authenticate-oidc':
      return authenticate('oidc', inPascal(list<any>(action.authenticate_oidc)[0]));
    case 'authenticate-cognito':
      return authenticate('cognito', inPascal(list<any>(action.authenticate_cognito)[0]));
    default:
      throw new Error(`an action of type ${action.type}`);
  }
}

const inPascal = (block: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(block).map(([key, value]) => [
      key.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );

/** A group of Terraform lets nothing out or in that is not said: the provider takes CloudFormation's default rule away. */
export const flowsOf = (paper: Paper): Findings['flows'] =>
  (['in', 'out'] as const).flatMap((direction) =>
    ofType(paper, `aws_vpc_security_group_${direction === 'in' ? 'ingress' : 'egress'}_rule`).map(({ props }) => ({
      flow: flowText(
        direction,
        props.security_group_id,
        other(props),
        props.ip_protocol,
        props.from_port,
        props.to_port,
      ),
      why: props.description,
    })),
  );

const other = (props: any): string => props.cidr_ipv4 ?? props.cidr_ipv6 ?? props.referenced_security_group_id;
