import { configOf, isSet } from './config';
import { noticed } from './shapes';

/** Of the session plugin the fields have no prefix. A null of before 3.2 counts as chosen for the idle time: it is 0. */
export const sessionDefaults = noticed('plugin-session-defaults', ['session', 'openid-connect', 'saml'], (plugin) => {
  const config = configOf(plugin);
  const prefix = plugin.value.name === 'session' ? '' : 'session_';
  const idle = isSet(config[`${prefix}idling_timeout`]) || `${prefix}cookie_idletime` in config;
  const absolute = isSet(config[`${prefix}absolute_timeout`]);
  const ends = [...(idle ? [] : ['after 900 s without a request']), ...(absolute ? [] : ['after 86400 s in any case'])];
  if (ends.length === 0) return undefined;
  const fields = [
    ...(idle ? [] : [`config.${prefix}idling_timeout`]),
    ...(absolute ? [] : [`config.${prefix}absolute_timeout`]),
  ];
  return {
    path: ['config'],
    message: `${fields.join(' and ')} not set: a session ends ${ends.join(' and ')}, which 2.x did not do by default`,
    how: `set ${fields.join(' and ')} to what you want; 0 switches the limit off`,
  };
});
