import type { DeclarativeRule } from '../rule';

export const targetsWeight0Health: DeclarativeRule = {
  id: 'targets-weight0-health',
  on: ['targets'],
  check: ({ value }) => (value.weight === 0 ? [{ path: ['weight'] }] : 'compliant'),
};
