import { KongDualClusterError } from '../errors';
import type { Slot } from '../traffic/weights';
import { SLOTS } from '../traffic/weights';
import type { ElbShape, RuleShape } from './rule-actions';
import type { EdgeSpec } from './spec';

/** Condition values of one rule (AWS quota `condition-values-per-alb-rule`, not adjustable). */
const CONDITION_VALUES = 5;

/** How a token is made: letters and digits alone, because * and ? are wildcards in a rule's condition. */
export const TESTER_TOKEN = { length: 32, excludePunctuation: true } as const;

export const TESTER_SECRET_DESCRIPTION =
  'Token of the tester header: NAME: SLOT-TOKEN reaches that slot whatever the weights';

/** A weighted rule that testers pass by, and the priorities free above it. */
export interface TestedRule {
  /** The weighted rule's construct id. */
  readonly id: string;
  readonly rule: RuleShape;
  readonly priorities: Readonly<Record<Slot, number>>;
}

/**
 * The rules above a weighted one by which `NAME: SLOT-TOKEN` reaches a slot. They keep the rule's own authentication, not
 * its stickiness. `token` is a reference that the platform resolves.
 * @throws KongDualClusterError TESTER_RULE_TOO_MANY_VALUES, TESTER_RULE_TWO_SOURCES
 */
export function testerRules(
  header: NonNullable<EdgeSpec['testerHeader']>,
  { id, rule, priorities }: TestedRule,
  token: string,
): { readonly slot: Slot; readonly rule: RuleShape }[] {
  return SLOTS.map((slot) => {
    const conditions = [
      ...rule.conditions,
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: header.name, Values: [`${slot}-${token}`] } },
      ...sourceIp(header.sourceCidrs),
    ];
    refuseTooMany(id, conditions);
    const { actionsBefore, oidcClientSecret } = rule;
    return {
      slot,
      rule: { priority: priorities[slot], conditions, actionsBefore, ...(oidcClientSecret && { oidcClientSecret }) },
    };
  });
}

const sourceIp = (cidrs: readonly string[]): ElbShape[] =>
  cidrs.length === 0 ? [] : [{ Field: 'source-ip', SourceIpConfig: { Values: [...cidrs] } }];

function refuseTooMany(ruleId: string, conditions: readonly ElbShape[]): void {
  const fields = conditions.map(({ Field }) => Field);
  if (fields.filter((field) => field === 'source-ip').length > 1) {
    throw new KongDualClusterError('TESTER_RULE_TWO_SOURCES', `the tester rule of ${ruleId} has two source ranges`, {
      found: 'a source-ip condition of the rule and edge.testerHeader.sourceCidrs; ELBv2 takes one in a rule',
      remedy: 'leave edge.testerHeader.sourceCidrs out',
    });
  }
  const values = conditions.flatMap((condition) =>
    Object.values(condition).flatMap((config) =>
      typeof config === 'object' && config !== null
        ? Object.values(config).flatMap((list: unknown) => (Array.isArray(list) ? (list as unknown[]) : []))
        : [],
    ),
  );
  if (values.length > CONDITION_VALUES) {
    throw new KongDualClusterError(
      'TESTER_RULE_TOO_MANY_VALUES',
      `the tester rule of ${ruleId} has more condition values than AWS takes in a rule (${CONDITION_VALUES})`,
      {
        found: `${values.length}: those of the rule, the header and edge.testerHeader.sourceCidrs`,
        remedy: 'give fewer edge.testerHeader.sourceCidrs, or take testerPriorities out of this rule',
      },
    );
  }
}
