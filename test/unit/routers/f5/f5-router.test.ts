import type { F5Router } from '../../../../lib/routers/f5/f5-router';
import { allOn, weightsFor } from '../../../../lib/traffic/weights';
import { FakeBigIp, type Json } from '../../../real/routers/fake-big-ip';
import { declarationOf, poolOf, POOL, routerOf, settingsOf } from './rig';

const BLUE = allOn('blue');
const FIVE = { blue: 95, green: 5 };

let unit: FakeBigIp;
let router: F5Router;
beforeEach(async () => {
  unit = await new FakeBigIp().start();
  const settings = settingsOf(unit, 2, 2);
  unit.change((declaration) => Object.assign(declaration, declarationOf(settings)));
  router = routerOf(unit, settings);
});
afterEach(() => unit.stop());

const service = (): Json => (unit.tenant('edge').kong as Json).proxy as Json;
const toFive = (mayWrite?: () => Promise<void>): Promise<unknown> =>
  router.apply({ expected: [BLUE], to: FIVE, ...(mayWrite && { mayWrite }) });
const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as Error,
  );

describe('a declaration', () => {
  test('changes ratio and adminState of one pool, over the tenant as it was read, and no other tenant', async () => {
    const somebodyElse = structuredClone(unit.tenant('somebodyElse'));
    await toFive();
    expect(unit.posted).toHaveLength(1);
    const patch = unit.posted[0]!.patchBody as Json[];
    // AS3 takes the first name of each path for a tenant: one that is none, and it deploys nothing.
    expect(patch.map(({ path }) => path)).toEqual(['/edge/optimisticLockKey', '/edge/kong/both/members']);
    expect(unit.pools[POOL]!.map(({ ratio, session }) => [ratio, session])).toEqual([
      [95, 'monitor-enabled'],
      [95, 'monitor-enabled'],
      [5, 'monitor-enabled'],
      [5, 'monitor-enabled'],
    ]);
    expect(unit.tenant('somebodyElse')).toEqual(somebodyElse);
  });

  test('a slot with weight 0 is disabled and keeps its connections; it is not taken offline', async () => {
    await router.apply({ expected: [BLUE], to: allOn('green') });
    expect(unit.pools[POOL]!.map(({ session, state }) => [session, state])).toEqual([
      ['user-disabled', 'up'],
      ['user-disabled', 'up'],
      ['monitor-enabled', 'up'],
      ['monitor-enabled', 'up'],
    ]);
  });

  test('is synced to the device group of the settings', async () => {
    const other = routerOf(unit, { ...settingsOf(unit, 2, 2), syncToGroup: 'pair' });
    await other.apply({ expected: [BLUE], to: FIVE });
    expect(unit.posted[0]!.syncToGroup).toBe('pair');
  });

  test('a member that is offline stays so, and the others of its slot take its part', async () => {
    unit.change(() => {
      const [blue, green] = poolOf(unit).members as [Json, Json];
      const [first, second] = blue.serverAddresses as string[];
      poolOf(unit).members = [
        { ...blue, serverAddresses: [first] },
        { ...blue, serverAddresses: [second], adminState: 'offline' },
        green,
      ];
    });
    await router.apply({ expected: [BLUE], to: { blue: 50, green: 50 } });
    expect(unit.pools[POOL]!.map(({ ratio, state }) => (state === 'up' ? ratio : 0))).toEqual([100, 0, 50, 50]);
    expect((await router.verify({ blue: 50, green: 50 })).holds).toBe(true);
  });
});

