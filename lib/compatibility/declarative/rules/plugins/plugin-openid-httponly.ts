import { configOf } from './config';
import { noticed } from './shapes';

const FIELDS = ['session', 'authorization'].flatMap((cookie) => [
  `${cookie}_cookie_httponly`,
  `${cookie}_cookie_http_only`,
]);

export const openidHttponly = noticed('plugin-openid-httponly', ['openid-connect', 'saml'], (plugin) => {
  const config = configOf(plugin);
  const field = FIELDS.find((name) => config[name] === false);
  return field === undefined
    ? undefined
    : {
        path: ['config', field],
        message: `config.${field} = false is obeyed since 3.2: scripts in the browser can read the cookie`,
      };
});
