import { isDeepStrictEqual } from 'node:util';
import type { Action, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { TargetGroups } from '../../traffic/rule-actions';
import { groupsOf } from '../../traffic/rule-actions';
import type { Weights } from '../../traffic/weights';
import { SLOTS } from '../../traffic/weights';

/** Action lists and conditions of a listener rule as plain data; nothing here calls AWS. */

export interface ForwardingRule {
  /** ELBv2 actions before the forward (authenticate-*), verbatim. */
  readonly actionsBefore: readonly Action[];
  readonly targetGroups: TargetGroups;
  /** Group stickiness in seconds, 1 to 604800; none when left out. */
  readonly stickinessSeconds?: number;
}

/** The whole action list of a new rule. */
export function newActions(rule: ForwardingRule, weights: Weights): Action[] {
  return inOrder([
    ...rule.actionsBefore,
    {
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: SLOTS.map((slot) => ({ TargetGroupArn: rule.targetGroups[slot], Weight: weights[slot] })),
        TargetGroupStickinessConfig: stickiness(rule.stickinessSeconds),
      },
    },
  ]);
}

/**
 * The live action list with what the template changed between `old` and `next`: another ARN for a slot, other actions
 * before the forward, another stickiness. Weights, and whatever the template did not change, stay as they live.
 * Undefined when nothing is to be written.
 */
export function changedActions(
  live: readonly Action[],
  old: ForwardingRule,
  next: ForwardingRule,
): Action[] | undefined {
  const renamed = new Map(SLOTS.map((slot) => [old.targetGroups[slot], next.targetGroups[slot]]));
  const newArn = (arn: string | undefined) => (arn === undefined ? undefined : (renamed.get(arn) ?? arn));
  const sticky = old.stickinessSeconds !== next.stickinessSeconds;
  const forwards = forwardsOf(live).map((action) => {
    const { TargetGroupArn, ForwardConfig, ...rest } = action;
    const groups = ForwardConfig?.TargetGroups ?? [{ TargetGroupArn }];
    return {
      ...rest,
      // ForwardConfig alone: ELBv2 wants the two forms to agree when both are given.
      ForwardConfig: {
        ...ForwardConfig,
        TargetGroups: groups.map((group) => ({ ...group, TargetGroupArn: newArn(group.TargetGroupArn) })),
        ...(sticky && { TargetGroupStickinessConfig: stickiness(next.stickinessSeconds) }),
      },
    };
  });
  const liveBefore = live.filter((action) => action.Type !== 'forward');
  const otherBefore = !isDeepStrictEqual(plain(old.actionsBefore), plain(next.actionsBefore));
  const swapped = groupsOf(live).some(({ arn }) => newArn(arn) !== arn);
  if (!sticky && !otherBefore && !swapped) return undefined;
  return inOrder([...(otherBefore ? next.actionsBefore : liveBefore), ...forwards]);
}

/**
 * `authenticate-oidc` for a write: a new rule needs the client secret, which AWS never gives back; a rule that has one
 * may keep it (`UseExistingClientSecret`; ELBv2 API, AuthenticateOidcActionConfig): no `secret` here.
 */
export function withClientSecret(actions: readonly Action[], secret: string | undefined): Action[] {
  return actions.map((action) => {
    if (!action.AuthenticateOidcConfig) return action;
    const { ClientSecret: _, UseExistingClientSecret: __, ...config } = action.AuthenticateOidcConfig;
    return {
      ...action,
      AuthenticateOidcConfig: {
        ...config,
        ...(secret === undefined ? { UseExistingClientSecret: true } : { ClientSecret: secret }),
      },
    };
  });
}

export const hasOidc = (actions: readonly Action[]): boolean =>
  actions.some((action) => action.Type === 'authenticate-oidc');

/** Equal in what they match. DescribeRules answers `Values` beside the field's own configuration. */
export const sameConditions = (a: readonly RuleCondition[], b: readonly RuleCondition[]): boolean =>
  comparable(a).join() === comparable(b).join();

/** Whether every request that matches `narrow` matches `wide` as well, as far as equal conditions show it. */
export function covers(wide: readonly RuleCondition[], narrow: readonly RuleCondition[]): boolean {
  const known = new Set(comparable(narrow));
  return comparable(wide).every((condition) => known.has(condition));
}

function comparable(conditions: readonly RuleCondition[]): string[] {
  return conditions
    .map((condition) => {
      const { Field, Values, ...rest } = plain(condition);
      const config = Object.entries(rest).find(([key]) => key.endsWith('Config'))?.[1] ?? { Values };
      return JSON.stringify([Field, sorted(config)]);
    })
    .filter((condition) => condition !== EVERY_PATH)
    .sort();
}

/** `/*` matches every path: it says the same as no condition, which a default action has. */
const EVERY_PATH = JSON.stringify(['path-pattern', { Values: ['/*'] }]);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, member]) => !(Array.isArray(member) && member.length === 0));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)]));
}

const forwardsOf = (actions: readonly Action[]): Action[] => actions.filter((action) => action.Type === 'forward');

const stickiness = (seconds: number | undefined) =>
  seconds === undefined ? { Enabled: false } : { Enabled: true, DurationSeconds: seconds };

/** A list of more than one action needs an order in each (ELBv2 API, Action.Order). */
const inOrder = (actions: readonly Action[]): Action[] =>
  actions.map((action, index) => ({ ...action, Order: index + 1 }));

/** A plain copy without the undefined members that the SDK leaves. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
