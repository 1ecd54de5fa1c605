import { tagsWithSpace } from '../../../../../lib/compatibility/declarative/rules/tags-with-space';
import { entity, verdict } from '../entity';

describe('a tag', () => {
  it('with white space is told', () => {
    expect(verdict(tagsWithSpace, entity('services', { tags: ['a', 'b c'] }))).toMatchObject([{ path: ['tags', 1] }]);
  });
  it('without is fine, and none is nothing', () => {
    expect(verdict(tagsWithSpace, entity('routes', { tags: ['a'] }))).toBe('compliant');
    expect(verdict(tagsWithSpace, entity('routes', { tags: null }))).toBe('not-applicable');
  });
  it('is looked for in every kind of entity', () => {
    expect(tagsWithSpace.on).toEqual(expect.arrayContaining(['services', 'plugins', 'targets', 'keyauth_credentials']));
  });
});
