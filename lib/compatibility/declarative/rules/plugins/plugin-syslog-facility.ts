import { defaultsPinned } from './shapes';

export const syslogFacility = defaultsPinned(
  'plugin-syslog-facility',
  ['syslog'],
  { 'config.facility': 'user' },
  (field) => `${field} is not set: 3.x needs one and takes user, as 2.x did`,
);
