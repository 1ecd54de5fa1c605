import { configOf } from './config';
import { noticed } from './shapes';

const PLACES: Readonly<Record<string, readonly string[]>> = {
  uri_param_names: ['jwt'],
  cookie_names: [],
  header_names: ['authorization'],
};

/** More than one place in which a token is looked for, as by default. */
export const jwtMultiToken = noticed('plugin-jwt-multi-token', ['jwt'], (plugin) => {
  const config = configOf(plugin);
  const places = Object.entries(PLACES).flatMap(([field, fallback]) =>
    Array.isArray(config[field]) ? (config[field] as string[]) : fallback,
  );
  return places.length > 1
    ? { path: ['config'], message: `a request with different tokens in ${places.join(', ')} is denied` }
    : undefined;
});
