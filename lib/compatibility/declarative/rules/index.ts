import type { DeclarativeRule } from '../rule';

/** Every rule, in the order in which they run: each sees the edits of those before it. */
export const RULES: readonly DeclarativeRule[] = [];
