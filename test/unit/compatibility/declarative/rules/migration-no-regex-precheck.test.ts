import { migrationNoRegexPrecheck } from '../../../../../lib/compatibility/declarative/rules/migration-no-regex-precheck';
import { context, entity, route } from '../entity';
import type { DeclarativeRule, Entity, RuleContext } from '../../../../../lib/compatibility/declarative/rule';

/** What a rule says at the end of all of these. */
function atEnd<State>(rule: DeclarativeRule<State>, given: RuleContext, ...entities: Entity[]) {
  const state = rule.begin!(given);
  for (const one of entities) rule.check(one, given, state);
  return rule.end!(state, given);
}

describe('a file with regexes that do not compile', () => {
  const file = entity('file', {});
  it('is told once that nothing will say so', () => {
    const found = atEnd(migrationNoRegexPrecheck, context(), file, route('/a(?!b)'), route('/(a)\\1'), route('/\\d'));
    expect(found).toMatchObject([
      { entity: { kind: 'file' }, violation: { message: expect.stringMatching(/^2 routes keep regexes .*\(r, r\)/) } },
    ]);
  });
  it('is fine without one, or with the old router', () => {
    expect(atEnd(migrationNoRegexPrecheck, context(), file, route('/\\d'))).toEqual([]);
    const traditional = context({ conf: { router_flavor: 'traditional' } });
    expect(atEnd(migrationNoRegexPrecheck, traditional, file, route('/a(?!b)'))).toEqual([]);
  });
});
