import type { Upgrade } from '../changes';
import { editionsOf, parameters, stepOf } from './parameters';
import type { Setting } from './read';
import type { Settings } from './settings';

/**
 * A setting that only Enterprise reads in the version that runs, where the versions themselves say no edition. Nothing
 * shows open source: it has no parameter of its own.
 */
export function shownEnterprise(settings: Settings, upgrade: Upgrade): Setting | undefined {
  if (editionsOf(upgrade).length < 2) return undefined;
  return settings.all().find(({ name }) => {
    const parameter = parameters().get(name);
    if (parameter === undefined || parameter.internal) return false;
    const { before: oss } = stepOf(parameter, upgrade, ['oss', 'oss']);
    const { before: enterprise } = stepOf(parameter, upgrade, ['enterprise', 'enterprise']);
    return oss.default === undefined && enterprise.default !== undefined;
  });
}
