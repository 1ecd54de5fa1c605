import fc from 'fast-check';
import { pinFloor } from '../../../lib/deployed/autoscaling-floor';

/**
 * Application Auto Scaling as far as bounds go: DescribeScalableTargets by resource id; RegisterScalableTarget of a
 * registered target changes the bounds that are given, and refuses a floor above the ceiling (API reference).
 */
function scaling(bounds?: { MinCapacity: number; MaxCapacity: number }) {
  const calls: { name: string; input: Record<string, unknown> }[] = [];
  let now = bounds;
  const send = (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
    calls.push({ name: command.constructor.name, input: command.input });
    if (command.constructor.name === 'DescribeScalableTargetsCommand')
      return Promise.resolve({ ScalableTargets: now ? [now] : [] });
    now = { ...now!, ...(command.input as unknown as typeof bounds) };
    if (now.MinCapacity > now.MaxCapacity) return Promise.reject(new Error('ValidationException'));
    return Promise.resolve({});
  };
  return { client: { send } as never, calls, bounds: () => now && { min: now.MinCapacity, max: now.MaxCapacity } };
}
const SERVICE = {
  cluster: 'arn:aws:ecs:eu-central-1:1:cluster/production',
  service: 'arn:aws:ecs:eu-central-1:1:service/production/kong',
};

describe('the autoscaling floor', () => {
  test('is raised, and told from what to what', async () => {
    const { client, bounds } = scaling({ MinCapacity: 2, MaxCapacity: 10 });
    expect(await pinFloor(client, SERVICE, 5)).toEqual({ resourceId: 'service/production/kong', before: 2, now: 5 });
    expect(bounds()).toEqual({ min: 5, max: 10 });
  });
  test('is never lowered', async () => {
    const { client, calls } = scaling({ MinCapacity: 5, MaxCapacity: 10 });
    expect(await pinFloor(client, SERVICE, 3)).toBeUndefined();
    expect(calls).toHaveLength(1);
  });
  test('takes the ceiling with it where that is lower', async () => {
    const { client, bounds } = scaling({ MinCapacity: 1, MaxCapacity: 3 });
    await pinFloor(client, SERVICE, 5);
    expect(bounds()).toEqual({ min: 5, max: 5 });
  });
  test('of a service without autoscaling is left alone: registering would switch it on', async () => {
    const { client, calls } = scaling();
    expect(await pinFloor(client, SERVICE, 5)).toBeUndefined();
    expect(calls.map(({ name }) => name)).toEqual(['DescribeScalableTargetsCommand']);
  });
  test('law: neither bound ever falls, and twice is once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(20), fc.nat(20), fc.nat(40), async (min, more, nodes) => {
        const { client, bounds, calls } = scaling({ MinCapacity: min, MaxCapacity: min + more });
        await pinFloor(client, SERVICE, nodes);
        expect(bounds()).toEqual({ min: Math.max(min, nodes), max: Math.max(min + more, nodes) });
        const before = calls.length;
        await pinFloor(client, SERVICE, nodes);
        expect(calls).toHaveLength(before + 1);
      }),
    );
  });
});
