import type { DeclarativeRule } from '../rule';

/** Plugins whose scope is a consumer group, nested in it or naming it. */
export const consumerGroupScopeHybrid: DeclarativeRule = {
  id: 'consumer-group-scope-hybrid',
  on: ['plugins'],
  check({ value, parent }) {
    if (typeof value.consumer_group === 'string' || (value.consumer_group ?? null) !== null) {
      return [{ path: ['consumer_group'] }];
    }
    return parent?.kind === 'consumer_groups' ? [{ path: [] }] : 'not-applicable';
  },
};
