import { routerFlavorDefault } from '../../../../../lib/compatibility/declarative/rules/router-flavor-default';
import { context, entity, route } from '../entity';
import type { DeclarativeRule, Entity, RuleContext } from '../../../../../lib/compatibility/declarative/rule';

/** What a rule says at the end of all of these. */
function atEnd<State>(rule: DeclarativeRule<State>, given: RuleContext, ...entities: Entity[]) {
  const state = rule.begin!(given);
  for (const one of entities) rule.check(one, given, state);
  return rule.end!(state, given);
}

describe('a kong.conf without router_flavor', () => {
  const file = entity('file', {});
  const v1 = entity('routes', { name: 'old', path_handling: 'v1' });
  it('is told of where routes need the old router', () => {
    const found = atEnd(routerFlavorDefault, context({ conf: {} }), file, v1, route('/a(?!b)'), route('/a'));
    expect(found).toMatchObject([
      { entity: { kind: 'file' }, violation: { message: expect.stringMatching(/old, r$/) } },
    ]);
  });
  it('is fine where none does, or where it says which', () => {
    expect(atEnd(routerFlavorDefault, context({ conf: {} }), file, route('/\\d'))).toEqual([]);
    expect(atEnd(routerFlavorDefault, context({ conf: { router_flavor: 'traditional' } }), file, v1)).toEqual([]);
  });
  it('is not spoken of where no kong.conf is known', () => {
    expect(atEnd(routerFlavorDefault, context(), file, v1)).toEqual([]);
    expect(routerFlavorDefault.check(v1, context(), routerFlavorDefault.begin!(context()))).toBe('not-applicable');
  });
});
