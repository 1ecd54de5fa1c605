import type { DeclarativeRule } from '../../rule';
import { fieldsRenamed, type Rename } from './shapes';

/**
 * A field of the session plugin. 3.2 still reads the old name; Kong asks to rename when no older node reads the same
 * configuration. What is written here is for the green nodes alone, none of which is older. Blue keeps its own file.
 */
export const sessionRenamed = (id: string, rename: Rename): DeclarativeRule =>
  fieldsRenamed(
    id,
    ['session'],
    [rename],
    ({ from, to }) => `${from} is deprecated since 3.2 (still read); it is called ${to}, which blue does not know`,
  );
