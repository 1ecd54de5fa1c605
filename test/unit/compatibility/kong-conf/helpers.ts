import {
  checkKongConf,
  readEnvironment,
  readKongConf,
  type KongConfResult,
} from '../../../../lib/compatibility/kong-conf';
import type { CompatibilityFinding } from '../../../../lib/compatibility/finding';
import { KongVersion } from '../../../../lib/release/kong-version';

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly environment?: string;
  readonly keepBehaviour?: boolean;
}

export function check(text: string | undefined, options: Options = {}): KongConfResult {
  const { from = '2.8', to = '3.4', environment = '', keepBehaviour = false } = options;
  return checkKongConf({
    conf: text === undefined ? undefined : readKongConf(text, 'kong.conf'),
    environment: readEnvironment(environment, 'kong.env'),
    upgrade: { from: KongVersion.parse(from), to: KongVersion.parse(to) },
    keepBehaviour,
  });
}

/** What is said of one parameter. */
export const about = (text: string, id: string, options: Options = {}): CompatibilityFinding | undefined =>
  check(text, options).findings.find((finding) => finding.id === id);

export const confOf = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
