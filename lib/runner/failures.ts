import { KongDualClusterError } from '../errors';

/** What a failure means for a shift that is under way. */

/** The lock is another's: nothing may be written any more. */
export const isLockLost = (error: unknown): error is KongDualClusterError =>
  error instanceof KongDualClusterError && error.code === 'LOCK_LOST';

export const isLost = (part: PromiseSettledResult<unknown>): part is PromiseRejectedResult =>
  part.status === 'rejected' && isLockLost(part.reason);

/** Somebody else has written the rules, or a rule is gone: a person decides. */
export const isConflict = (error: unknown): error is KongDualClusterError =>
  error instanceof KongDualClusterError && /^ROUTER_(CONFLICT|RULE_|FILE_)/.test(error.code);

export const foreign = (found: string): KongDualClusterError =>
  new KongDualClusterError('ROUTER_CONFLICT', 'somebody else changed the weights', { found, remedy: 'shift abort' });

/** An error as one line for the journal. */
export const told = (error: unknown): string => {
  if (error instanceof KongDualClusterError) return error.found ? `${error.problem}: ${error.found}` : error.problem;
  if (!(error instanceof Error)) return String(error);
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
};

/** What did not answer this time, and may the next. */
export const noAnswer = (error: unknown): string =>
  error instanceof KongDualClusterError ? told(error) : `AWS did not answer: ${(error as Error).message}`;
