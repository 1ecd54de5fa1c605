import { EXIT, KongDualClusterError } from '../errors';
import type { ShiftStart } from '../traffic/shift-events';

/**
 * A journal lies where the command was run, and a system of the same name may stand in another account or region: a shift
 * goes on only where it was begun.
 * @throws KongDualClusterError OTHER_ACCOUNT (exit 8)
 */
export function refuseElsewhere(
  { run, account, region }: Pick<ShiftStart, 'run' | 'account' | 'region'>,
  here: { readonly account: string; readonly region: string },
): void {
  if (account === here.account && region === here.region) return;
  throw new KongDualClusterError('OTHER_ACCOUNT', 'the shift was begun in another account or region', {
    found: `run ${run} is of ${account} in ${region}, the credentials lead to ${here.account} in ${here.region}`,
    remedy: `log in to ${account} and use ${region}; nothing was written here`,
    exitCode: EXIT.preflightRefused,
  });
}
