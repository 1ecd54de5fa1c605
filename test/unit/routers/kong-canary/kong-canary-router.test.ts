import { KongCanaryRouter } from '../../../../lib/routers/kong-canary/kong-canary-router';
import { allOn, weightsFor } from '../../../../lib/traffic/weights';
import { FakeKongAdmin, type Json } from '../../../real/routers/fake-kong-admin';
import { canary, PLUGINS } from './rig';

const [ID] = PLUGINS as [string];
const BLUE = allOn('blue');
let node: FakeKongAdmin;
let router: KongCanaryRouter;
beforeEach(async () => {
  node = await new FakeKongAdmin().start();
  node.database.plugins = [{ ...canary(ID), instance_name: 'to-green' }];
  router = new KongCanaryRouter({ adminUrls: [node.url], plugins: [ID], canary: 'green' });
});
afterEach(() => node.stop());

const plugin = (): Json => node.database.plugins[0]!;
const config = (): Json => plugin().config as Json;
const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as Error,
  );

test('nothing but percentage is written: start, duration and the upstream stay', async () => {
  const before = structuredClone(plugin());
  await router.apply({ expected: [BLUE], to: { blue: 995, green: 5 } });
  expect(plugin()).toEqual({ ...before, config: { ...(before.config as Json), percentage: 0.5 } });
});

test('a plugin without a percentage follows the clock: refused, with what to set', async () => {
  config().percentage = null;
  const error = await failure(router.read());
  expect(error).toMatchObject({ code: 'ROUTER_RULE_CHANGED', exitCode: 6 });
  expect(error.message).toMatch(/follows the clock.*set config\.percentage/s);
});

test.each<[string, () => void, RegExp]>([
  ['is disabled', () => (plugin().enabled = false), /disabled/],
  ['is another one', () => (plugin().name = 'key-auth'), /it is the plugin key-auth/],
  ['splits by groups', () => (config().hash = 'allow'), /groups of consumers/],
])('a plugin that %s is a conflict', async (_, edit, text) => {
  edit();
  const error = await failure(router.read());
  expect(error).toMatchObject({ code: 'ROUTER_RULE_CHANGED', exitCode: 6 });
  expect(error.message).toMatch(text);
});

test('a plugin that somebody disabled during the shift runs again after a restore', async () => {
  const saved = await router.read();
  await router.apply({ expected: [BLUE], to: { blue: 75, green: 25 } });
  plugin().enabled = false;
  await router.restore(saved);
  expect([plugin().enabled, config().percentage]).toEqual([true, 0]);
});

test('of fewer buckets the scale is coarser, known after a read', async () => {
  config().steps = 100;
  await router.read();
  expect(weightsFor(0.001, 'green', router.capabilities.scale)).toEqual({ blue: 99, green: 1 });
});

test.each([
  ['none', 'requests'],
  ['consumer', 'connections'],
  ['ip', 'connections'],
])('with the hash %s it splits %s', async (hash, splits) => {
  config().hash = hash;
  await router.read();
  expect(router.capabilities.splits).toBe(splits);
});

test('a percentage of many digits that a person set is read and restored to the letter', async () => {
  config().percentage = 33.3333;
  const saved = await router.read();
  await router.apply({ expected: [saved.places[0]!.weights], to: allOn('green') });
  await router.restore(saved);
  expect(config().percentage).toBe(33.3333);
});

test('is found by its instance name too', async () => {
  const named = new KongCanaryRouter({ adminUrls: [node.url], plugins: ['to-green'], canary: 'green' });
  expect((await named.read()).places[0]!.id).toBe(`to-green at ${node.url}`);
});

test('nodes of one database are written once', async () => {
  const other = await new FakeKongAdmin(node.database).start();
  const both = new KongCanaryRouter({ adminUrls: [node.url, other.url], plugins: [ID], canary: 'green' });
  const { written } = await both.apply({ expected: [BLUE], to: { blue: 90, green: 10 } });
  expect([written.length, [...node.asked, ...other.asked].filter((line) => line.startsWith('PATCH'))]).toEqual([
    2,
    [`PATCH /plugins/${ID}`],
  ]);
  await other.stop();
});
