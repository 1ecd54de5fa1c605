import { fieldsRenamed } from './shapes';

/**
 * Where both are set, the migration of Kong overwrites `access` (kong/plugins/pre-function/migrations/_001_280_to_300.lua):
 * code would be lost, so a person has to choose.
 */
export const functionsRemoved = fieldsRenamed(
  'plugin-functions-removed',
  ['pre-function', 'post-function'],
  [{ from: 'config.functions', to: 'config.access' }],
  ({ from, to }) => `${from} is an unknown field in 3.x; its code runs in ${to}`,
);
