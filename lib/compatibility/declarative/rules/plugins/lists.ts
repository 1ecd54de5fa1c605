import type { DeclarativeRule } from '../../rule';
import { fieldsRenamed, type Rename } from './shapes';

const LISTS: readonly Rename[] = [
  { from: 'config.blacklist', to: 'config.deny' },
  { from: 'config.whitelist', to: 'config.allow' },
];

/** The lists of acl, bot-detection and ip-restriction: 2.x read both names, 3.x answers 400 to the old ones. */
export const listsRenamed = (id: string, plugin: string): DeclarativeRule =>
  fieldsRenamed(id, [plugin], LISTS, ({ from, to }) => `${plugin} of 3.x refuses ${from}; it is called ${to}`);
