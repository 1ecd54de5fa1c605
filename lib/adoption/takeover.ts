import type { Action, Rule, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { KongDualClusterError } from '../errors';
import type { AdoptedRule, SecretRef } from '../settings/schema';
import { LOWEST_PRIORITY, planPriorities, type RuleInOrder } from './priorities';

/** A listener with all its rules, the default action included (`IsDefault`). */
export interface ListenerReading {
  readonly arn: string;
  /** 1 to 65535. */
  readonly port: number;
  readonly protocol: string;
  readonly rules: readonly Rule[];
}

export interface TakeoverOptions {
  /** Tester rules above each weighted rule. */
  readonly tester: boolean;
  /** Client secrets of authenticate-oidc actions by client id; `*` answers for any. */
  readonly oidcSecrets: Readonly<Record<string, SecretRef>>;
  /** Condition values in one rule (AWS quota `condition-values-per-alb-rule`). @default 5 */
  readonly conditionValues?: number;
  /** Rules of one load balancer without the default actions (`rules-per-application-load-balancer`). @default 100 */
  readonly rulesPerLoadBalancer?: number;
}

export interface Takeover {
  readonly rules: readonly AdoptedRule[];
  /** What the owner should know before going on: a sentence each. */
  readonly notes: readonly string[];
}

/** `Rules per Application Load Balancer` and `Condition values per rule`, AWS's own defaults. */
const DEFAULT_QUOTA = { conditionValues: 5, rulesPerLoadBalancer: 100 };

/**
 * Which rules forward to blue, and the weighted rules (with tester rules) that take them over, at free priorities.
 * @throws KongDualClusterError ADOPT_NOTHING_FORWARDS, ADOPT_RULE_SPLITS, ADOPT_RULE_TRANSFORMS,
 *   ADOPT_OIDC_SECRET_NEEDED, ADOPT_NO_FREE_PRIORITY, ADOPT_TOO_MANY_RULES, ADOPT_TOO_MANY_CONDITION_VALUES
 */
export function planTakeover(
  listeners: readonly ListenerReading[],
  blueTargetGroupArn: string,
  options: TakeoverOptions,
): Takeover {
  const notes: string[] = [];
  const rules = listeners.flatMap((listener) => takeOverListener(listener, blueTargetGroupArn, options, notes));
  if (rules.length === 0) {
    throw new KongDualClusterError(
      'ADOPT_NOTHING_FORWARDS',
      'no rule of this load balancer forwards to the target group',
      {
        found: `${listeners.reduce((n, l) => n + l.rules.length, 0)} rules on ${listeners.length} listeners, none to ${blueTargetGroupArn}`,
        remedy: 'give the target group that takes the traffic of your Kong nodes with --target-group',
      },
    );
  }
  const quota = options.rulesPerLoadBalancer ?? DEFAULT_QUOTA.rulesPerLoadBalancer;
  const present = listeners.reduce((n, l) => n + l.rules.filter((rule) => !rule.IsDefault).length, 0);
  const added = rules.reduce((n, rule) => n + (rule.testerPriorities ? 3 : 1), 0);
  if (present + added > quota) {
    throw new KongDualClusterError(
      'ADOPT_TOO_MANY_RULES',
      'the load balancer would have more rules than its quota allows',
      {
        found: `${present} rules of yours and ${added} of ours, quota ${quota}`,
        remedy: options.tester
          ? `run it with --no-tester-header (${rules.length} rules of ours), or raise the quota "Rules per Application Load Balancer"`
          : 'raise the quota "Rules per Application Load Balancer" of the account',
      },
    );
  }
  return { rules, notes };
}

function takeOverListener(
  listener: ListenerReading,
  blueArn: string,
  options: TakeoverOptions,
  notes: string[],
): AdoptedRule[] {
  const limit = options.conditionValues ?? DEFAULT_QUOTA.conditionValues;
  const taken = new Map<string, { rule: Rule; forward: BlueForward }>();
  const order: RuleInOrder[] = listener.rules.map((rule) => {
    const id = ruleId(rule);
    const priority = rule.IsDefault ? LOWEST_PRIORITY + 1 : Number(rule.Priority);
    const forward = blueForward(rule.Actions ?? [], blueArn);
    if (!forward) return { id, priority, wanted: 0 };
    refuseWhatWouldChange(listener, rule, forward, blueArn);
    taken.set(id, { rule, forward });
    const room = conditionValues(conditionsOf(rule)) < limit;
    if (options.tester && !room) {
      notes.push(
        `${ruleName(listener, rule)} has ${limit} condition values, the most that AWS takes: it gets a weighted rule and no tester rules`,
      );
    }
    return { id, priority, wanted: options.tester && room ? 3 : 1 };
  });
  if (taken.size === 0) return [];
  if (options.tester && order.every((rule) => rule.wanted < 3)) {
    throw new KongDualClusterError(
      'ADOPT_TOO_MANY_CONDITION_VALUES',
      `no rule on port ${listener.port} has room for the tester header`,
      {
        found: `${limit} condition values in each, the most that AWS takes in a rule`,
        remedy: 'run it with --no-tester-header, or split a rule of yours in two',
      },
    );
  }
  const plan = planPriorities(order);
  if (!plan.ok) {
    throw new KongDualClusterError(
      'ADOPT_NO_FREE_PRIORITY',
      `there is no room above ${plan.block.length === 1 ? 'a rule' : 'rules'} that forward to blue`,
      {
        found: `${plan.lacking} free priorities too few above ${plan.block.map((id) => ruleName(listener, taken.get(id)!.rule)).join(', ')}`,
        remedy: plan.moves
          ? `move these rules, their order stays the same: aws elbv2 set-rule-priorities --rule-priorities ${plan.moves
              .map((move) => `RuleArn=${move.id},Priority=${move.priority}`)
              .join(' ')}`
          : 'remove rules from the listener; 50000 priorities do not hold them all',
      },
    );
  }
  return plan.placements.map(({ id, priorities }) => {
    const { rule, forward } = taken.get(id)!;
    const actionsBefore = (rule.Actions ?? []).filter((action) => action.Type !== 'forward').map(plain);
    const clientId = actionsBefore.map((action) => oidcClientId(action)).find((found) => found !== undefined);
    return {
      listenerArn: listener.arn,
      listenerPort: listener.port,
      above: id,
      priority: priorities.at(-1)!,
      ...(priorities.length === 3 ? { testerPriorities: { blue: priorities[0]!, green: priorities[1]! } } : {}),
      conditions: conditionsOf(rule),
      actionsBefore,
      ...(clientId === undefined
        ? {}
        : { oidcClientSecret: oidcSecret(listener, rule, clientId, options.oidcSecrets) }),
      ...(forward.stickinessSeconds === undefined ? {} : { stickinessSeconds: forward.stickinessSeconds }),
    };
  });
}

export interface BlueForward {
  /** Other target groups that the action forwards to as well. */
  readonly others: readonly string[];
  readonly stickinessSeconds?: number;
}

/** The forward action that reaches blue's target group; undefined when there is none. */
export function blueForward(actions: readonly Action[], blueArn: string): BlueForward | undefined {
  for (const action of actions) {
    if (action.Type !== 'forward') continue;
    const groups = action.ForwardConfig?.TargetGroups?.map((group) => group.TargetGroupArn ?? '') ?? [];
    const all = groups.length > 0 ? groups : [action.TargetGroupArn ?? ''];
    if (!all.includes(blueArn)) continue;
    const sticky = action.ForwardConfig?.TargetGroupStickinessConfig;
    return {
      others: all.filter((arn) => arn !== blueArn),
      ...(sticky?.Enabled && sticky.DurationSeconds ? { stickinessSeconds: sticky.DurationSeconds } : {}),
    };
  }
  return undefined;
}

function refuseWhatWouldChange(listener: ListenerReading, rule: Rule, forward: BlueForward, blueArn: string): void {
  if (forward.others.length > 0) {
    throw new KongDualClusterError(
      'ADOPT_RULE_SPLITS',
      'a rule splits its traffic over blue and other target groups already',
      {
        found: `${ruleName(listener, rule)} forwards to ${[blueArn, ...forward.others].join(', ')}`,
        remedy:
          'if an adoption made it, run `kong-dual-cluster eject` first; else let the rule forward to one target group, because its weights would multiply with ours',
      },
    );
  }
  if (rule.Transforms && rule.Transforms.length > 0) {
    throw new KongDualClusterError('ADOPT_RULE_TRANSFORMS', 'a rule rewrites requests before it forwards to blue', {
      found: `${ruleName(listener, rule)}: ${rule.Transforms.map((transform) => transform.Type).join(', ')}`,
      remedy:
        'this version does not carry transforms over; move the rewrite into Kong or leave the rule out by giving it a target group of its own',
    });
  }
}

function oidcSecret(
  listener: ListenerReading,
  rule: Rule,
  clientId: string,
  secrets: Readonly<Record<string, SecretRef>>,
): SecretRef {
  const secret = secrets[clientId] ?? secrets['*'];
  if (secret) return secret;
  throw new KongDualClusterError(
    'ADOPT_OIDC_SECRET_NEEDED',
    'a rule authenticates by OpenID Connect, and AWS never returns its client secret',
    {
      found: `${ruleName(listener, rule)}, client id ${clientId}`,
      remedy: `store the client secret in Secrets Manager and give its ARN: --oidc-secret ${clientId}=arn:aws:secretsmanager:…`,
    },
  );
}

const oidcClientId = (action: Record<string, unknown>): string | undefined =>
  (action.AuthenticateOidcConfig as { ClientId?: string } | undefined)?.ClientId;

/** The rule's ARN, or `default` for the listener's default action. */
export const ruleId = (rule: Rule): string => (rule.IsDefault ? 'default' : (rule.RuleArn ?? ''));

export const ruleName = (listener: { readonly port: number }, rule: Rule): string =>
  rule.IsDefault ? `the default action of port ${listener.port}` : `rule ${rule.Priority} of port ${listener.port}`;

/** `/*` matches every path, so a rule with it answers whatever the default action answered. */
const EVERY_PATH: Record<string, unknown> = { Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } };

