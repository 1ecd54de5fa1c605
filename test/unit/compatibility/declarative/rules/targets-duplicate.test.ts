import { targetsDuplicate } from '../../../../../lib/compatibility/declarative/rules/targets-duplicate';
import { context, entity } from '../entity';
import type { DeclarativeRule, Entity, RuleContext } from '../../../../../lib/compatibility/declarative/rule';

/** What a rule says at the end of all of these. */
function atEnd<State>(rule: DeclarativeRule<State>, given: RuleContext, ...entities: Entity[]) {
  const state = rule.begin!(given);
  for (const one of entities) rule.check(one, given, state);
  return rule.end!(state, given);
}

describe('a target that stands twice in its upstream', () => {
  const upstream = entity('upstreams', { name: 'u' });
  const target = (value: Record<string, unknown>, parent = upstream) =>
    entity('targets', { target: 'a:80', ...value }, parent);
  it('goes by itself where both say the same, the newest stays', () => {
    const older = target({ weight: 1, created_at: 1, id: 'x' });
    const found = atEnd(targetsDuplicate, context(), target({ weight: 1, created_at: 2, id: 'y' }), older);
    expect(found).toEqual([
      { entity: older, violation: expect.objectContaining({ path: [], edits: [{ op: 'remove', path: [] }] }) },
    ]);
  });
  it('is for a person where they differ', () => {
    const [found] = atEnd(
      targetsDuplicate,
      context(),
      target({ weight: 1, created_at: 1 }),
      target({ weight: 2, created_at: 2 }),
    );
    expect(found?.violation).toMatchObject({ message: expect.stringMatching(/deletes the older/) });
    expect(found?.violation.edits).toBeUndefined();
  });
  it('of one age makes finish fail', () => {
    const [found] = atEnd(targetsDuplicate, context(), target({ created_at: 1 }), target({ created_at: 1 }));
    expect(found?.violation.message).toMatch(/finish fails/);
  });
  it('is the same target with its port left out', () => {
    expect(atEnd(targetsDuplicate, context(), target({ target: 'a' }), target({ target: 'a:8000' }))).toHaveLength(1);
  });
  it('is another one in another upstream, or in a flat file of another id', () => {
    expect(atEnd(targetsDuplicate, context(), target({}), target({}, entity('upstreams', { name: 'v' })))).toEqual([]);
    const flat = (id: string) => entity('targets', { target: 'a:80', upstream: id });
    expect(atEnd(targetsDuplicate, context(), flat('1'), flat('2'))).toEqual([]);
    expect(atEnd(targetsDuplicate, context(), flat('1'), flat('1'))).toHaveLength(1);
  });
});
