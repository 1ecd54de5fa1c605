import { isDeepStrictEqual } from 'node:util';
import {
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
  SetRulePrioritiesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Action, Rule, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { resource } from '../by-type';
import { clientOptions, given, list, nameOf, only, optionalText, tagList, text, texts } from '../cloud';
import type { ResourceType } from '../resource-type';
import { same } from '../values';
import type { Value, Values } from '../values';

let made: ElasticLoadBalancingV2Client | undefined;
const client = () => (made ??= new ElasticLoadBalancingV2Client(clientOptions()));

/** Whether what a look asks for is there. */
async function there(look: Promise<unknown>): Promise<Values | undefined> {
  try {
    await look;
    return {};
  } catch (error) {
    if ((error as Error).name.replace(/Exception$/, '').endsWith('NotFound')) return undefined;
    throw error;
  }
}

const attributes = (of: Readonly<Record<string, Value | undefined>>) =>
  Object.entries(of)
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([Key, value]) => ({ Key, Value: String(value as string | number | boolean) }));

const prefixed = (v: Values): Values => ({ name: nameOf(v, 'tf-', 32) });

export const loadBalancer: ResourceType = {
  ...resource({
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    forceNew: ['name', 'name_prefix', 'internal', 'load_balancer_type', 'customer_owned_ipv4_pool'],
    defaults: {
      load_balancer_type: 'application',
      enable_deletion_protection: false,
      enable_http2: true,
      idle_timeout: 60,
      desync_mitigation_mode: 'defensive',
    },
    prepare: (v) => ({ ...prefixed(v), internal: v['internal'] ?? false }),
    properties: (v) =>
      given({
        Name: v['name'],
        Scheme: v['internal'] === true ? 'internal' : 'internet-facing',
        Type: v['load_balancer_type'],
        Subnets: texts(v['subnets']),
        SecurityGroups: texts(v['security_groups']),
        IpAddressType: optionalText(v['ip_address_type']),
        LoadBalancerAttributes: attributes({
          'deletion_protection.enabled': v['enable_deletion_protection'],
          'idle_timeout.timeout_seconds': v['idle_timeout'],
          'routing.http.drop_invalid_header_fields.enabled': v['drop_invalid_header_fields'],
          'routing.http.desync_mitigation_mode': v['desync_mitigation_mode'],
          'routing.http.preserve_host_header.enabled': v['preserve_host_header'],
          'routing.http.xff_client_port.enabled': v['enable_xff_client_port'],
          'routing.http.xff_header_processing.mode': v['xff_header_processing_mode'],
          'client_keep_alive.seconds': v['client_keep_alive'],
        }),
        Tags: tagList(v),
      }),
    made: ({ id, attributes: answer }, v) => ({
      id,
      arn: id,
      arn_suffix: id.split(':loadbalancer/')[1],
      ...(answer['DNSName'] === undefined ? {} : { dns_name: answer['DNSName'] }),
      zone_id: answer['CanonicalHostedZoneID'] ?? v['zone_id'],
      ip_address_type: v['ip_address_type'] ?? 'ipv4',
    }),
  }),
  read: (state) => there(client().send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [text(state['arn'])] }))),
};

