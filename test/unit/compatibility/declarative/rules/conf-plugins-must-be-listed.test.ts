import { confPluginsMustBeListed } from '../../../../../lib/compatibility/declarative/rules/conf-plugins-must-be-listed';
import { context, plugin } from '../entity';
import type { DeclarativeRule, Entity, RuleContext } from '../../../../../lib/compatibility/declarative/rule';

/** What a rule says at the end of all of these. */
function atEnd<State>(rule: DeclarativeRule<State>, given: RuleContext, ...entities: Entity[]) {
  const state = rule.begin!(given);
  for (const one of entities) rule.check(one, given, state);
  return rule.end!(state, given);
}

describe('a plugin that Kong does not bring', () => {
  const rule = confPluginsMustBeListed;
  it('is told once where no kong.conf is known', () => {
    const found = atEnd(
      rule,
      context(),
      plugin('mine', {}),
      plugin('mine', {}),
      plugin('cors', {}),
      plugin('canary', {}),
    );
    expect(found).toMatchObject([
      {
        violation: {
          path: ['name'],
          message: expect.stringMatching(/unless plugins=/),
          how: expect.stringMatching(/plugins=bundled,mine$/),
        },
      },
    ]);
  });
  it('is fine where plugins= names it', () => {
    expect(atEnd(rule, context({ conf: { plugins: 'bundled, mine' } }), plugin('mine', {}))).toEqual([]);
  });
  it('is one of Enterprise on open source', () => {
    expect(atEnd(rule, context({ to: '3.4.2' }), plugin('canary', {}))).toHaveLength(1);
    expect(atEnd(rule, context({ to: '3.4.3.12' }), plugin('canary', {}))).toEqual([]);
  });
  it("is none of Kong's that came after 3.4, where the upgrade goes beyond", () => {
    const later = context({ from: '3.10', to: '3.14', formatVersion: '3.0' });
    expect(atEnd(rule, later, plugin('ai-proxy', {}), plugin('mine', {}))).toMatchObject([
      { entity: { name: 'mine' } },
    ]);
    expect(atEnd(rule, context(), plugin('ai-proxy', {}))).toHaveLength(1);
  });
  it('is any that a list without bundled leaves out', () => {
    expect(atEnd(rule, context({ conf: { plugins: 'acl' } }), plugin('cors', {}), plugin('acl', {}))).toMatchObject([
      { violation: { message: expect.stringMatching(/does not hold cors/) } },
    ]);
  });
});
