import { configOf } from './config';
import { noticed, ofTwoDatabases } from './shapes';

export const acmeStorageKong = ofTwoDatabases(
  noticed('plugin-acme-storage-kong', ['acme'], (plugin) =>
    configOf(plugin).storage === 'kong'
      ? {
          path: ['config', 'storage'],
          message: 'config.storage = kong: a certificate that one slot gets is unknown to the other',
        }
      : undefined,
  ),
);
