import type {
  Action,
  CreateRuleInput,
  DescribeListenersInput,
  DescribeRulesInput,
  DescribeTargetHealthInput,
  ModifyRuleInput,
  Rule,
  RuleCondition,
  SetRulePrioritiesInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';

/**
 * Elastic Load Balancing V2 as far as listener rules go. What it models, and from where:
 *
 * - API reference, CreateRule: an ARN of the listener's, with a part of its own at the end; `PriorityInUse` when a rule
 *   of the listener has that priority. ModifyRule: "Any existing properties that you do not modify retain their current
 *   values"; a list that is given replaces the whole list. SetRulePriorities: `PriorityInUse` for a rule that is not
 *   among those being moved. DeleteRule, DescribeRules: `RuleNotFound`.
 * - DescribeRules: `Priority` is text; a default rule has `IsDefault`, no conditions and the priority `default`; host and
 *   path conditions come back with `Values` beside their own configuration (seen in aws-controllers-k8s/community issue
 *   2759), and CreateRule and ModifyRule refuse the two together.
 * - AuthenticateOidcActionConfig: a new rule needs `ClientSecret`; "If you are modifying a rule, you can omit this
 *   parameter if you set UseExistingClientSecret to true"; the secret is never given back.
 * - Action: `Order` is required when there is more than one action, and unique. TargetGroupTuple: weights 0 to 999.
 * - User guide, "Target groups": a target group serves one load balancer (`TargetGroupAssociationLimit`).
 * - Service Authorization Reference: ARNs `listener/app/NAME/ID/ID` and `listener-rule/app/NAME/ID/ID/ID`.
 * - Pages of two, so that whoever forgets the marker is found out.
 */
export class FakeElbv2 {
  readonly rules: (Rule & { readonly ListenerArn: string })[] = [];
  /** Calls that write, in order. */
  readonly writes: { readonly name: string; readonly input: Record<string, unknown> }[] = [];
  /** States of the targets registered with a group. */
  readonly targets = new Map<string, string[]>();
  /** Client secrets, by rule ARN. */
  readonly secrets = new Map<string, string>();
  /** Errors to throw before the next calls, by operation. */
  readonly failures: { readonly operation: string; readonly error: Error }[] = [];
  private readonly listeners = new Map<string, string>();
  private created = 0;

  addListener(port: number, loadBalancer = 'app/kong/50dc6c495c0c9188', defaultActions: Action[] = []): string {
    const arn = `${PREFIX}:listener/${loadBalancer}/${port}`;
    this.listeners.set(arn, `${PREFIX}:loadbalancer/${loadBalancer}`);
    this.rules.push({
      RuleArn: `${ruleArnOf(arn)}/default`,
      ListenerArn: arn,
      Priority: 'default',
      IsDefault: true,
      Conditions: [],
      Actions: defaultActions.length ? defaultActions : [{ Type: 'fixed-response' }],
    });
    return arn;
  }

  removeListener(arn: string): void {
    this.listeners.delete(arn);
    for (const rule of [...this.rules]) if (rule.ListenerArn === arn) this.rules.splice(this.rules.indexOf(rule), 1);
  }

  /** A rule that somebody else made. */
  addRule(listenerArn: string, priority: number, conditions: RuleCondition[], actions: Action[]): string {
    const RuleArn = `${ruleArnOf(listenerArn)}/${(this.created += 1).toString(16).padStart(16, '0')}`;
    this.rules.push({
      RuleArn,
      ListenerArn: listenerArn,
      Priority: String(priority),
      Conditions: conditions,
      Actions: actions,
      IsDefault: false,
    });
    return RuleArn;
  }

  rule(arn: string): Rule & { readonly ListenerArn: string } {
    const rule = this.rules.find(({ RuleArn }) => RuleArn === arn);
    if (!rule) throw notFound('Rule');
    return rule;
  }

  readonly client = {
    send: (command: { readonly constructor: { readonly name: string }; readonly input: unknown }): Promise<never> => {
      const name = command.constructor.name.replace(/Command$/, '');
      return new Promise((resolve) => resolve(this.call(name, structuredClone(command.input)) as never));
    },
  };

  private call(name: string, input: unknown): unknown {
    const planned = this.failures.findIndex(({ operation }) => operation === name);
    if (planned >= 0) throw this.failures.splice(planned, 1)[0]!.error;
    if (!name.startsWith('Describe')) this.writes.push({ name, input: input as Record<string, unknown> });
    switch (name) {
      case 'CreateRule':
        return this.create(input as CreateRuleInput);
      case 'ModifyRule':
        return this.modify(input as ModifyRuleInput);
      case 'SetRulePriorities':
        return this.setPriorities(input as SetRulePrioritiesInput);
      case 'DeleteRule': {
        this.rules.splice(this.rules.indexOf(this.rule((input as { RuleArn: string }).RuleArn)), 1);
        return {};
      }
      case 'DescribeRules':
        return this.describeRules(input as DescribeRulesInput);
      case 'DescribeListeners': {
        const { LoadBalancerArn, Marker } = input as DescribeListenersInput;
        const arns = [...this.listeners].filter(([, lb]) => lb === LoadBalancerArn).map(([arn]) => arn);
        if (arns.length === 0) throw notFound('LoadBalancer');
        return paged(
          'Listeners',
          arns.map((ListenerArn) => ({ ListenerArn })),
          Marker,
        );
      }
      case 'DescribeTargetHealth': {
        const states = this.targets.get((input as DescribeTargetHealthInput).TargetGroupArn ?? '');
        if (!states) throw notFound('TargetGroup');
        return { TargetHealthDescriptions: states.map((State) => ({ TargetHealth: { State } })) };
      }
      default:
        throw new Error(`the fake knows no ${name}`);
    }
  }

  private create({ ListenerArn = '', Priority, Conditions = [], Actions = [] }: CreateRuleInput): unknown {
    if (!this.listeners.has(ListenerArn)) throw notFound('Listener');
    if (this.holder(ListenerArn, String(Priority))) throw failure('PriorityInUseException', `Priority '${Priority}'`);
    this.check(ListenerArn, Conditions, Actions, false);
    const arn = this.addRule(ListenerArn, Priority ?? 0, Conditions, this.keepSecrets(undefined, Actions));
    this.remember(arn, Actions);
    return { Rules: [this.shown(this.rule(arn))] };
  }

  private modify({ RuleArn = '', Conditions, Actions }: ModifyRuleInput): unknown {
    const rule = this.rule(RuleArn);
    this.check(rule.ListenerArn, Conditions ?? [], Actions ?? [], this.secrets.has(RuleArn));
    if (Conditions) rule.Conditions = Conditions;
    if (Actions) {
      rule.Actions = this.keepSecrets(rule, Actions);
      this.remember(RuleArn, Actions);
    }
    return { Rules: [this.shown(rule)] };
  }

  private setPriorities({ RulePriorities = [] }: SetRulePrioritiesInput): unknown {
    for (const { RuleArn = '', Priority } of RulePriorities) {
      const rule = this.rule(RuleArn);
      const holder = this.holder(rule.ListenerArn, String(Priority));
      if (holder && holder !== rule) throw failure('PriorityInUseException', `Priority '${Priority}'`);
      rule.Priority = String(Priority);
    }
    return {};
  }

  private describeRules({ RuleArns, ListenerArn, Marker }: DescribeRulesInput): unknown {
    if (RuleArns) return { Rules: RuleArns.map((arn) => this.shown(this.rule(arn))) };
    if (!this.listeners.has(ListenerArn ?? '')) throw notFound('Listener');
    const rules = this.rules.filter((rule) => rule.ListenerArn === ListenerArn);
    return paged(
      'Rules',
      rules.map((rule) => this.shown(rule)),
      Marker,
    );
  }

  private check(listenerArn: string, conditions: RuleCondition[], actions: Action[], hasSecret: boolean): void {
    for (const condition of conditions) {
      if (condition.Values && Object.keys(condition).some((key) => key.endsWith('Config')))
        throw failure('ValidationError', "You cannot provide both Values and a field's configuration");
    }
    const orders = actions.map(({ Order }) => Order);
    if (actions.length > 1 && (orders.includes(undefined) || new Set(orders).size < orders.length))
      throw failure('ValidationError', 'each action needs an order of its own');
    for (const { AuthenticateOidcConfig: oidc, ForwardConfig, TargetGroupArn } of actions) {
      if (oidc && !oidc.ClientSecret && !(oidc.UseExistingClientSecret && hasSecret))
        throw failure('InvalidConfigurationRequestException', 'a client secret is needed');
      if (oidc?.ClientSecret && oidc.UseExistingClientSecret)
        throw failure('InvalidConfigurationRequestException', 'a client secret or the existing one, not both');
      if (TargetGroupArn && ForwardConfig && ForwardConfig.TargetGroups?.[0]?.TargetGroupArn !== TargetGroupArn)
        throw failure('ValidationError', 'TargetGroupArn and ForwardConfig differ');
      for (const { Weight = 1, TargetGroupArn: group } of ForwardConfig?.TargetGroups ?? []) {
        if (!Number.isInteger(Weight) || Weight < 0 || Weight > 999) throw failure('ValidationError', 'weight');
        const loadBalancer = this.listeners.get(listenerArn);
        const elsewhere = this.rules.some(
          (rule) =>
            this.listeners.get(rule.ListenerArn) !== loadBalancer &&
            rule.Actions?.some((a) => a.ForwardConfig?.TargetGroups?.some((g) => g.TargetGroupArn === group)),
        );
        if (elsewhere) throw failure('TargetGroupAssociationLimitException', `${group} has a load balancer`);
      }
    }
  }

  private keepSecrets(_: Rule | undefined, actions: Action[]): Action[] {
    return actions.map((action) => {
      if (!action.AuthenticateOidcConfig) return action;
      const { ClientSecret: _secret, UseExistingClientSecret: _use, ...config } = action.AuthenticateOidcConfig;
      return { ...action, AuthenticateOidcConfig: config };
    });
  }

  private remember(arn: string, actions: Action[]): void {
    const secret = actions.find((action) => action.AuthenticateOidcConfig?.ClientSecret)?.AuthenticateOidcConfig;
    if (secret?.ClientSecret) this.secrets.set(arn, secret.ClientSecret);
  }

  private holder(listenerArn: string, priority: string) {
    return this.rules.find((rule) => rule.ListenerArn === listenerArn && rule.Priority === priority);
  }

  private shown({ ListenerArn: _, ...rule }: Rule & { ListenerArn: string }): Rule {
    const withValues = (condition: RuleCondition): RuleCondition => {
      const values = condition.HostHeaderConfig?.Values ?? condition.PathPatternConfig?.Values;
      return values ? { ...condition, Values: values } : condition;
    };
    return structuredClone({ ...rule, Conditions: rule.Conditions?.map(withValues) });
  }
}

const PREFIX = 'arn:aws:elasticloadbalancing:eu-central-1:111122223333';
const ruleArnOf = (listenerArn: string): string => listenerArn.replace(':listener/', ':listener-rule/');

export const targetGroupArn = (name: string): string => `${PREFIX}:targetgroup/${name}/73e2d6bc24d8a067`;

export function failure(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
const notFound = (what: string): Error => failure(`${what}NotFoundException`, `${what} not found`);

function paged<T>(key: string, all: readonly T[], marker: string | undefined): Record<string, unknown> {
  const start = Number(marker ?? 0);
  const end = start + 2;
  return { [key]: all.slice(start, end), ...(end < all.length && { NextMarker: String(end) }) };
}
