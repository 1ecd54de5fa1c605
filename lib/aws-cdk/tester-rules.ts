import { Validations, aws_elasticloadbalancingv2 as elbv2, aws_secretsmanager as secretsmanager } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { EdgeSpec } from '../blueprint/spec';
import { KongDualClusterError } from '../errors';
import type { Slot } from '../traffic/weights';
import { SLOTS } from '../traffic/weights';
import { importSecret } from './import-secret';
import { capital } from './target-groups';
import type { RuleListener, RuleShape } from './weighted-rule';
import { nativeRule } from './weighted-rule';

/** Condition values of one rule (AWS quota `condition-values-per-alb-rule`, not adjustable). */
const CONDITION_VALUES = 5;

export interface TesterRulesProps {
  readonly header: NonNullable<EdgeSpec['testerHeader']>;
  readonly rules: readonly {
    readonly id: string;
    readonly listener: RuleListener;
    readonly rule: RuleShape;
    readonly priorities: Readonly<Record<Slot, number>>;
  }[];
  readonly targetGroups: Readonly<Record<Slot, elbv2.IApplicationTargetGroup>>;
}

/**
 * A request with the header `NAME: SLOT-TOKEN` goes to that slot whatever the weights. The token is a secret: whoever
 * has it passes by the weights, though not by the authentication of the rule. Left out again after the cutover.
 *
 * The token stands in the rule itself, where whoever may describe rules can read it; ELBv2 has no other form.
 */
export class TesterRules extends Construct {
  readonly secret: secretsmanager.ISecret;

  constructor(scope: Construct, id: string, { header, rules, targetGroups }: TesterRulesProps) {
    super(scope, id);
    this.secret = header.secretArn === undefined ? this.makeSecret() : importSecret(this, 'Secret', header.secretArn);
    // A dynamic reference: CloudFormation reads the secret when it writes the rule, the template never holds it.
    const token = this.secret.secretValue.unsafeUnwrap();
    for (const { id: ruleId, listener, rule, priorities } of rules) {
      for (const slot of SLOTS) {
        const conditions = [
          ...rule.conditions,
          { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: header.name, Values: [`${slot}-${token}`] } },
          ...sourceIp(header.sourceCidrs),
        ];
        refuseTooManyValues(ruleId, conditions);
        nativeRule(this, `${ruleId}${capital(slot)}`, {
          listener,
          rule: {
            priority: priorities[slot],
            conditions,
            actionsBefore: rule.actionsBefore,
            ...(rule.oidcClientSecret && { oidcClientSecret: rule.oidcClientSecret }),
          },
          forward: [{ targetGroup: targetGroups[slot], weight: 1 }],
        });
      }
    }
  }

  private makeSecret(): secretsmanager.Secret {
    const secret = new secretsmanager.Secret(this, 'Secret', {
      description: 'Token of the tester header: NAME: SLOT-TOKEN reaches that slot whatever the weights',
      // Letters and digits alone: * and ? are wildcards in a rule's condition.
      generateSecretString: { excludePunctuation: true, passwordLength: 32 },
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'the rules are written with the value of their deployment; a rotated token would match none of them',
    });
    return secret;
  }
}

const sourceIp = (cidrs: readonly string[]): Record<string, unknown>[] =>
  cidrs.length === 0 ? [] : [{ Field: 'source-ip', SourceIpConfig: { Values: [...cidrs] } }];

/** @throws KongDualClusterError TESTER_RULE_TOO_MANY_VALUES */
function refuseTooManyValues(ruleId: string, conditions: readonly Readonly<Record<string, unknown>>[]): void {
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
