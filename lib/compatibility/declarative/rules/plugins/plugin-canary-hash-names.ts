import { ownConfigOf } from './config';
import { pluginRule } from './shapes';

const NAMES: Readonly<Record<string, string>> = { whitelist: 'allow', blacklist: 'deny' };

export const canaryHashNames = pluginRule('plugin-canary-hash-names', ['canary'], (plugin) => {
  const { hash } = ownConfigOf(plugin);
  const name = typeof hash === 'string' ? NAMES[hash] : undefined;
  if (name === undefined) return [];
  const path = ['config', 'hash'];
  return [
    {
      path,
      message: `canary of 3.x does not know the hash ${String(hash)}; it is called ${name}`,
      edits: [{ op: 'set', path, value: name }],
    },
  ];
});
