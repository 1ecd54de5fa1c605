import { Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Lets settings hold `${…}`, which Kong or a shell reads: aws-cdk-lib's validation takes it for a forgotten `Fn::Sub` and ends
 * the synth. Nothing in these constructs is written for `Fn::Sub`.
 */
export const textAsItIs = (scope: Construct): void =>
  Validations.of(scope).acknowledge({
    id: 'CloudFormation-Validate::E1029',
    reason: 'text of the settings stands in the template as it is; nothing here is meant for Fn::Sub',
  });