function conditionsOf(rule: Rule): Record<string, unknown>[] {
  return rule.IsDefault ? [EVERY_PATH] : (rule.Conditions ?? []).map(writableCondition);
}

/**
 * DescribeRules answers `Values` beside the field's own configuration, and CreateRule refuses the two together ("You
 * cannot provide both Values and 'HostHeaderConfig'", seen in aws-controllers-k8s/community issue 2759).
 */
export function writableCondition(condition: RuleCondition): Record<string, unknown> {
  const { Values, ...rest } = plain(condition);
  const hasConfig = Object.keys(rest).some((key) => key.endsWith('Config'));
  return hasConfig || Values === undefined ? rest : { ...rest, Values };
}

/** Values that count against the quota of one rule: all values of all its conditions. */
export function conditionValues(conditions: readonly Readonly<Record<string, unknown>>[]): number {
  return conditions.reduce((sum, condition) => sum + valuesOf(condition).length, 0);
}

function valuesOf(condition: Readonly<Record<string, unknown>>): unknown[] {
  const configs = Object.entries(condition).filter(([key]) => key.endsWith('Config'));
  const lists = configs.flatMap(([, config]) => Object.entries(config as Record<string, unknown>));
  const own = [...lists, ['Values', condition.Values] as const];
  const isList = (key: string) => key === 'Values' || key === 'RegexValues';
  return own.flatMap(([key, list]) => (isList(key) && Array.isArray(list) ? (list as unknown[]) : []));
}

/** Conditions as a person would say them: `host api.example.com and path /v1/*`. */
export function describeConditions(conditions: readonly Readonly<Record<string, unknown>>[]): string {
  const words: Record<string, string> = {
    'host-header': 'host',
    'path-pattern': 'path',
    'http-request-method': 'method',
    'source-ip': 'source',
    'query-string': 'query',
  };
  return conditions
    .map((condition) => {
      const header = (condition.HttpHeaderConfig as { HttpHeaderName?: string } | undefined)?.HttpHeaderName;
      const field = header ? `header ${header}` : (words[String(condition.Field)] ?? String(condition.Field));
      const values = valuesOf(condition).map((value) =>
        typeof value === 'string' ? value : queryString(value as { Key?: string; Value?: string }),
      );
      return `${field} ${values.join('|')}`;
    })
    .join(' and ');
}

const queryString = ({ Key, Value }: { Key?: string; Value?: string }): string =>
  Key ? `${Key}=${Value}` : `${Value}`;

/** A plain copy without the undefined members that the SDK leaves. */
const plain = (value: object): Record<string, unknown> => JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
