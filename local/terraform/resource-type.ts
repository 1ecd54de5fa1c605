import type { Value, Values } from './values';

export interface Planned {
  /** What the state will say; unknown where only the answer tells. */
  readonly planned: Values;
  /** As it was written, write-only values with it. */
  readonly config: Values;
}

/** One resource type: how the local AWS makes, shows, changes and deletes it. What a function returns is laid over the state. */
export interface ResourceType {
  /** A change of one of these (names, or paths with dots into blocks) makes a new resource. */
  readonly forceNew?: readonly string[];
  /** Some changes that force a new one depend on values. */
  readonly replaces?: (prior: Values, planned: Values) => readonly string[];
  /** What an update changes by itself. */
  readonly changesWithUpdate?: (prior: Values, planned: Values) => readonly string[];
  /** Values of a schema's defaults, planned where nothing is said. */
  readonly defaults?: { readonly [name: string]: Value };
  readonly create: (given: Planned) => Promise<Values>;
  /** @returns what differs from the state; undefined: it is gone */
  readonly read?: (state: Values) => Promise<Values | undefined>;
  readonly update?: (given: Planned & { readonly prior: Values }) => Promise<Values>;
  readonly remove: (state: Values) => Promise<void>;
}

/** It was made, and then something failed: Terraform keeps it and calls it tainted. */
export class MadeButFailed extends Error {
  constructor(
    readonly made: Values,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

export type DataType = (config: Values) => Promise<Values>;
