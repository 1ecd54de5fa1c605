import { deployCommand } from '../blueprint/deploy-command';
import { EXIT, KongDualClusterError } from '../errors';
import type { Settings } from '../settings/schema';
import type { StackReading, Stacks } from './stacks';

/** @throws KongDualClusterError STACK_NOT_FOUND */
export async function readStack(
  stacks: Stacks,
  settings: Pick<Settings, 'terraform'>,
  name: string,
): Promise<StackReading> {
  const stack = await stacks.find(name);
  if (stack) return stack;
  throw new KongDualClusterError('STACK_NOT_FOUND', 'a stack is not deployed', {
    found: `no ${settings.terraform ? 'parameter of a stack' : 'stack'} ${name} in this account and region`,
    remedy: `deploy it: ${deployCommand(settings, name)}; or check --region and the credentials`,
    exitCode: EXIT.preflightRefused,
  });
}
