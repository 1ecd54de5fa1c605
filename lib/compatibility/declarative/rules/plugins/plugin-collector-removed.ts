import { pluginRule } from './shapes';

export const collectorRemoved = pluginRule('plugin-collector-removed', ['collector'], () => [
  { path: [], message: 'there is no plugin collector since 3.0', edits: [{ op: 'remove', path: [] }] },
]);