export const targetGroup: ResourceType = {
  ...resource({
    type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    forceNew: [
      'name',
      'name_prefix',
      'port',
      'protocol',
      'protocol_version',
      'target_type',
      'vpc_id',
      'ip_address_type',
    ],
    defaults: { target_type: 'instance', slow_start: 0, deregistration_delay: '300' },
    prepare: prefixed,
    properties: (v) => {
      const health = only(v['health_check']);
      const stickiness = only(v['stickiness']);
      return given({
        Name: v['name'],
        Port: v['port'],
        Protocol: v['protocol'],
        ProtocolVersion: optionalText(v['protocol_version']),
        VpcId: v['vpc_id'],
        TargetType: v['target_type'],
        HealthCheckEnabled: health?.['enabled'] ?? true,
        HealthCheckPath: optionalText(health?.['path']),
        HealthCheckPort: optionalText(health?.['port']),
        HealthCheckProtocol: optionalText(health?.['protocol']),
        HealthCheckIntervalSeconds: health?.['interval'],
        HealthCheckTimeoutSeconds: health?.['timeout'],
        HealthyThresholdCount: health?.['healthy_threshold'],
        UnhealthyThresholdCount: health?.['unhealthy_threshold'],
        Matcher: optionalText(health?.['matcher']) && { HttpCode: health?.['matcher'] },
        TargetGroupAttributes: attributes({
          'deregistration_delay.timeout_seconds': v['deregistration_delay'],
          'slow_start.duration_seconds': v['slow_start'],
          'load_balancing.algorithm.type': v['load_balancing_algorithm_type'],
          'stickiness.enabled': stickiness && (stickiness['enabled'] ?? true),
          'stickiness.type': stickiness?.['type'],
          'stickiness.lb_cookie.duration_seconds': stickiness?.['cookie_duration'],
        }),
        Tags: tagList(v),
      });
    },
    made: ({ id }) => ({ id, arn: id, arn_suffix: id.split(':').pop(), load_balancer_arns: [] }),
  }),
  read: (state) => there(client().send(new DescribeTargetGroupsCommand({ TargetGroupArns: [text(state['arn'])] }))),
};

export const listener: ResourceType = {
  ...resource({
    type: 'AWS::ElasticLoadBalancingV2::Listener',
    forceNew: ['load_balancer_arn'],
    properties: (v) =>
      given({
        LoadBalancerArn: v['load_balancer_arn'],
        Port: v['port'],
        Protocol: optionalText(v['protocol']),
        SslPolicy: optionalText(v['ssl_policy']),
        Certificates: text(v['certificate_arn']) ? [{ CertificateArn: v['certificate_arn'] }] : undefined,
        DefaultActions: actions(v['default_action']),
        Tags: tagList(v),
      }),
    made: ({ id }, v) => ({
      id,
      arn: id,
      protocol: text(v['protocol']) || 'HTTP',
      default_action: ordered(v['default_action']),
    }),
  }),
  read: (state) => there(client().send(new DescribeListenersCommand({ ListenerArns: [text(state['arn'])] }))),
};

// --- rules: the one part of a load balancer that others change under Terraform -----------------------------------------

/** Actions of a configuration or state as the API has them. */
function actions(of: Value | undefined): Action[] {
  return list(of).map((action, at) => {
    const forward = only(action['forward']);
    const stickiness = only(forward?.['stickiness']);
    const [fixed, redirect] = [only(action['fixed_response']), only(action['redirect'])];
    const [oidc, cognito] = [only(action['authenticate_oidc']), only(action['authenticate_cognito'])];
    const extra = (from: Values) => ({
      OnUnauthenticatedRequest: optionalText(from['on_unauthenticated_request']),
      Scope: optionalText(from['scope']),
      SessionCookieName: optionalText(from['session_cookie_name']),
      SessionTimeout: from['session_timeout'] || undefined,
      AuthenticationRequestExtraParams: from['authentication_request_extra_params'],
    });
    return given({
      Type: action['type'],
      Order: action['order'] || at + 1,
      TargetGroupArn: forward ? undefined : optionalText(action['target_group_arn']),
      ForwardConfig: forward && {
        TargetGroups: list(forward['target_group']).map((group) => ({
          TargetGroupArn: group['arn'],
          Weight: group['weight'] ?? 1,
        })),
        TargetGroupStickinessConfig: stickiness && {
          Enabled: stickiness['enabled'] ?? false,
          DurationSeconds: stickiness['duration'],
        },
      },
      FixedResponseConfig: fixed && {
        ContentType: fixed['content_type'],
        MessageBody: optionalText(fixed['message_body']),
        StatusCode: text(fixed['status_code']) || '200',
      },
      RedirectConfig: redirect && {
        Protocol: text(redirect['protocol']) || '#{protocol}',
        Host: text(redirect['host']) || '#{host}',
        Port: text(redirect['port']) || '#{port}',
        Path: text(redirect['path']) || '/#{path}',
        Query: text(redirect['query']) || '#{query}',
        StatusCode: redirect['status_code'],
      },
      AuthenticateOidcConfig: oidc && {
        AuthorizationEndpoint: oidc['authorization_endpoint'],
        ClientId: oidc['client_id'],
        ClientSecret: oidc['client_secret'],
        Issuer: oidc['issuer'],
        TokenEndpoint: oidc['token_endpoint'],
        UserInfoEndpoint: oidc['user_info_endpoint'],
        ...extra(oidc),
      },
      AuthenticateCognitoConfig: cognito && {
        UserPoolArn: cognito['user_pool_arn'],
        UserPoolClientId: cognito['user_pool_client_id'],
        UserPoolDomain: cognito['user_pool_domain'],
        ...extra(cognito),
      },
    }) as unknown as Action;
  });
}

