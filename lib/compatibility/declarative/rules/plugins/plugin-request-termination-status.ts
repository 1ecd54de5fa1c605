import { defaultsPinned } from './shapes';

export const requestTerminationStatus = defaultsPinned(
  'plugin-request-termination-status',
  ['request-termination'],
  { 'config.status_code': 503 },
  (field) => `${field} is not set: 3.x needs one and takes 503`,
);
