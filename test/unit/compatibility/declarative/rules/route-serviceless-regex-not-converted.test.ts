import { routeServicelessRegexNotConverted } from '../../../../../lib/compatibility/declarative/rules/route-serviceless-regex-not-converted';
import { context, entity, route, verdict } from '../entity';

describe('a regex path of a route without a service', () => {
  const rule = routeServicelessRegexNotConverted;
  it('is what deck file convert leaves without ~', () => {
    expect(verdict(rule, route('/no-service/\\d+'))).toMatchObject([
      { message: expect.stringMatching(/leaves it without ~/), edits: [{ value: '~/no-service/\\d+' }] },
    ]);
  });
  it('is found in a file that deck has converted', () => {
    const converted = context({ formatVersion: '3.0' });
    expect(verdict(rule, route('/no-service/\\d+', '~/x+', '/docs/my file'), converted)).toMatchObject([
      { path: ['paths', 0], message: expect.stringMatching(/has left/) },
    ]);
  });
  it('is none where the route has a service, around it or named', () => {
    const service = entity('services', { name: 's' });
    expect(verdict(rule, entity('routes', { name: 'r', paths: ['/x\\d'] }, service))).toBe('not-applicable');
    expect(verdict(rule, entity('routes', { name: 'r', paths: ['/x\\d'], service: { name: 's' } }))).toBe(
      'not-applicable',
    );
  });
  it('is fine when it is plain', () => {
    expect(verdict(rule, route('/plain'))).toBe('compliant');
  });
});