function conditions(of: Value | undefined): RuleCondition[] {
  return list(of).map((condition) => {
    const values = (name: string) => {
      const found = only(condition[name]);
      return found && { Values: texts(found['values']) };
    };
    const found = Object.entries({
      'host-header': { HostHeaderConfig: values('host_header') },
      'path-pattern': { PathPatternConfig: values('path_pattern') },
      'http-request-method': { HttpRequestMethodConfig: values('http_request_method') },
      'source-ip': { SourceIpConfig: values('source_ip') },
      'http-header': {
        HttpHeaderConfig: only(condition['http_header']) && {
          HttpHeaderName: only(condition['http_header'])!['http_header_name'],
          ...values('http_header'),
        },
      },
      'query-string': {
        QueryStringConfig:
          list(condition['query_string']).length > 0
            ? {
                Values: list(condition['query_string']).map((pair) =>
                  given({ Key: optionalText(pair['key']), Value: pair['value'] }),
                ),
              }
            : undefined,
      },
    }).find(([, config]) => Object.values(config)[0] !== undefined);
    if (found === undefined) throw new Error('the stand-in does not model this condition of a listener rule');
    return { Field: found[0], ...found[1] } as unknown as RuleCondition;
  });
}

/** To compare what is live with what a state says: the API fills in, and its target groups have no order. */
function comparable(of: readonly Action[]): unknown {
  return of.map((action, at) => {
    const groups = action.ForwardConfig?.TargetGroups ?? [];
    const forwarded =
      groups.length > 0 ? groups : action.TargetGroupArn ? [{ TargetGroupArn: action.TargetGroupArn }] : [];
    const stickiness = action.ForwardConfig?.TargetGroupStickinessConfig;
    const oidc = action.AuthenticateOidcConfig;
    return given({
      type: action.Type,
      order: action.Order ?? at + 1,
      groups: forwarded
        .map(({ TargetGroupArn, Weight }) => `${TargetGroupArn} ${forwarded.length > 1 ? (Weight ?? 1) : 1}`)
        .sort(),
      stickiness: stickiness?.Enabled ? stickiness.DurationSeconds : undefined,
      fixed: action.FixedResponseConfig,
      redirect: action.RedirectConfig,
      oidc: [oidc?.Issuer, oidc?.ClientId, oidc?.TokenEndpoint],
      cognito: action.AuthenticateCognitoConfig?.UserPoolClientId,
    });
  });
}

/** Live actions as a state has them. */
function flattened(of: readonly Action[], before: Value | undefined): Value {
  return of.map((action, at): Values => {
    const prior = list(before)[at] ?? {};
    const groups = action.ForwardConfig?.TargetGroups ?? [];
    const stickiness = action.ForwardConfig?.TargetGroupStickinessConfig;
    const fixed = action.FixedResponseConfig;
    return {
      type: action.Type ?? null,
      order: action.Order ?? at + 1,
      target_group_arn: groups.length === 0 ? (action.TargetGroupArn ?? null) : null,
      forward:
        groups.length === 0
          ? []
          : [
              {
                target_group: groups.map(({ TargetGroupArn, Weight }) => ({
                  arn: TargetGroupArn ?? null,
                  weight: Weight ?? 1,
                })),
                stickiness: stickiness?.Enabled
                  ? [{ enabled: true, duration: stickiness.DurationSeconds ?? null }]
                  : (only(prior['forward'])?.['stickiness'] ?? []),
              },
            ],
      fixed_response: fixed
        ? [
            {
              content_type: fixed.ContentType ?? null,
              message_body: fixed.MessageBody ?? null,
              status_code: fixed.StatusCode ?? null,
            },
          ]
        : [],
      redirect: action.RedirectConfig ? (prior['redirect'] ?? []) : [],
      authenticate_oidc: action.AuthenticateOidcConfig ? (prior['authenticate_oidc'] ?? []) : [],
      authenticate_cognito: action.AuthenticateCognitoConfig ? (prior['authenticate_cognito'] ?? []) : [],
    };
  });
}

