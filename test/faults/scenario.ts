import type { ExitCode } from '../../lib/errors';
import type { Weights } from '../../lib/traffic/weights';
import type { Random } from './world/random';
import type { Shape } from './world/shape';
import type { Ended, World } from './world/world';

/** What must have come of it: the four assertions of every scenario. */
export interface Expected {
  /** How the last command ended. */
  readonly ended: Ended;
  readonly exits: readonly ExitCode[];
  /** In what it tells the person. */
  readonly message?: RegExp;
  /** Weights of every rule at the end; undefined for one that splits no more. */
  readonly weights: readonly (Weights | undefined)[];
  /** Requests that may have failed, beside the background. */
  readonly lostAtMost: number;
  /** Whether the journal was of use: of a process that could not write it, or whose folder is elsewhere, it is not. @default true */
  readonly replays?: boolean;
  /** Nothing was wrong: whether it went through all the same, or was stopped by the chance that a test has. */
  readonly byChance?: ExitCode | 'killed' | undefined;
  readonly isFine?: boolean;
  /** Whatever else does not hold, in words. */
  readonly also?: readonly (string | false)[];
}

export interface Scenario {
  readonly name: string;
  /** The injection, in words. */
  readonly says: string;
  /** What it needs of the system, its plan or its users. */
  readonly shape?: (shape: Shape, random: Random) => Shape;
  /** Injects, runs the commands, says what must have come of it. */
  play(world: World, random: Random): Promise<Expected>;
  /** Why the one command cannot restore the old slot at the end. @default - it must */
  readonly cannotRestore?: string;
}
