import { readFile } from 'node:fs/promises';
import { fieldsIn } from '../../deployed/secret-value';
import { KongDualClusterError } from '../../errors';
import type { F5Settings } from '../../settings/router-schema';
import { secretEmpty, type SecretReader } from '../router-secret';
import { BigIp, type Credentials } from './big-ip';
import { F5Router } from './f5-router';

/** The router of `shift.router.f5`. @throws KongDualClusterError ROUTER_UNTRUSTED when caFile cannot be read */
export async function openF5(settings: F5Settings, secret: SecretReader): Promise<F5Router> {
  const { url, caFile, credentials } = settings;
  const ca = caFile === undefined ? undefined : await textOf(caFile);
  const unit = new BigIp({
    url,
    ...(ca !== undefined && { ca }),
    credentials: async () => credentialsIn(await secret(credentials), credentials.secretArn),
  });
  return new F5Router(unit, settings);
}

function credentialsIn(text: string, secretArn: string): Credentials {
  const { username, password } = fieldsIn(text);
  if (typeof username === 'string' && username !== '' && typeof password === 'string' && password !== '')
    return { username, password };
  throw secretEmpty(`no JSON with username and password in ${secretArn}`);
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new KongDualClusterError('ROUTER_UNTRUSTED', 'the certificate authority of the BIG-IP cannot be read', {
      found: `${path}: ${(error as { code?: string }).code ?? 'no file'}`,
      remedy: 'correct shift.router.f5.caFile in the settings',
      cause: error,
    });
  }
}
