import { EXIT, KongDualClusterError } from '../errors';

/** Where a value is kept; never the value. */
export interface SecretRef {
  readonly secretArn: string;
  readonly field?: string | undefined;
}

/** The text of a secret, or of one field of a JSON secret. */
export type SecretReader = (ref: SecretRef) => Promise<string>;

/** Secrets Manager in a region; the SDK is loaded when the first secret is read. */
export const secretsOf =
  (region: string): SecretReader =>
  async (ref) => {
    const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
    const client = new SecretsManagerClient({ region });
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: ref.secretArn }));
    return valueIn(SecretString, ref);
  };

/** @throws KongDualClusterError ROUTER_SECRET_EMPTY, without the text of the secret */
export function valueIn(text: string, { secretArn, field }: SecretRef): string {
  const value = field === undefined ? text.trim() : fieldsIn(text)[field];
  if (typeof value === 'string' && value !== '') return value;
  throw secretEmpty(`no text ${field === undefined ? '' : `under ${field} `}in ${secretArn}`);
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

export const secretEmpty = (found: string): KongDualClusterError =>
  new KongDualClusterError('ROUTER_SECRET_EMPTY', 'the credentials of the router could not be read', {
    found,
    remedy: 'put them there, or correct the secret under shift.router in the settings',
    exitCode: EXIT.error,
  });
