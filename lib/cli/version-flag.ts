import { EXIT, KongDualClusterError } from '../errors';
import { KongVersion } from '../release/kong-version';

/**
 * A version as it was given to an option.
 * @throws KongDualClusterError VERSION_INVALID (exit 64)
 */
export function versionFlag(option: '--from' | '--to', text: string): KongVersion {
  const version = KongVersion.tryParse(text);
  if (version !== undefined) return version;
  throw new KongDualClusterError('VERSION_INVALID', `${option} takes a Kong version of two, three or four numbers`, {
    found: text === '' ? 'nothing' : text,
    remedy: 'write it as 2.8, 3.4.2 or, for Enterprise, 3.4.3.12',
    exitCode: EXIT.usage,
  });
}
