import type { DeclarativeRule } from '../rule';
import { FileDefaults } from './file-defaults';

/**
 * A route that names no protocols is one of http and https until 3.13: Kong checks its other fields against these two,
 * so that no stream or gRPC route leaves them out. The old default is written down, as decK does.
 */
export const routeProtocolsDefault: DeclarativeRule<FileDefaults> = {
  id: 'route-protocols-default',
  on: ['file', 'routes'],
  begin: () => new FileDefaults(),
  check(entity, _context, defaults) {
    if (entity.kind === 'file') {
      defaults.read(entity);
      return 'not-applicable';
    }
    const protocols = defaults.valueOf(entity, 'route', 'protocols');
    if (protocols !== undefined && !(Array.isArray(protocols) && protocols.length === 0)) return 'compliant';
    return [{ path: ['protocols'], edits: [{ op: 'set', path: ['protocols'], value: ['http', 'https'] }] }];
  },
};
