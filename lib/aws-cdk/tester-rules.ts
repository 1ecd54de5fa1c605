import { Validations, aws_elasticloadbalancingv2 as elbv2, aws_secretsmanager as secretsmanager } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { EdgeSpec } from '../blueprint/spec';
import { TESTER_SECRET_DESCRIPTION, TESTER_TOKEN, testerRules } from '../blueprint/tester-rules';
import type { TestedRule } from '../blueprint/tester-rules';
import type { Slot } from '../traffic/weights';
import { importSecret } from './import-secret';
import { capital } from './target-groups';
import type { RuleListener } from './weighted-rule';
import { nativeRule } from './weighted-rule';

export interface TesterRulesProps {
  readonly header: NonNullable<EdgeSpec['testerHeader']>;
  readonly rules: readonly (TestedRule & { readonly listener: RuleListener })[];
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
    for (const tested of rules) {
      for (const { slot, rule } of testerRules(header, tested, token)) {
        nativeRule(this, `${tested.id}${capital(slot)}`, {
          listener: tested.listener,
          rule,
          forward: [{ targetGroup: targetGroups[slot], weight: 1 }],
        });
      }
    }
  }

  private makeSecret(): secretsmanager.Secret {
    const secret = new secretsmanager.Secret(this, 'Secret', {
      description: TESTER_SECRET_DESCRIPTION,
      generateSecretString: {
        excludePunctuation: TESTER_TOKEN.excludePunctuation,
        passwordLength: TESTER_TOKEN.length,
      },
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'the rules are written with the value of their deployment; a rotated token would match none of them',
    });
    return secret;
  }
}