describe('a 202 that is no success', () => {
  test.each([
    [500, 'declaration failed', 'tmsh cli script error'],
    [422, 'declaration failed', '01070734:3: Configuration error'],
  ])(
    'the task ends with %i: it fails in the words of AS3, and nothing has changed',
    async (task, message, response) => {
      unit.fates = [{ task, message, response }];
      const before = structuredClone(unit.declaration);
      const error = await failure(toFive());
      expect(error).toMatchObject({ code: 'ROUTER_WRITE_FAILED' });
      expect(error.message).toContain(`edge ${task} ${message} ${response}`);
      expect(unit.declaration).toEqual(before);
      expect((await router.verify(BLUE)).holds).toBe(true);
    },
  );

  test('a device at work, said by the answer or by the task, is asked again', async () => {
    unit.fates = [
      { answer: 503, message: 'Configuration operation in progress on device, please try again in 2 minutes' },
      { task: 503, message: 'Error: Configuration operation in progress on device localhost' },
    ];
    await toFive();
    expect(unit.posted).toHaveLength(3);
    expect((await router.verify(FIVE)).holds).toBe(true);
  });

  test('a device that is at work all the time: it fails, and says so', async () => {
    unit.fates = Array.from({ length: 9 }, () => ({ answer: 503, message: 'Configuration operation in progress' }));
    const error = await failure(toFive());
    expect(error).toMatchObject({ code: 'ROUTER_WRITE_FAILED', remedy: expect.stringMatching(/at work/) as string });
  });

  test('a task that never ends is given up, and said to be possible later', async () => {
    unit.fates = ['never'];
    const error = await failure(toFive());
    expect(error).toMatchObject({
      code: 'ROUTER_WRITE_FAILED',
      found: expect.stringMatching(/may be deployed later/) as string,
    });
  });

  test('while a task goes on the lock is asked for, and whoever lost it does not wait on', async () => {
    unit.fates = ['never'];
    let asked = 0;
    const lost = new Error('the lock was lost');
    const error = await failure(toFive(() => ((asked += 1) < 3 ? Promise.resolve() : Promise.reject(lost))));
    expect([error, asked]).toEqual([lost, 3]);
  });

  test('a restore waits for the task of a process that died, so that it is not deployed after it', async () => {
    const saved = await router.read();
    unit.fates = ['never'];
    const dead = failure(
      toFive(() => (unit.posted.length > 0 ? Promise.reject(new Error('killed')) : Promise.resolve())),
    );
    await dead;
    setTimeout(() => unit.late(), 100);
    await router.restore(saved);
    expect((await router.verify(BLUE)).holds).toBe(true);
  });

  test('a declaration that comes late, over a tenant that somebody has written since, is not deployed', async () => {
    unit.fates = ['never'];
    await failure(toFive(() => (unit.posted.length > 0 ? Promise.reject(new Error('killed')) : Promise.resolve())));
    unit.change(() => (poolOf(unit).monitors = ['https']));
    unit.late();
    expect((await router.verify(BLUE)).holds).toBe(true);
  });
});

describe('somebody else', () => {
  test('who changes the tenant between the read and the write: a conflict (exit 6), and nothing is written', async () => {
    const error = await failure(
      toFive(() => {
        unit.change(() => (poolOf(unit).monitors = ['https']));
        return Promise.resolve();
      }),
    );
    expect(error).toMatchObject({ code: 'ROUTER_CONFLICT', exitCode: 6 });
    expect(error.message).toMatch(/changed between the read and the write/);
    expect((await router.verify(BLUE)).holds).toBe(true);
  });

  test('whose changes a restore meets: it reads again and writes over them', async () => {
    const saved = await router.read();
    await toFive();
    let times = 0;
    await router.restore(saved, () => {
      if ((times += 1) === 1) unit.change(() => (poolOf(unit).monitors = ['https']));
      return Promise.resolve();
    });
    expect(times).toBe(2);
    expect((await router.verify(BLUE)).holds).toBe(true);
    expect(poolOf(unit).monitors).toEqual(['https']);
  });

  test('who sets a ratio on the unit itself is seen by verify', async () => {
    await toFive();
    unit.pools[POOL]![2]!.ratio = 60;
    const { holds, differences } = await router.verify(FIVE);
    expect([holds, differences]).toEqual([
      false,
      [`${POOL} member 10.0.2.1:8000 has ratio 60, declared is 5 (blue 95, green 5)`],
    ]);
  });
});

