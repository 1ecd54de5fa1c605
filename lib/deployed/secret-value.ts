import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SecretRef } from '../settings/schema';

/** What a secret holds: its text, or one field of a JSON secret; undefined where there is no such text. */
export async function readSecret(
  client: Pick<SecretsManagerClient, 'send'>,
  { secretArn, field }: SecretRef,
): Promise<string | undefined> {
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
  const value = field === undefined ? SecretString.trim() : fieldsIn(SecretString)[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A JSON object, or nothing. */
export function fieldsIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
