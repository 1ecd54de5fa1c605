import type { Mutate } from './world/world';

export interface Mutant {
  readonly name: string;
  readonly mutate: Mutate;
  readonly caughtBy: readonly string[];
  readonly seeds: number;
}
export const MUTANTS: readonly Mutant[] = [];
