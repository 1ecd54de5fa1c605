import type { Language, Source } from './source';

/** A place in a source that an upgrade changes. */
export interface SourceViolation {
  /** From 1. */
  readonly line: number;
  /** What stands there, `kong.singletons`; null for the file as a whole. */
  readonly field: string | null;
  /** What happens after the upgrade (@default what the entry in the facts says). */
  readonly message?: string;
  /** What to do (@default what the entry in the facts says). */
  readonly how?: string;
}

/** One entry of the facts as code over one source. */
export interface SourceRule {
  /** Id of the entry in `facts/changes/`. */
  readonly id: string;
  readonly on: readonly Language[];
  /** Undefined: the rule has nothing to say about such a file. */
  check(source: Source): readonly SourceViolation[] | undefined;
}
