import { listsRenamed } from './lists';

export const aclBlacklistWhitelist = listsRenamed('plugin-acl-blacklist-whitelist', 'acl');
