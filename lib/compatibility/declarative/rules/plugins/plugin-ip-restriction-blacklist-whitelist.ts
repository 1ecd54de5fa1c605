import { listsRenamed } from './lists';

export const ipRestrictionBlacklistWhitelist = listsRenamed(
  'plugin-ip-restriction-blacklist-whitelist',
  'ip-restriction',
);
