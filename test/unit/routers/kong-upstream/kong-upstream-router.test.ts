import fc from 'fast-check';
import { generate } from 'selfsigned';
import { targetWeights, upstreamScale } from '../../../../lib/routers/kong-upstream/targets';
import { allOn, shareHeld, shareOf, weightsFor } from '../../../../lib/traffic/weights';
import { FakeDatabase, FakeKongAdmin } from '../../../real/routers/fake-kong-admin';
import { routerOf, sentBy, TARGETS, upstreamOf } from './rig';

const BLUE = allOn('blue');
const SCALE = upstreamScale({ blue: 1, green: 1 });
const at = (share: number) => weightsFor(share, 'green', SCALE);

let node: FakeKongAdmin;
let other: FakeKongAdmin;
beforeEach(async () => {
  // Two nodes of one database.
  const database = new FakeDatabase();
  database.upstreams = [upstreamOf(TARGETS)];
  node = await new FakeKongAdmin(database).start();
  other = await new FakeKongAdmin(database).start();
});
afterEach(() => Promise.all([node.stop(), other.stop()]));

const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as Error,
  );
const writes = (): string[] => [...node.asked, ...other.asked].filter((line) => !line.startsWith('GET'));
const weightOf = (target: string): number =>
  node.database.upstreams[0]!.targets.find((each) => each.target === target)!.weight;

describe('a step', () => {
  test('is one write for all nodes of a database: the old slot keeps its weight', async () => {
    await routerOf([node, other]).apply({ expected: [BLUE], to: at(0.05) });
    expect(writes()).toEqual(['PATCH /upstreams/kong/targets/green.internal:8000']);
    expect(weightOf('blue.internal:8000')).toBe(1000);
    expect(shareOf(sentBy(other), 'green')).toBeCloseTo(0.05, 3);
  });

  test('to 100 % is one write: the old slot goes to 0, the new one stays as it is', async () => {
    const router = routerOf([node]);
    await router.apply({ expected: [BLUE], to: at(0.9) });
    const before = writes().length;
    await router.apply({ expected: [at(0.9)], to: allOn('green') });
    expect(writes().slice(before)).toEqual([
      'PATCH /upstreams/kong/targets/blue.internal:8000',
      'PATCH /upstreams/kong/targets/green.internal:8000',
    ]);
    expect(sentBy(node).blue).toBe(0);
    // And what is left has its own 1000 again: the next shift finds an old slot.
    expect(weightOf('green.internal:8000')).toBe(1000);
  });

  test('of an old slot that weighs 100 gives it 1000 first, while that changes nothing', async () => {
    node.database.upstreams = [upstreamOf(TARGETS, 100)];
    const router = routerOf([node]);
    const seen: number[] = [];
    node.written = () => seen.push(shareOf(sentBy(node), 'green'));
    await router.apply({ expected: [BLUE], to: at(0.001) });
    expect([seen[0], seen.length]).toEqual([0, 2]);
    expect(shareOf(sentBy(node), 'green')).toBeCloseTo(0.001, 5);
  });

  test('takes the same path in 2.8, where a POST would do as well', async () => {
    const old = await new FakeKongAdmin(node.database, '2.8').start();
    await routerOf([old]).apply({ expected: [BLUE], to: at(0.25) });
    expect(shareOf(sentBy(old), 'green')).toBeCloseTo(0.25, 3);
    await old.stop();
  });

  test('leaves slots, hashing and tags as they are', async () => {
    const rest = () => node.database.upstreams.map(({ targets, ...own }) => [own, targets.map(({ tags }) => tags)]);
    const before = structuredClone(rest());
    await routerOf([node]).apply({ expected: [BLUE], to: at(0.5) });
    expect(rest()).toEqual(before);
  });
});

