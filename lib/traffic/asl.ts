/** Amazon States Language as plain data, with JSONata (`QueryLanguage`); the part of it that our machines use. */
export type AslState = Readonly<Record<string, unknown>> & { readonly Type: string };
export type AslStates = Readonly<Record<string, AslState>>;

export interface AslDefinition {
  readonly Comment: string;
  readonly QueryLanguage: 'JSONata';
  readonly StartAt: string;
  readonly TimeoutSeconds: number;
  readonly States: AslStates;
}

/** The same in another partition of AWS (`aws-us-gov`, `aws-cn`, or a reference): Step Functions' integrations are its ARNs. */
export const inPartition = <T extends AslDefinition>(definition: T, partition: string): T =>
  JSON.parse(JSON.stringify(definition).replaceAll('"arn:aws:states:::', `"arn:${partition}:states:::`)) as T;

/** A JSONata expression in the place of a value. */
export const asl = (expression: string): string => `{% ${expression.replace(/\s+/g, ' ').trim()} %}`;

/** Errors of a condition that was not met, as the optimized and the SDK integration of DynamoDB name it. */
export const CONDITION_FAILED = [
  'DynamoDB.ConditionalCheckFailedException',
  'DynamoDb.ConditionalCheckFailedException',
] as const;

/** A rule, or what it belongs to, is gone: a person decides. */
export const RULE_GONE = [
  'ElasticLoadBalancingV2.RuleNotFoundException',
  'ElasticLoadBalancingV2.ListenerNotFoundException',
  'ElasticLoadBalancingV2.LoadBalancerNotFoundException',
] as const;

/**
 * What AWS may answer otherwise to the next call. The SDK for Java, which Step Functions calls with, knows no class of its
 * own for a throttled call of ELBv2 and raises the service's base class.
 */
export const PASSING = [
  'ElasticLoadBalancingV2.ElasticLoadBalancingV2Exception',
  'ElasticLoadBalancingV2.ThrottlingException',
  'ElasticLoadBalancingV2.Throttling',
  'ElasticLoadBalancingV2.SdkClientException',
  'States.Timeout',
] as const;

/** A read is asked again for about 15 s; what no second call can change is not. */
export const READ = {
  TimeoutSeconds: 10,
  Retry: [
    { ErrorEquals: [...RULE_GONE, ...CONDITION_FAILED, 'States.QueryEvaluationError'], MaxAttempts: 0 },
    { ErrorEquals: ['States.ALL'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 4 },
  ],
} as const;

/** Where nobody else would ask again: for about 10 minutes. */
export const PATIENT_READ = {
  TimeoutSeconds: 10,
  Retry: [
    READ.Retry[0],
    { ErrorEquals: ['States.ALL'], IntervalSeconds: 1, BackoffRate: 2, MaxDelaySeconds: 60, MaxAttempts: 14 },
  ],
} as const;

/** Functions that the expressions below share: JSONata has no modules, each expression carries what it uses. */
export const FUNCTIONS = `
  $pair := function($rule, $groups) {(
    $all := $rule.Actions[Type = 'forward'].ForwardConfig.TargetGroups;
    $blue := $all[TargetGroupArn = $groups.blue].Weight;
    $green := $all[TargetGroupArn = $groups.green].Weight;
    $count($all) = 2 and $exists($blue) and $exists($green) ? {'blue': $blue, 'green': $green}
  )};
  $same := function($a, $b) {
    $exists($a) and $a.blue * $b.green = $a.green * $b.blue
      and ($a.blue > 0) = ($b.blue > 0) and ($a.green > 0) = ($b.green > 0)
  };
  $among := function($weights, $list) { $count([$filter($list, function($each) { $same($weights, $each) })]) > 0 };
  $whole := function($w) { $w.green = 0 ? 'blue' : $w.blue = 0 ? 'green' : '' };
  $allOn := function($slot) { {'blue': $slot = 'blue' ? 100 : 0, 'green': $slot = 'green' ? 100 : 0} };
  $with := function($actions, $groups, $weights) {
    [$map($actions, function($action) {
      $action.Type = 'forward' ? $merge([$action, {'ForwardConfig': $merge([$action.ForwardConfig, {'TargetGroups':
        [$map($action.ForwardConfig.TargetGroups, function($group) {
          $merge([$group, {'Weight': $group.TargetGroupArn = $groups.blue ? $weights.blue
            : $group.TargetGroupArn = $groups.green ? $weights.green : $group.Weight}])
        })]}])}])
      : $exists($action.AuthenticateOidcConfig) ? $merge([$action, {'AuthenticateOidcConfig':
          $merge([$action.AuthenticateOidcConfig, {'UseExistingClientSecret': true}])}])
      : $action
    })]
  };
  $job := function($rules, $place, $to) {(
    $rule := $rules[RuleArn = $place.ruleArn];
    $exists($rule) and $not($same($pair($rule, $place.targetGroups), $to))
      ? {'RuleArn': $place.ruleArn, 'Actions': $with($rule.Actions, $place.targetGroups, $to)}
  )};`;

/**
 * What is wrong with the rules just read, in words; empty when each place has one of the `expected` weights. A follower (the
 * Admin API's rule) must have everything where the `whole` weights have everything.
 */
export const foreignTo = (expected: string, whole?: string): string =>
  asl(`(${FUNCTIONS}
    $rules := $states.result.Rules;
    $expected := ${expected};
    $slot := ${whole === undefined ? "''" : `$whole(${whole})`};
    $says := function($place, $weights) { $place.ruleArn & ' has blue ' & $weights.blue & ', green ' & $weights.green };
    $join([
      $map($places, function($place) {(
        $rule := $rules[RuleArn = $place.ruleArn];
        $weights := $pair($rule, $place.targetGroups);
        $not($exists($rule)) ? $place.ruleArn & ' is gone'
          : $not($exists($weights)) ? $place.ruleArn & ' does not split between blue and green any more'
          : $not($among($weights, $expected)) ? $says($place, $weights)
      )})${
        whole === undefined
          ? ''
          : `,
      $map($followers, function($place) {(
        $weights := $pair($rules[RuleArn = $place.ruleArn], $place.targetGroups);
        $slot != '' and $not($exists($weights) and $whole($weights) = $slot) ? $place.ruleArn & ' is not on ' & $slot
      )})`
      }
    ], '; ')
  )`);

/** ModifyRule calls that bring the rules just read to weights: the live action lists with the two weights changed. */
export const jobsTo = (weights: string, followSlot: string): string =>
  asl(`(${FUNCTIONS}
    $rules := $states.result.Rules;
    $to := ${weights};
    $slot := ${followSlot};
    [
      $map($places, function($place) { $job($rules, $place, $to) }),
      $map($slot = '' ? [] : $followers, function($place) { $job($rules, $place, $allOn($slot)) })
    ]
  )`);
