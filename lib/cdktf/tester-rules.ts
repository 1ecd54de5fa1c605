import { DataAwsSecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/data-aws-secretsmanager-secret-version';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version';
import { Construct } from 'constructs';
import type { EdgeSpec } from '../blueprint/spec';
import { TESTER_SECRET_DESCRIPTION, TESTER_TOKEN, testerRules } from '../blueprint/tester-rules';
import type { TestedRule } from '../blueprint/tester-rules';
import { ephemeral } from './ephemeral';
import { literal } from './literal';
import type { SlotTargetGroups } from './target-groups';
import { capital } from './target-groups';
import type { RuleListener } from './weighted-rule';
import { forwardingRule } from './weighted-rule';

export interface TesterRulesProps {
  /** Of the system. */
  readonly name: string;
  readonly header: NonNullable<EdgeSpec['testerHeader']>;
  readonly rules: readonly (TestedRule & { readonly listener: RuleListener })[];
  readonly targetGroups: SlotTargetGroups;
}

/**
 * A request with the header `NAME: SLOT-TOKEN` goes to that slot whatever the weights. The token is a secret: whoever
 * has it passes by the weights, though not by the authentication of the rule. Left out again after the cutover.
 *
 * The token stands in the rule itself, where whoever may describe rules can read it; ELBv2 has no other form. So it stands
 * in the state of the edge as well, as everything does that Terraform writes into a rule.
 * @throws KongDualClusterError TESTER_RULE_TOO_MANY_VALUES, TESTER_RULE_TWO_SOURCES, RULE_CONDITION_UNKNOWN,
 *   RULE_ACTION_UNKNOWN, OIDC_SECRET_MISSING
 */
export class TesterRules extends Construct {
  readonly secretArn: string;

  constructor(scope: Construct, id: string, { name, header, rules, targetGroups }: TesterRulesProps) {
    super(scope, id);
    const secret = header.secretArn === undefined ? this.makeSecret(name) : given(header.secretArn);
    this.secretArn = secret.arn;
    const { secretString: token } = new DataAwsSecretsmanagerSecretVersion(this, 'Token', { secretId: secret.readBy });
    for (const tested of rules) {
      for (const { slot, rule } of testerRules(header, tested, token)) {
        forwardingRule(this, `${tested.id}${capital(slot)}`, {
          listenerArn: tested.listener.arn,
          rule,
          forward: [{ targetGroupArn: targetGroups[slot].arn, weight: 1 }],
        });
      }
    }
  }

  /** Made by AWS and written once: the ephemeral password is asked for at every run and used at the first. */
  private makeSecret(name: string): ReadableSecret {
    const secret = new SecretsmanagerSecret(this, 'Secret', {
      // Not one name for good: a deleted secret keeps its name for a month.
      namePrefix: `${name}-edge-tester-`,
      description: TESTER_SECRET_DESCRIPTION,
    });
    const token = ephemeral(this, 'aws_secretsmanager_random_password', secret.friendlyUniqueId, {
      password_length: TESTER_TOKEN.length,
      exclude_punctuation: TESTER_TOKEN.excludePunctuation,
    });
    const version = new SecretsmanagerSecretVersion(this, 'SecretVersion', {
      secretId: secret.id,
      secretStringWo: `\${${token}.random_password}`,
      secretStringWoVersion: 1,
    });
    // By what the version alone says, so that there is one when the token is read: its `secret_id` is known as soon as there
    // is a secret, and after an apply that ended between the two every plan would look for a value that is not there.
    return { arn: secret.arn, readBy: version.arn };
  }
}

interface ReadableSecret {
  readonly arn: string;
  readonly readBy: string;
}
const given = (secretArn: string): ReadableSecret => ({ arn: secretArn, readBy: literal(secretArn) });
