import { readSecret } from '../deployed/secret-value';
import { EXIT, KongDualClusterError } from '../errors';
import type { SecretRef } from '../settings/schema';

/** The text of a secret, or of one field of a JSON secret. @throws KongDualClusterError ROUTER_SECRET_EMPTY */
export type SecretReader = (ref: SecretRef) => Promise<string>;

/** Secrets Manager in a region; the SDK is loaded when the first secret is read. */
export const secretsOf =
  (region: string): SecretReader =>
  async (ref) => {
    const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
    return valueOf(await readSecret(new SecretsManagerClient({ region }), ref), ref);
  };

/** @throws KongDualClusterError ROUTER_SECRET_EMPTY, without the text of the secret */
export function valueOf(value: string | undefined, { secretArn, field }: SecretRef): string {
  if (value !== undefined) return value;
  throw secretEmpty(`no text ${field === undefined ? '' : `under ${field} `}in ${secretArn}`);
}

export const secretEmpty = (found: string): KongDualClusterError =>
  new KongDualClusterError('ROUTER_SECRET_EMPTY', 'the credentials of the router could not be read', {
    found,
    remedy: 'put them there, or correct the secret under shift.router in the settings',
    exitCode: EXIT.error,
  });
