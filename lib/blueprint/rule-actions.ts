import type { WeightedRuleSpec } from './spec';

export type RuleShape = Pick<
  WeightedRuleSpec,
  'priority' | 'conditions' | 'actionsBefore' | 'oidcClientSecret' | 'stickinessSeconds'
>;

/** A condition or an action in the shape of the ELBv2 API. */
export type ElbShape = Readonly<Record<string, unknown>>;

/** Matches every request. */
export const EVERY_PATH = { Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } } as const;

export interface ForwardTarget {
  readonly targetGroupArn: string;
  readonly weight: number;
}

/**
 * The whole action list of a rule in the shape of the ELBv2 API: the owner's own actions, then the forward, numbered.
 * `clientSecret` is a reference that the platform resolves, never the secret.
 */
export function ruleActions(rule: RuleShape, forward: readonly ForwardTarget[], clientSecret?: string): ElbShape[] {
  const { stickinessSeconds } = rule;
  const actions: ElbShape[] = [
    ...rule.actionsBefore.map((action) => withSecret(action, clientSecret)),
    {
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: forward.map(({ targetGroupArn, weight }) => ({ TargetGroupArn: targetGroupArn, Weight: weight })),
        ...(stickinessSeconds !== undefined && {
          TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: stickinessSeconds },
        }),
      },
    },
  ];
  return actions.map((action, index) => ({ ...action, Order: index + 1 }));
}

function withSecret(action: ElbShape, clientSecret: string | undefined): ElbShape {
  const config = action.AuthenticateOidcConfig as ElbShape | undefined;
  if (config === undefined || clientSecret === undefined) return action;
  // Of a rule that `adopt` read: this one is new and has no secret to go on using.
  const { UseExistingClientSecret: _, ...rest } = config;
  return { ...action, AuthenticateOidcConfig: { ...rest, ClientSecret: clientSecret } };
}

/** Cognito user pools that a rule's own actions name. */
export const userPools = ({ actionsBefore }: RuleShape): string[] =>
  actionsBefore.flatMap((action) => {
    const config = action.AuthenticateCognitoConfig as { UserPoolArn?: string } | undefined;
    return config?.UserPoolArn === undefined ? [] : [config.UserPoolArn];
  });
