import { declarativeUniqueness } from '../../../../../lib/compatibility/declarative/rules/declarative-uniqueness';
import { context, entity } from '../entity';
import type { Entity } from '../../../../../lib/compatibility/declarative/rule';

describe('a value that is unique', () => {
  const checked = (...entities: Entity[]) => {
    const given = context();
    const state = declarativeUniqueness.begin!(given);
    return entities.map((one) => declarativeUniqueness.check(one, given, state));
  };
  it('and stands twice is told of at the second', () => {
    expect(checked(entity('services', { name: 's' }), entity('services', { name: 's' }))).toMatchObject([
      'compliant',
      [{ path: ['name'], message: expect.stringMatching(/^name s is also that of another one/) }],
    ]);
    expect(checked(entity('routes', { id: 'x', name: 'a' }), entity('routes', { id: 'x', name: 'b' }))).toMatchObject([
      'compliant',
      [{ path: ['id'] }],
    ]);
  });
  it('is not shown where it is a key', () => {
    const key = 'super-secret';
    const found = checked(
      entity('keyauth_credentials', { id: '1', key }),
      entity('keyauth_credentials', { id: '2', key }),
    );
    expect(found[1]).toMatchObject([{ path: ['key'] }]);
    expect(JSON.stringify(found)).not.toContain(key);
  });
  it('may stand in another kind and, but for ids and SNIs, in another workspace', () => {
    const inWorkspace = (workspace: string, one: Entity) => ({ ...one, workspace });
    const service = entity('services', { name: 's' });
    expect(checked(service, entity('routes', { name: 's' }), inWorkspace('b', service))).toEqual(
      Array(3).fill('compliant'),
    );
    const sni = entity('snis', { name: 'a.com' });
    expect(checked(sni, inWorkspace('b', { ...sni, value: { name: 'a.com' } }))[1]).toHaveLength(1);
  });
});