/** As live, in no order. */
const comparableConditions = (of: readonly RuleCondition[]): unknown =>
  of
    .map((condition) => {
      const { Field, Values: plain, ...configs } = condition;
      const values = (Object.values(configs)[0] as { Values?: unknown[] } | undefined)?.Values ?? plain ?? [];
      const name = condition.HttpHeaderConfig?.HttpHeaderName ?? '';
      return JSON.stringify([Field, name, values.map((value) => JSON.stringify(value)).sort()]);
    })
    .sort();

function flattenedConditions(of: readonly RuleCondition[]): Value {
  return of.map((condition): Values => {
    const values = (config: { Values?: string[] | undefined } | undefined): Value =>
      config ? [{ values: config.Values ?? [] }] : [];
    const header = condition.HttpHeaderConfig;
    return {
      host_header: values(condition.HostHeaderConfig),
      path_pattern: values(condition.PathPatternConfig),
      http_request_method: values(condition.HttpRequestMethodConfig),
      source_ip: values(condition.SourceIpConfig),
      http_header: header ? [{ http_header_name: header.HttpHeaderName ?? null, values: header.Values ?? [] }] : [],
      query_string: (condition.QueryStringConfig?.Values ?? []).map(({ Key, Value: value }) => ({
        key: Key ?? null,
        value: value ?? null,
      })),
    };
  });
}

const ordered = (of: Value | undefined): Value =>
  list(of).map((action, at) => ({ ...action, order: action['order'] || at + 1 }));

async function describeRule(arn: string): Promise<Rule | undefined> {
  try {
    return (await client().send(new DescribeRulesCommand({ RuleArns: [arn] }))).Rules?.[0];
  } catch (error) {
    if ((error as Error).name.startsWith('RuleNotFound')) return undefined;
    throw error;
  }
}

export const listenerRule: ResourceType = {
  forceNew: ['listener_arn'],
  async create({ planned: v }) {
    if (typeof v['priority'] !== 'number') throw new Error('the stand-in makes no priority up: priority is not set');
    const { Rules } = await client().send(
      new CreateRuleCommand({
        ListenerArn: text(v['listener_arn']),
        Priority: v['priority'],
        Conditions: conditions(v['condition']),
        Actions: actions(v['action']),
        ...(tagList(v).length > 0 ? { Tags: [...tagList(v)] } : {}),
      }),
    );
    const arn = Rules![0]!.RuleArn!;
    return { id: arn, arn, action: ordered(v['action']) };
  },
  async read(state) {
    const live = await describeRule(text(state['arn']));
    if (live === undefined) return undefined;
    const changed: Record<string, Value> = { priority: Number(live.Priority) };
    if (!isDeepStrictEqual(comparable(live.Actions ?? []), comparable(actions(state['action']))))
      changed['action'] = flattened(live.Actions ?? [], state['action']);
    if (
      !isDeepStrictEqual(
        comparableConditions(live.Conditions ?? []),
        comparableConditions(conditions(state['condition'])),
      )
    )
      changed['condition'] = flattenedConditions(live.Conditions ?? []);
    return changed;
  },
  /** Only what changed is sent, as the provider does. */
  async update({ planned: v, prior }) {
    const arn = text(v['arn']);
    if (v['priority'] !== prior['priority'])
      await client().send(
        new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn: arn, Priority: Number(v['priority']) }] }),
      );
    const change = {
      ...(same(v['action'], prior['action']) ? {} : { Actions: actions(v['action']) }),
      ...(same(v['condition'], prior['condition']) ? {} : { Conditions: conditions(v['condition']) }),
    };
    if (Object.keys(change).length > 0) await client().send(new ModifyRuleCommand({ RuleArn: arn, ...change }));
    return { action: ordered(v['action']) };
  },
  async remove(state) {
    await client().send(new DeleteRuleCommand({ RuleArn: text(state['arn']) }));
  },
};
