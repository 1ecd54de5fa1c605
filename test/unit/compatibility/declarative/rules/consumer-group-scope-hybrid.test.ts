import { consumerGroupScopeHybrid } from '../../../../../lib/compatibility/declarative/rules/consumer-group-scope-hybrid';
import { entity, plugin, verdict } from '../entity';

describe('a plugin', () => {
  it('of a consumer group needs data planes of 3.4', () => {
    const group = entity('consumer_groups', { name: 'gold' });
    expect(verdict(consumerGroupScopeHybrid, plugin('acl', {}, group))).toEqual([{ path: [] }]);
    const named = entity('plugins', { name: 'acl', consumer_group: 'gold' });
    expect(verdict(consumerGroupScopeHybrid, named)).toEqual([{ path: ['consumer_group'] }]);
  });
  it('of anything else does not', () => {
    expect(verdict(consumerGroupScopeHybrid, plugin('acl', {}))).toBe('not-applicable');
    expect(verdict(consumerGroupScopeHybrid, entity('plugins', { name: 'acl', consumer_group: null }))).toBe(
      'not-applicable',
    );
  });
});
