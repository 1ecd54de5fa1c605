import { routeMultipathPriority } from '../../../../../lib/compatibility/declarative/rules/route-multipath-priority';
import { context, route, verdict } from '../entity';

describe('a route with several paths', () => {
  const rule = routeMultipathPriority;
  const mixed = route('/a', '/longer', '/re\\d');
  it.each([
    ['2.8', '3.2', /gives all 3 paths/],
    ['3.1', '3.4', /its own priority again/],
  ])('has another priority from %s to %s', (from, to, message) => {
    expect(verdict(rule, mixed, context({ from, to }))).toMatchObject([
      { path: ['paths'], message: expect.stringMatching(message) },
    ]);
  });
  it.each([
    ['2.8', '3.4'],
    ['3.0', '3.2'],
    ['3.4', '3.10'],
  ])('keeps its priorities from %s to %s', (from, to) => {
    expect(verdict(rule, mixed, context({ from, to }))).toBe('not-applicable');
  });
  it('is fine with paths of one rank, with the old router, and not meant with one path', () => {
    const to = '3.2';
    expect(verdict(rule, route('/a', '/b'), context({ to }))).toBe('compliant');
    expect(verdict(rule, mixed, context({ to, conf: { router_flavor: 'traditional' } }))).toBe('compliant');
    expect(verdict(rule, route('/a'), context({ to }))).toBe('not-applicable');
  });
});
