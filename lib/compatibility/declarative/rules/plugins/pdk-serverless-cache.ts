import { configOf } from './config';
import { noticed } from './shapes';

const PHASES = ['functions', 'certificate', 'rewrite', 'access', 'header_filter', 'body_filter', 'log'];
const USED = /\bkong\s*\.\s*(?:cache|configuration)\b/;

export const pdkServerlessCache = noticed('pdk-serverless-cache', ['pre-function', 'post-function'], (plugin) => {
  const config = configOf(plugin);
  for (const phase of PHASES) {
    const codes = config[phase];
    const index = Array.isArray(codes) ? codes.findIndex((code) => typeof code === 'string' && USED.test(code)) : -1;
    if (index >= 0) {
      return {
        path: ['config', phase, index],
        message: `the code in config.${phase} uses kong.cache or kong.configuration: since 3.3 a cache of its own, and a part of the configuration`,
      };
    }
  }
  return undefined;
});
