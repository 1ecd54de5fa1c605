import type { ExitCode } from '../errors';
import type { Context } from './context';

/** A command's code as the action of commander, which hands over the arguments, the options and the command. */
export type Run = <A extends unknown[]>(
  act: (context: Context, ...args: A) => Promise<ExitCode>,
) => (...given: unknown[]) => Promise<void>;
