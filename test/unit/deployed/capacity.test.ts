import { capacityShort, nodesOf, readCapacity, serviceOf } from '../../../lib/deployed/capacity';
import { SLOT_OUTPUTS } from '../../../lib/blueprint/output-names';
import type { Stacks } from '../../../lib/deployed/stacks';
import type { Settings } from '../../../lib/settings/schema';

/**
 * DescribeTargetHealth gives a state a target: initial, healthy, unhealthy, unhealthy.draining, unused, draining,
 * unavailable (ELBv2 API, TargetHealth). DescribeServices of an unknown service gives `failures`, no error (ECS API).
 */
const clients = (states: string[], running?: number) => ({
  elb: {
    send: () => Promise.resolve({ TargetHealthDescriptions: states.map((State) => ({ TargetHealth: { State } })) }),
  },
  ecs: { send: () => Promise.resolve({ services: running === undefined ? [] : [{ runningCount: running }] }) },
});
const SERVICE = { cluster: 'production', service: 'kong' };
const read = (states: string[], running?: number, service: typeof SERVICE | undefined = SERVICE) =>
  readCapacity(clients(states, running), 'green', 'arn', service);

describe('the nodes of a slot', () => {
  test('counts what answers, what is registered and not draining, and what runs', async () => {
    expect(await read(['healthy', 'unhealthy', 'initial', 'draining', 'unused'], 4)).toEqual({
      slot: 'green',
      healthy: 1,
      registered: 4,
      running: 4,
      service: SERVICE,
    });
  });
  test('outside ECS there is nothing to run: what is registered counts', async () => {
    const reading = await readCapacity(clients(['healthy', 'unhealthy']), 'green', 'arn', undefined);
    expect(reading).toEqual({ slot: 'green', healthy: 1, registered: 2 });
    expect(nodesOf(reading)).toBe(2);
  });
  test('a service that is gone runs nothing that is known', async () => {
    expect(await read(['healthy'])).not.toHaveProperty('running');
  });
});

describe('whether a slot can take the traffic', () => {
  const nodes = (slot: 'blue' | 'green', healthy: number, running: number) => ({
    slot,
    healthy,
    registered: running,
    running,
  });
  test.each([
    [2, 2, undefined],
    [3, 2, undefined],
    [1, 0, undefined],
    [1, 2, 'green has 1 healthy nodes, blue runs 2'],
    [0, 0, 'green has 0 healthy nodes, blue runs 0'],
  ])('%d healthy against %d running: %s', (healthy, other, short) => {
    expect(capacityShort(nodes('green', healthy, 9), nodes('blue', 0, other))).toBe(short);
  });
});

describe('the service of a slot', () => {
  const stack = (outputs: Record<string, string> | undefined) =>
    ({
      find: (name: string) => Promise.resolve(outputs && { name, id: 'id', outputs }),
    }) as unknown as Stacks;
  const settings = (adopted?: object) => ({ name: 'kong', slots: { green: { adopted } } }) as unknown as Settings;

  test('is the one its stack publishes', async () => {
    const outputs = { [SLOT_OUTPUTS.clusterName]: 'c', [SLOT_OUTPUTS.serviceName]: 's' };
    expect(await serviceOf(stack(outputs), settings(), 'green')).toEqual({ cluster: 'c', service: 's' });
  });
  test('is the adopted one, without asking for a stack', async () => {
    expect(await serviceOf(stack(undefined), settings({ clusterName: 'c', serviceName: 's' }), 'green')).toEqual({
      cluster: 'c',
      service: 's',
    });
  });
  test.each([
    ['nodes outside ECS', settings({ platform: 'other' })],
    ['a slot that is not deployed', settings()],
  ])('of %s is none', async (_, given) => {
    expect(await serviceOf(stack(undefined), given, 'green')).toBeUndefined();
  });
});
