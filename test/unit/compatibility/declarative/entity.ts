import type { Verdict, Entity, DeclarativeRule, RuleContext } from '../../../../lib/compatibility/declarative/rule';
import { KongVersion } from '../../../../lib/release/kong-version';

/** The smallest entity that shows a rule. */
export const entity = (kind: string, value: Record<string, unknown>, parent?: Entity): Entity => ({
  kind,
  name: [value.name, value.id].find((found) => typeof found === 'string') ?? 'unnamed',
  value,
  parent,
  file: 'kong.yaml',
  workspace: undefined,
});
export const route = (...paths: string[]): Entity => entity('routes', { name: 'r', paths });
export const plugin = (name: string, config: Record<string, unknown>, parent?: Entity): Entity =>
  entity('plugins', { name, config }, parent);

export const context = (
  options: Partial<Omit<RuleContext, 'upgrade'>> & { from?: string; to?: string } = {},
): RuleContext => ({
  upgrade: { from: KongVersion.parse(options.from ?? '2.8'), to: KongVersion.parse(options.to ?? '3.4') },
  formatVersion: options.formatVersion ?? '1.1',
  conf: options.conf,
});

/** What a rule says of one entity alone. */
export function verdict(rule: DeclarativeRule, of: Entity, given: RuleContext = context()): Verdict {
  return rule.check(of, given, rule.begin?.(given));
}