describe('addresses', () => {
  test('a name with three addresses gets a third of the weight', async () => {
    for (const each of [node, other]) each.dns['green.internal'] = 3;
    const router = routerOf([node, other]);
    await router.read();
    await router.apply({ expected: [BLUE], to: weightsFor(0.1, 'green', router.capabilities.scale) });
    expect(shareOf(sentBy(node), 'green')).toBeCloseTo(0.1, 3);
  });

  test('that have become more since: verify says so, with the numbers, and the next write makes up for it', async () => {
    const router = routerOf([node]);
    await router.apply({ expected: [BLUE], to: at(0.1) });
    node.dns['green.internal'] = 2;
    const { holds, differences } = await router.verify(at(0.1));
    expect(holds).toBe(false);
    expect(differences.join()).toMatch(/green has 2 addresses, it had 1/);
  });

  test('that nodes do not agree on: one weight cannot be right for both, and nothing is written', async () => {
    other.dns['green.internal'] = 2;
    const error = await failure(routerOf([node, other]).apply({ expected: [BLUE], to: at(0.1) }));
    expect(error).toMatchObject({
      code: 'ROUTER_NOT_EFFECTIVE',
      found: `green.internal:8000 has 1 at ${node.url} and 2 at ${other.url}`,
    });
    expect(writes()).toEqual([]);
  });

  test('none at all: nothing is written', async () => {
    node.dns['green.internal'] = 0;
    const error = await failure(routerOf([node]).apply({ expected: [BLUE], to: at(0.1) }));
    expect(error).toMatchObject({
      code: 'ROUTER_NOT_EFFECTIVE',
      found: expect.stringContaining('green.internal') as string,
    });
    expect(writes()).toEqual([]);
  });

  test('whatever their numbers are, the share sent is the share that the scale holds', () => {
    const count = fc.integer({ min: 1, max: 12 });
    const share = fc.double({ min: 0.001, max: 0.9, noNaN: true });
    fc.assert(
      fc.property(count, count, share, (blue, green, wanted) => {
        const scale = upstreamScale({ blue, green });
        const weights = weightsFor(wanted, 'green', scale);
        const each = targetWeights(weights, { blue, green });
        const sent = { blue: each.blue * blue, green: each.green * green };
        expect(shareOf(sent, 'green')).toBeCloseTo(shareHeld(wanted, scale), 9);
      }),
    );
  });
});

describe('nodes', () => {
  test('one whose balancer does not follow: it is told after the write, and named', async () => {
    other.freeze();
    const error = await failure(routerOf([node, other]).apply({ expected: [BLUE], to: at(0.05) }));
    expect(error).toMatchObject({ code: 'ROUTER_NOT_EFFECTIVE', exitCode: 4 });
    expect(error.message).toContain(other.url);
    expect(error.message).not.toContain(`${node.url}: green`);
  });

  test('one that is silent keeps the others from being restored by nothing', async () => {
    const router = routerOf([other, node]);
    const saved = await router.read();
    await router.apply({ expected: [BLUE], to: at(0.5) });
    await other.stop();
    expect(await failure(router.restore(saved))).toMatchObject({ code: 'ROUTER_NODE_SILENT' });
    expect(sentBy(node).green).toBe(0);
    await other.start();
  });

  test.each([
    [{ database: 'off', role: 'traditional' }, /database off/],
    [{ database: 'postgres', role: 'control_plane' }, /control plane/],
  ])('%j is refused: what it runs cannot be set or seen there', async (configuration, text) => {
    node.configuration = configuration;
    const error = await failure(routerOf([node]).read());
    expect(error).toMatchObject({ code: 'ROUTER_READ_ONLY', exitCode: 8 });
    expect(error.message).toMatch(text);
  });

  test('the token is sent, and never told when it is refused', async () => {
    node.token = 'let me in';
    expect((await routerOf([node], TARGETS, 'let me in').read()).places).toHaveLength(1);
    const error = await failure(routerOf([node], TARGETS, 'guessed').read());
    expect(error).toMatchObject({ code: 'ROUTER_DENIED' });
    expect(error.message).not.toContain('guessed');
  });

  test('one with entities in a workspace, which is part of the URL: the node itself is asked at the root', async () => {
    node.workspace = 'team';
    const router = routerOf([{ url: `${node.url}/team` }]);
    await router.apply({ expected: [BLUE], to: at(0.05) });
    expect(writes()).toEqual(['PATCH /team/upstreams/kong/targets/green.internal:8000']);
    node.configuration = { database: 'postgres', role: 'control_plane' };
    expect(await failure(router.read())).toMatchObject({ code: 'ROUTER_READ_ONLY' });
  });

  test('one that does not say whether it has a database is refused', async () => {
    node.configuration = {};
    expect(await failure(routerOf([node]).read())).toMatchObject({
      code: 'ROUTER_READ_ONLY',
      found: expect.stringContaining('does not say') as string,
    });
  });

  test('one with a certificate that nobody known has signed: told as that, and the token is not sent', async () => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'front' }], { keySize: 2048 });
    const secured = await new FakeKongAdmin(node.database).start({ key, cert });
    const error = await failure(routerOf([secured], TARGETS, 'let me in').read());
    await secured.stop();
    expect(error).toMatchObject({
      code: 'ROUTER_UNTRUSTED',
      remedy: expect.stringContaining('NODE_EXTRA_CA_CERTS') as string,
    });
    expect(error.message).not.toContain('let me in');
    expect(secured.asked).toEqual([]);
  });
});

