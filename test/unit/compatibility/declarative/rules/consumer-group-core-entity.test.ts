import { consumerGroupCoreEntity } from '../../../../../lib/compatibility/declarative/rules/consumer-group-core-entity';
import { entity, verdict } from '../entity';

describe('a consumer group', () => {
  it('with plugins is told of the overrides that are deprecated', () => {
    const group = entity('consumer_groups', { name: 'gold', plugins: [{ name: 'rate-limiting-advanced' }] });
    expect(verdict(consumerGroupCoreEntity, group)).toEqual([{ path: ['plugins'] }]);
  });
  it('without is fine', () => {
    expect(verdict(consumerGroupCoreEntity, entity('consumer_groups', { name: 'gold' }))).toBe('compliant');
  });
});
