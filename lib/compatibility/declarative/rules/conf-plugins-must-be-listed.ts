import bundled from '../../facts/bundled-plugins.json';
import type { DeclarativeRule, Entity, RuleContext } from '../rule';

/** What `plugins=bundled` held on 2.8 or holds on 3.4; a plugin that 3.x removed is told by its own rule. */
const OSS: ReadonlySet<string> = new Set([...bundled.oss['2.8'], ...bundled.oss['3.4']]);
const ENTERPRISE: ReadonlySet<string> = new Set(bundled.enterprise);
/** Came after 3.4; in which edition is not told apart. */
const LATER: ReadonlySet<string> = new Set(bundled.later);

export const confPluginsMustBeListed: DeclarativeRule<Map<string, Entity>> = {
  id: 'conf-plugins-must-be-listed',
  on: ['plugins'],
  begin: () => new Map(),
  check(plugin, context, missing) {
    const { name } = plugin.value;
    if (typeof name !== 'string') return 'not-applicable';
    if (!isListed(name, context) && !missing.has(name)) missing.set(name, plugin);
    return 'compliant';
  },
  end: (missing, { conf }) =>
    [...missing].map(([name, entity]) => ({
      entity,
      violation: {
        path: ['name'],
        message:
          conf === undefined
            ? `the plugin ${name} is not one of Kong's: unless plugins= of the new kong.conf names it, Kong does not start ("plugin is in use but not enabled"), and migrations leave its tables out`
            : `plugins=${conf.plugins ?? 'bundled'} of the new kong.conf does not hold ${name}: Kong does not start ("plugin is in use but not enabled"), and migrations leave its tables out`,
        how: `install ${name} in the image of the new nodes and of the migrations, and name it in plugins=: plugins=${[conf?.plugins ?? 'bundled', name].join(',')}`,
      },
    })),
};

function isListed(name: string, { conf, upgrade }: RuleContext): boolean {
  const listed = (conf?.plugins ?? 'bundled').split(',').map((one) => one.trim());
  // `3.4.2` is open source; a minor may be Enterprise.
  const isOss = /^\d+\.\d+\.\d+(-|$)/.test(upgrade.to.toString());
  const isBundled =
    OSS.has(name) || (!isOss && ENTERPRISE.has(name)) || (upgrade.to.isAtLeastMinor('3.5') && LATER.has(name));
  return listed.includes(name) || (listed.includes('bundled') && isBundled);
}
