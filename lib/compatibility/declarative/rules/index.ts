import type { DeclarativeRule } from '../rule';
import { PLUGIN_RULES } from './plugins';

/** Every rule, in the order in which they run: each sees the edits of those before it. */
export const RULES: readonly DeclarativeRule[] = [...PLUGIN_RULES];
