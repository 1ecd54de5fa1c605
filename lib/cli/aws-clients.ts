import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { EXIT, KongDualClusterError } from '../errors';
import type { Settings } from '../settings/schema';
import type { Context } from './context';

/*
 * Credentials, endpoint (AWS_ENDPOINT_URL) and profile are the SDK's own matter, read from the environment as every AWS
 * tool does. Only the region may come from elsewhere.
 */

/**
 * The account, region and caller (an ARN) that the credentials lead to, refused when the settings name others.
 * @throws KongDualClusterError OTHER_REGION, OTHER_ACCOUNT
 */
export async function accountAndRegion(
  context: Context,
  settings: Settings,
): Promise<{ account: string; region: string; caller: string }> {
  if (context.region !== undefined && settings.region !== undefined && context.region !== settings.region) {
    throw other('OTHER_REGION', 'region', `--region ${context.region}`, settings.region);
  }
  const sts = new STSClient({ region: context.region ?? settings.region });
  const region = await sts.config.region();
  const { Account: account, Arn: caller } = await sts.send(new GetCallerIdentityCommand({}));
  if (settings.account !== undefined && account !== settings.account) {
    throw other('OTHER_ACCOUNT', 'account', `credentials of account ${account}`, settings.account);
  }
  return { account: account ?? '', region, caller: caller ?? '' };
}

const other = (code: string, what: string, found: string, wanted: string): KongDualClusterError =>
  new KongDualClusterError(code, `the settings are of another ${what}`, {
    found: `${found}, the settings say ${wanted}`,
    remedy: `use ${what} ${wanted}, or the settings of this system with --settings FILE`,
    exitCode: EXIT.preflightRefused,
  });
