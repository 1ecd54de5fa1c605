import { routePathHandlingV1 } from '../../../../../lib/compatibility/declarative/rules/route-path-handling-v1';
import { context, entity, verdict } from '../entity';

describe('path_handling v1', () => {
  const rule = routePathHandlingV1;
  const of = (handling: unknown) => entity('routes', { name: 'r', paths: ['/a'], path_handling: handling });
  it('is treated as v0 by the default router', () => {
    expect(verdict(rule, of('v1'))).toMatchObject([{ path: ['path_handling'] }]);
    expect(verdict(rule, of('v1'), context({ conf: {} }))).toHaveLength(1);
  });
  it('is kept by router_flavor=traditional', () => {
    expect(verdict(rule, of('v1'), context({ conf: { router_flavor: 'traditional' } }))).toBe('compliant');
  });
  it('is no matter of v0, nor of a route that says nothing', () => {
    expect(verdict(rule, of('v0'))).toBe('compliant');
    expect(verdict(rule, of(undefined))).toBe('not-applicable');
  });
});
