import fc from 'fast-check';
import { poolIn, scaleOf, withWeights, type Json } from '../../../../lib/routers/f5/pool';
import { sameShare, weightsFor } from '../../../../lib/traffic/weights';

const namesOf = (blue: number, green: number) => ({
  tenant: 't',
  application: 'a',
  pool: 'p',
  virtualServers: [],
  members: {
    blue: Array.from({ length: blue }, (_, i) => `10.0.1.${i}`),
    green: Array.from({ length: green }, (_, i) => `10.0.2.${i}`),
  },
});
const declared = (members: readonly Json[], more: Json = {}) => ({
  t: { optimisticLockKey: 'key', a: { p: { class: 'Pool', loadBalancingMode: 'ratio-member', members }, ...more } },
});
const entries = (names: ReturnType<typeof namesOf>): Json[] => [
  { servicePort: 8000, serverAddresses: names.members.blue },
  { servicePort: 8000, serverAddresses: names.members.green, adminState: 'disable' },
];

test('with whatever numbers of members, what is written for a share is read as the weights of the scale', () => {
  const count = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(count, count, fc.double({ min: 0, max: 1, noNaN: true }), (blue, green, share) => {
      const names = namesOf(blue, green);
      const to = weightsFor(share, 'green', scaleOf(names));
      const written = withWeights(poolIn(declared(entries(names)), names), to);
      expect(sameShare(poolIn(declared(written), names).weights, to)).toBe(true);
      for (const { ratio } of written) expect(ratio).toBeLessThanOrEqual(100);
    }),
  );
});

test('as many members on both sides: one percent is one percent', () => {
  const names = namesOf(4, 4);
  expect(weightsFor(0.01, 'green', scaleOf(names))).toEqual({ blue: 99, green: 1 });
});

test('a member is the same with a route domain, as servers, or in capitals', () => {
  const names = { ...namesOf(1, 1), members: { blue: ['10.0.1.1'], green: ['2001:DB8::1'] } };
  const members = [
    { servicePort: 80, serverAddresses: ['10.0.1.1%2'], ratio: 3 },
    { servicePort: 80, servers: [{ name: 'g', address: '2001:db8::1' }], ratio: 1 },
  ];
  expect(poolIn(declared(members), names).weights).toEqual({ blue: 75, green: 25 });
});

test('what enable: false takes out has no part, whatever its ratio', () => {
  const names = namesOf(1, 1);
  const [blue, green] = entries(names) as [Json, Json];
  const pool = poolIn(declared([blue, { ...green, adminState: 'enable', enable: false }]), names);
  expect(pool.weights).toEqual({ blue: 100, green: 0 });
  expect(() => withWeights(pool, { blue: 1, green: 1 })).toThrow(/every member of green is offline/);
});

test.each<[string, unknown, readonly string[]]>([
  ['a name', 'p', ['s has no persistenceMethods, so AS3 gives it its default']],
  ['a pointer', { use: '/t/a/p' }, ['s has no persistenceMethods, so AS3 gives it its default']],
  ['a path in the tenant', 'a/p', ['s has no persistenceMethods, so AS3 gives it its default']],
  ['a pool that the unit has', { bigip: '/t/a/p' }, ['s has no persistenceMethods, so AS3 gives it its default']],
  ['another pool', 'q', []],
  ['a pool of that name in another application', { use: '/t/b/p' }, []],
])('a service uses the pool by %s', (_, pool, sticky) => {
  const names = namesOf(1, 1);
  const services = { s: { class: 'Service_TCP', pool }, x: { class: 'Certificate', pool: 'p' } };
  expect(poolIn(declared(entries(names), services), names).sticky).toEqual(sticky);
});
