import { lmdbKey511 } from '../../../../../lib/compatibility/declarative/rules/lmdb-key-511';
import { entity, verdict } from '../entity';

describe('a value by which an entity is looked up', () => {
  it('of more than 511 bytes is told, and not shown', () => {
    const key = 'é'.repeat(256);
    const found = verdict(lmdbKey511, entity('keyauth_credentials', { key }));
    expect(found).toMatchObject([{ path: ['key'], message: expect.stringMatching(/512 bytes/) }]);
    expect(JSON.stringify(found)).not.toContain('éé');
  });
  it('of 511 is fine', () => {
    expect(verdict(lmdbKey511, entity('keyauth_credentials', { key: 'a'.repeat(511) }))).toBe('compliant');
    expect(verdict(lmdbKey511, entity('consumers', { username: 'bob' }))).toBe('compliant');
  });
});
