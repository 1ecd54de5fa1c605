import { listsRenamed } from './lists';

export const botDetectionBlacklistWhitelist = listsRenamed('plugin-bot-detection-blacklist-whitelist', 'bot-detection');
