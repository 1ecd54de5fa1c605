import { aws_secretsmanager as secretsmanager, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** An existing secret, by ARN with or without the six characters that Secrets Manager adds to its name. */
export function importSecret(scope: Construct, id: string, secretArn: string): secretsmanager.ISecret {
  const complete = Token.isUnresolved(secretArn) || /-[A-Za-z0-9]{6}$/.test(secretArn);
  return complete
    ? secretsmanager.Secret.fromSecretCompleteArn(scope, id, secretArn)
    : secretsmanager.Secret.fromSecretPartialArn(scope, id, secretArn);
}