describe('what is refused before anything is written', () => {
  const refuses = async (code: string, text: RegExp): Promise<void> => {
    const error = await failure(router.read());
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(text);
    await failure(toFive());
    expect(unit.posted).toEqual([]);
  };

  test('a service without persistenceMethods: AS3 sets a cookie; the message has the JSON to add', async () => {
    unit.change(() => delete service().persistenceMethods);
    await refuses('ROUTER_STICKY', /proxy has no persistenceMethods.*"persistenceMethods": \[\]/s);
  });

  test.each([
    ['a persistence', { persistenceMethods: ['source-address'] }],
    ['a fallback', { fallbackPersistenceMethod: 'source-address' }],
  ])('a service with %s', async (_, more) => {
    unit.change(() => Object.assign(service(), more));
    await refuses('ROUTER_STICKY', /proxy/);
  });

  test('in the middle of a shift a persistence is told as stickiness: the way back stays open', async () => {
    const saved = await router.read();
    await toFive();
    unit.change(() => delete service().persistenceMethods);
    expect((await router.read()).stickySeconds).toBeGreaterThan(0);
    expect(await failure(router.apply({ expected: [FIVE], to: { blue: 75, green: 25 } }))).toMatchObject({
      code: 'ROUTER_STICKY',
    });
    await router.restore(saved);
    expect((await router.verify(BLUE)).holds).toBe(true);
  });

  test('a stored declaration of several tenants that says complete: a patch of one would remove the others', async () => {
    const saved = await router.read();
    await toFive();
    unit.change((declaration) => (declaration.updateMode = 'complete'));
    const told = { code: 'ROUTER_RULE_CHANGED', message: expect.stringMatching(/would remove somebodyElse/) as string };
    expect(await failure(router.apply({ expected: [FIVE], to: { blue: 75, green: 25 } }))).toMatchObject(told);
    expect(await failure(router.restore(saved))).toMatchObject(told);
    expect(unit.posted).toHaveLength(1);
    expect(unit.tenant('somebodyElse')).toBeDefined();
  });

  test('one that says complete is seen before a shift, by the read', async () => {
    unit.change((declaration) => (declaration.updateMode = 'complete'));
    await refuses('ROUTER_RULE_CHANGED', /deploy the declaration once with "updateMode": "selective"/);
  });

  test('one that says complete while a device at work is waited for', async () => {
    unit.fates = [{ answer: 503, message: 'Configuration operation in progress on device' }];
    const error = await failure(
      toFive(() => {
        if (unit.posted.length === 0)
          setTimeout(() => unit.change((declaration) => (declaration.updateMode = 'complete')), 10);
        return Promise.resolve();
      }),
    );
    expect(error.message).toMatch(/would remove somebodyElse/);
    expect(unit.posted).toHaveLength(1);
  });

  test('complete with no other tenant removes nothing, and is taken', async () => {
    unit.change((declaration) => {
      delete declaration.somebodyElse;
      declaration.updateMode = 'complete';
    });
    await toFive();
    expect((await router.verify(FIVE)).holds).toBe(true);
  });

  test.each(['3.37.0', '3.14.0'])('AS3 %s, whose lock key keeps nobody from deploying', async (version) => {
    unit.version = version;
    await refuses('ROUTER_RULE_CHANGED', /install AS3 3\.38 or later/);
  });

  test('while AS3 starts its 404 is no pool that is missing: it passes', async () => {
    unit.registered = false;
    expect(await failure(router.read())).toMatchObject({
      name: 'ServiceUnavailable',
      message: expect.stringMatching(/AS3 is not there/) as string,
    });
    expect(await failure(router.verify(BLUE))).toMatchObject({ name: 'ServiceUnavailable' });
  });

  test('a service of another application that keeps its clients on a member', async () => {
    unit.change(() => {
      const service = { class: 'Service_TCP', virtualAddresses: ['192.0.2.3'], pool: { use: '/edge/kong/both' } };
      Object.assign(unit.tenant('edge'), { second: { class: 'Application', template: 'generic', tcp: service } });
    });
    await refuses('ROUTER_STICKY', /\/edge\/second\/tcp has no persistenceMethods/);
  });

  test('a unit that is not the active one, for a restore too', async () => {
    const saved = await router.read();
    await toFive();
    unit.failover = 'STANDBY';
    expect(await failure(router.read())).toMatchObject({ code: 'ROUTER_UNIT_STANDBY', exitCode: 8 });
    expect(await failure(router.restore(saved))).toMatchObject({ code: 'ROUTER_UNIT_STANDBY' });
    expect(unit.posted).toHaveLength(1);
  });

  test.each<[string, () => void, RegExp]>([
    ['another load balancing', () => delete poolOf(unit).loadBalancingMode, /round-robin, the default.*ratio-member/s],
    [
      'a third party',
      () => (poolOf(unit).members as Json[]).push({ servicePort: 1, serverAddresses: ['10.9.9.9'] }),
      /10\.9\.9\.9, of neither slot/,
    ],
    ['a member that is gone', () => (poolOf(unit).members as Json[]).pop(), /10\.0\.2\.1, 10\.0\.2\.2 is no member/],
    [
      'one ratio for addresses of both slots',
      () => (poolOf(unit).members = [{ servicePort: 1, serverAddresses: ['10.0.1.1', '10.0.2.1'] }]),
      /both slots, and one ratio/,
    ],
    ['several priorities', () => ((poolOf(unit).members as Json[])[1]!.priorityGroup = 5), /priorityGroup 0, 5/],
    [
      'addresses that are discovered',
      () => ((poolOf(unit).members as Json[])[1] = { servicePort: 1, addressDiscovery: 'consul', serverAddresses: [] }),
      /addresses by consul/,
    ],
  ])('a pool with %s', async (_, edit, text) => {
    unit.change(edit);
    await refuses('ROUTER_RULE_CHANGED', text);
  });

  test('a slot none of whose members is up', async () => {
    for (const member of unit.pools[POOL]!.slice(2)) member.state = 'down';
    const error = await failure(toFive());
    expect(error).toMatchObject({ code: 'ROUTER_NOT_EFFECTIVE' });
    expect(error.message).toMatch(/10\.0\.2\.1:8000 is down/);
    expect(unit.posted).toEqual([]);
  });
});

