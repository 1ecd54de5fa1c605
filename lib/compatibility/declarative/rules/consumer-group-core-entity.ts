import type { DeclarativeRule } from '../rule';

export const consumerGroupCoreEntity: DeclarativeRule = {
  id: 'consumer-group-core-entity',
  on: ['consumer_groups'],
  check: ({ value }) =>
    Array.isArray(value.plugins) && value.plugins.length > 0 ? [{ path: ['plugins'] }] : 'compliant',
};