describe('health checks of the upstream', () => {
  const GREEN = allOn('green');

  test('a slot that is wholly unhealthy gets nothing, not even everything', async () => {
    node.unhealthy.add('green.internal');
    for (const to of [at(0.05), GREEN]) {
      const error = await failure(routerOf([node]).apply({ expected: [BLUE], to }));
      expect(error).toMatchObject({ code: 'ROUTER_NOT_EFFECTIVE', exitCode: 4 });
      expect(error.message).toMatch(/green\.internal:8000 is UNHEALTHY/);
    }
    expect(writes()).toEqual([]);
  });

  test('the way back from it stays open, and so does the one between two that are unhealthy', async () => {
    const router = routerOf([node]);
    await router.apply({ expected: [BLUE], to: at(0.5) });
    node.unhealthy.add('green.internal');
    await router.apply({ expected: [at(0.5)], to: BLUE });
    expect(sentBy(node).green).toBe(0);
    node.unhealthy.add('blue.internal');
    await router.apply({ expected: [BLUE], to: at(0.05) });
    expect(sentBy(node).green).toBeGreaterThan(0);
  });
});

describe('what does not split between both slots', () => {
  test('a third target with a weight; with weight 0 it is left alone', async () => {
    const { targets } = node.database.upstreams[0]!;
    const third = { id: 'x', target: '10.9.9.9:8000', weight: 0, tags: null };
    targets.push(third);
    expect((await routerOf([node]).read()).places).toHaveLength(1);
    third.weight = 10;
    expect(await failure(routerOf([node]).read())).toMatchObject({ code: 'ROUTER_RULE_CHANGED', exitCode: 6 });
  });

  test('a third target that came during the shift gets 0 by a restore', async () => {
    const router = routerOf([node]);
    const saved = await router.read();
    await router.apply({ expected: [BLUE], to: at(0.1) });
    node.database.upstreams[0]!.targets.push({ id: 'x', target: '10.9.9.9:8000', weight: 10, tags: null });
    await router.restore(saved);
    expect([weightOf('10.9.9.9:8000'), sentBy(node).green]).toEqual([0, 0]);
  });

  test.each([0, 1000])('a name whose SRV records have weight %i, even where that is its own', async (weight) => {
    node.srv['green.internal'] = 1000;
    node.database.upstreams[0]!.targets[1]!.weight = weight;
    const error = await failure(routerOf([node]).read());
    expect(error).toMatchObject({ code: 'ROUTER_RULE_CHANGED' });
    expect(error.message).toMatch(/green\.internal:8000 has weight 1000 in the balancer/);
  });

  test.each(['least-connections', 'latency'])('the algorithm %s', async (algorithm) => {
    node.database.upstreams[0]!.algorithm = algorithm;
    const error = await failure(routerOf([node]).read());
    expect(error).toMatchObject({
      code: 'ROUTER_RULE_CHANGED',
      remedy: expect.stringMatching(/round-robin/) as string,
    });
  });

  test('a hash splits clients, not requests', async () => {
    node.database.upstreams[0]!.hash_on = 'ip';
    const router = routerOf([node]);
    await router.read();
    expect(router.capabilities.splits).toBe('connections');
  });
});

test('a restore of targets that weigh nothing is refused, also where the weights say otherwise', async () => {
  const router = routerOf([node]);
  const { places, ...rest } = await router.read();
  const nothing = TARGETS.blue.concat(TARGETS.green).map((target) => ({ target, weight: 0, tags: null }));
  const tampered = { ...rest, places: places.map((place) => ({ ...place, verbatim: { targets: nothing } })) };
  // The live upstream cannot be read as a split any more, so that nothing but what was saved counts.
  node.database.upstreams[0]!.targets.pop();
  expect(await failure(router.restore(tampered))).toMatchObject({ code: 'WEIGHTS_ALL_ZERO' });
  expect(writes()).toEqual([]);
});