test('with other numbers of members every step that the scale has is held exactly', () => {
  for (const [blue, green] of [
    [1, 1],
    [3, 2],
    [1, 7],
    [4, 6],
  ] as const) {
    const { scale } = routerOf(unit, settingsOf(unit, blue, green)).capabilities;
    const weights = weightsFor(0.25, 'green', scale);
    expect(weights.green / (weights.green + weights.blue)).toBeCloseTo(0.25, 1);
  }
});

test('a pool in Common is used by services of every tenant, which are looked at', async () => {
  const names = { ...settingsOf(unit, 2, 2), tenant: 'Common', application: 'Shared' };
  const services = (persistenceMethods: string[]): Json => ({
    class: 'Application',
    template: 'generic',
    tcp: { class: 'Service_TCP', pool: { use: '/Common/Shared/both' }, persistenceMethods },
  });
  const pool = structuredClone(poolOf(unit));
  unit.change((declaration) => {
    declaration.Common = { class: 'Tenant', Shared: { class: 'Application', template: 'shared', both: pool } };
    declaration.app = { class: 'Tenant', one: services(['source-address']) };
  });
  const common = routerOf(unit, names);
  expect((await failure(common.read())).message).toMatch(/\/app\/one\/tcp has persistenceMethods/);
  unit.change((declaration) => (declaration.app = { class: 'Tenant', one: services([]) }));
  await common.apply({ expected: [BLUE], to: FIVE });
  expect((await common.verify(FIVE)).holds).toBe(true);
  expect(unit.tenant('app')).toEqual({ class: 'Tenant', one: services([]) });
});

test('a restore of members that weigh nothing is refused, also where the weights say otherwise', async () => {
  const { places, ...rest } = await router.read();
  const off = (place: (typeof places)[number]): Json => {
    const { members, ...more } = place.verbatim as { members: Json[] };
    return { ...more, members: members.map((member) => ({ ...member, adminState: 'disable' })) };
  };
  const tampered = { ...rest, places: places.map((place) => ({ ...place, verbatim: off(place) })) };
  // The live pool cannot be read as a split any more, so that nothing but what was saved counts.
  unit.change(() => delete poolOf(unit).loadBalancingMode);
  expect(await failure(router.restore(tampered))).toMatchObject({ code: 'WEIGHTS_ALL_ZERO' });
  expect(unit.posted).toEqual([]);
});
