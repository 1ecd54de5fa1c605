import { DescribeListenersCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { weightsOf } from '../../../lib/traffic/rule-actions';
import { EdgeWithNodes } from '../shift/edge-with-nodes';
import { LocalElb } from './elb-rig';
import { ADDRESSES_AND_ALIAS, LocalZone, SETS } from './route53-rig';

const BLUE = { blue: 100, green: 0 };
const GREEN = { blue: 0, green: 100 };
const FIVE = { blue: 95, green: 5 };

/** The command as users run it: the edge holds lock, table and alarms, the weights are elsewhere. */
describe('given an edge whose weights are elsewhere', () => {
  let edge: EdgeWithNodes;
  beforeAll(async () => {
    edge = await EdgeWithNodes.start();
    await edge.alarm('owner', 'OK');
    const off = { errors: 'off', slow: 'off', refusals: 'off', sampleRatio: 'off' };
    await edge.edit({ gates: off });
  }, 300_000);
  afterAll(() => edge?.stop(), 60_000);
  afterEach(() => shift('abort', '--force'), 30_000);
  const shift = (...args: string[]) => edge.run(['shift', ...args]);
  const start = (...more: string[]) => shift('start', '--to', 'green', '--alarm', 'owner', ...more);

  test('without an alarm of its own: refused before anything is written', async () => {
    const local = await LocalElb.make(edge.road.run.world, 'network', 'TCP', 'unseen');
    const listener = await local.listener(9402, 'TCP', local.forward());
    await edge.edit({ router: { nlb: { listenerArns: [listener], targetGroupArns: local.groups } } });
    const { code, stdout, stderr } = await shift('start', '--to', 'green', '--shares', '5,100');
    expect([code, stdout + stderr]).toEqual([
      8,
      expect.stringContaining("this router's traffic may not pass the edge"),
    ]);
  }, 60_000);

  test('nlb: a shift to 100 % and back, and the rules of the edge are left alone', async () => {
    const local = await LocalElb.make(edge.road.run.world, 'network', 'TCP', 'nlb');
    const ListenerArns = [
      await local.listener(9400, 'TCP', local.forward()),
      await local.listener(9401, 'TCP', local.forward()),
    ];
    const live = async () => {
      const { Listeners } = await local.elb.send(new DescribeListenersCommand({ ListenerArns }));
      return Listeners!.map(({ DefaultActions }) => weightsOf(DefaultActions ?? [], local.groups));
    };
    await edge.edit({ router: { nlb: { listenerArns: ListenerArns, targetGroupArns: local.groups } } });
    const { code, stdout, stderr } = await start('--shares', '5,100');
    expect(code === 0 ? '' : stdout + stderr).toBe('');
    expect([await live(), await edge.weights()]).toEqual([[GREEN, GREEN], BLUE]);
    expect((await shift('abort', '--force')).code).toBe(0);
    expect(await live()).toEqual([BLUE, BLUE]);
  }, 120_000);

  test('route53: a pre-stage of 5 %, and back', async () => {
    const zone = await LocalZone.make(edge.road.run.world, ADDRESSES_AND_ALIAS);
    await zone.reset();
    const router = {
      hostedZoneId: zone.id,
      names: ['api.example.test', '*.example.test'],
      setIdentifiers: SETS,
      sample: false,
    };
    await edge.edit({ router: { route53: router } });
    const { code, stdout, stderr } = await start('--shares', '5');
    expect(code === 0 ? '' : stdout + stderr).toBe('');
    expect([await zone.weights(), await edge.weights()]).toEqual([[FIVE, FIVE], BLUE]);
    expect((await shift('abort', '--force')).code).toBe(0);
    expect(await zone.weights()).toEqual([BLUE, BLUE]);
  }, 120_000);
});
