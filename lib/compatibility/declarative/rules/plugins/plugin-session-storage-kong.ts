import { configOf } from './config';
import { noticed, ofTwoDatabases } from './shapes';

export const sessionStorageKong = ofTwoDatabases(
  noticed('plugin-session-storage-kong', ['session'], (plugin) =>
    configOf(plugin).storage === 'kong'
      ? {
          path: ['config', 'storage'],
          message: 'config.storage = kong: a session made on one slot is unknown to the other',
        }
      : undefined,
  ),
);
