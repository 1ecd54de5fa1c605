import type { ShiftRecord } from '../../../lib/traffic/shift-record';
import type { Weights } from '../../../lib/traffic/weights';
import { ADMIN_GROUPS, BLUE, GREEN, GROUPS, RUN, World } from '../runner/world';
import { StatesError } from './asl-interpreter';
import { EXECUTION, MachineWorld, Stopped } from './machine-world';

// Hundreds of expressions a shift; a busy machine is no reason to fail.
jest.setTimeout(60_000);

const AT_25 = { blue: 75, green: 25 };
const asked = { run: RUN, why: 'no sign of life' };

/** A shift that nobody goes on with, its rules as they are at a stage. */
async function left(
  world = new World(),
  when = (state: string) => state === 'Gates' && world.weights()[0]?.green === 25,
): Promise<MachineWorld> {
  const machine = new MachineWorld(world);
  machine.stopAt = when;
  await expect(machine.shift(machine.input())).rejects.toThrow(Stopped);
  machine.stopAt = undefined;
  return machine;
}
const removeRule = ({ elb }: World, arn: string): void =>
  void elb.rules.splice(
    elb.rules.findIndex(({ RuleArn }) => RuleArn === arn),
    1,
  );
/** Weights of the proxy's rules alone, where the Admin API's is gone. */
const proxy = (world: World): (Weights | undefined)[] =>
  world.rules.map((arn) => {
    const [blue, green] = world.elb.rule(arn).Actions![0]!.ForwardConfig!.TargetGroups!;
    return { blue: blue!.Weight!, green: green!.Weight! };
  });
/** Throttles an operation for so long. */
const throttle = (machine: MachineWorld, operation: string, seconds: number): void => {
  const end = machine.world.now + seconds * 1000;
  machine.failing = (called) =>
    called === operation && machine.world.now < end ? new StatesError('States.TaskFailed', 'Rate exceeded') : undefined;
};

test.each([
  'dynamodb:getItem',
  'dynamodb:updateItem',
  'dynamodb:putItem',
  'elasticloadbalancingv2:describeRules',
  'elasticloadbalancingv2:describeTargetHealth',
  'elasticloadbalancingv2:modifyRule',
])('five minutes of throttled %s keep nothing where it is', async (operation) => {
  const machine = await left();
  throttle(machine, operation, 300);
  expect((await machine.rollback(asked)).output).toMatchObject({ outcome: 'rolled back' });
  expect(machine.world.weights()).toEqual([BLUE, BLUE, BLUE]);
});

test('an answer about healthy nodes is not waited for longer than 10 s', async () => {
  const machine = await left();
  const begun = machine.world.now;
  throttle(machine, 'elasticloadbalancingv2:describeTargetHealth', 3600);
  await machine.rollback(asked);
  expect(machine.world.now - begun).toBeLessThan(10_000);
});

test('an hour without a write ends as failed, which the record says', async () => {
  const machine = await left();
  throttle(machine, 'elasticloadbalancingv2:modifyRule', 3600);
  expect(await machine.rollback(asked)).toMatchObject({ status: 'FAILED', error: 'RollbackFailed' });
  expect(machine.world.table.record?.phase).toBe('rollback failed');
  machine.failing = () => undefined;
  expect((await machine.rollback(asked)).output).toMatchObject({ outcome: 'rolled back' });
});

describe('a rule that is gone', () => {
  test('the Admin API’s: the proxy’s traffic goes back all the same', async () => {
    const machine = await left(undefined, (state) => state === 'IsLast');
    removeRule(machine.world, machine.world.adminRule);
    expect((await machine.rollback(asked)).output).toMatchObject({ outcome: 'rolled back' });
    expect(proxy(machine.world)).toEqual([BLUE, BLUE]);
  });

  test('the Admin API’s, and an alarm: the shift machine puts the proxy’s traffic back', async () => {
    const machine = new MachineWorld(new World());
    const { world } = machine;
    world.weights = () => proxy(world);
    world.alarm = () => {
      if (proxy(world)[0]!.green !== 25) return 'OK';
      if (world.elb.rules.some(({ RuleArn }) => RuleArn === world.adminRule)) removeRule(world, world.adminRule);
      return 'ALARM';
    };
    expect(await machine.shift(machine.input())).toMatchObject({ error: 'RolledBack' });
    expect(proxy(world)).toEqual([BLUE, BLUE]);
  });

  test('one of the proxy’s: a person decides', async () => {
    const machine = await left();
    removeRule(machine.world, machine.world.rules[1]!);
    const end = await machine.rollback(asked);
    expect(end.output).toMatchObject({ outcome: 'foreign weights', found: expect.stringContaining('RuleNotFound') });
    expect(machine.world.table.lock).toBeUndefined();
  });
});

describe('a rule that its owner has changed', () => {
  test('an action before it and stickiness stay as they are', async () => {
    const machine = await left();
    const { world } = machine;
    const rule = world.elb.rule(world.rules[0]!);
    world.elb.secrets.set(world.rules[0]!, 'kept');
    const [forward] = rule.Actions!;
    const ForwardConfig = {
      ...forward!.ForwardConfig,
      TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
    };
    rule.Actions = [
      { Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: { Issuer: 'i', Scope: 'openid' } as never },
      { ...forward!, Order: 2, ForwardConfig },
    ];
    expect((await machine.rollback(asked)).output).toMatchObject({ outcome: 'rolled back' });
    expect(world.elb.rule(world.rules[0]!).Actions).toMatchObject([
      { Type: 'authenticate-oidc', Order: 1 },
      { Order: 2, ForwardConfig: { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 } } },
    ]);
    expect(world.weights()[0]).toEqual(BLUE);
  });

  test('a third target group is not written over', async () => {
    const machine = await left();
    const { world } = machine;
    const { TargetGroups = [] } = world.elb.rule(world.rules[0]!).Actions![0]!.ForwardConfig!;
    TargetGroups.push({ TargetGroupArn: ADMIN_GROUPS.blue, Weight: 10 });
    const end = await machine.rollback(asked);
    expect(end.output).toMatchObject({ outcome: 'foreign weights', found: expect.stringContaining('does not split') });
    expect(TargetGroups.map(({ Weight }) => Weight)).toEqual([75, 25, 10]);
  });
});

describe('nodes', () => {
  test('the old slot’s that come back within ten minutes get the traffic then', async () => {
    const machine = await left();
    machine.world.healthy = { blue: 0, green: 2 };
    machine.world.at(300_000, () => (machine.world.healthy = { blue: 1, green: 2 }));
    expect((await machine.rollback(asked)).output).toMatchObject({ outcome: 'rolled back' });
    expect(machine.world.weights()).toEqual([BLUE, BLUE, BLUE]);
  });

  test('whoever takes over while it waits for them is left alone, their record too', async () => {
    const machine = await left();
    const { world } = machine;
    world.healthy = { blue: 0, green: 2 };
    const later = { run: 'later' } as ShiftRecord;
    world.at(60_000, () => {
      world.healthy = { blue: 2, green: 2 };
      void world.table.fenceOff().then(async () => {
        await world.table.acquire({ ...world.holder(1, 'shift start'), run: 'later' }, world.now);
        await world.table.writeShift(later);
      });
    });
    expect((await machine.rollback(asked)).output).toMatchObject({ outcome: 'not mine' });
    expect(world.weights()[0]).toEqual(AT_25);
    expect(world.table.record).toEqual(later);
  });
});

test('a later run’s record is not written over by a rollback that finds the weights back already', async () => {
  const machine = await left();
  const { world } = machine;
  [0, 1].forEach((rule) => world.setWeights(rule, BLUE));
  const later = { run: 'later' } as ShiftRecord;
  machine.stopAt = (state) => {
    if (state === 'Settle') {
      world.table.fence += 1;
      world.table.lock = { ...world.holder(1, 'shift start'), run: 'later', beat: world.now, fence: world.table.fence };
      world.table.record = later;
    }
    return false;
  };
  expect((await machine.rollback(asked)).output).toEqual({
    outcome: 'already back',
    found: 'the lock was taken meanwhile',
  });
  expect(world.table.record).toEqual(later);
});

test('two at once: one of them puts the weights back, and the record says so once', async () => {
  const machine = await left();
  const ends = await Promise.all([machine.rollback(asked), machine.rollback({ ...asked, why: 'twice' })]);
  expect(ends.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  expect(ends.map(({ output }) => output.outcome)).toContain('rolled back');
  expect(machine.world.weights()).toEqual([BLUE, BLUE, BLUE]);
  expect(machine.world.table.record?.phase).toBe('rolled back');
  expect(machine.world.table.lock).toBeUndefined();
});

test('thirty rules are put back', async () => {
  const world = new World(30);
  const machine = await left(world);
  expect((await machine.rollback(asked)).output).toMatchObject({ outcome: 'rolled back' });
  expect(world.weights()).toEqual(Array(31).fill(BLUE));
});

test('a record of an earlier version, which names no weights, is rolled back only to what is there already', async () => {
  const machine = await left();
  const { known: _, ...older } = machine.world.table.record!;
  machine.world.table.record = older;
  expect((await machine.rollback(asked)).output).toMatchObject({ outcome: 'foreign weights' });
  [0, 1].forEach((rule) => machine.world.setWeights(rule, BLUE));
  expect((await machine.rollback(asked)).output).toMatchObject({ outcome: 'already back' });
});

test.each([
  ['without the weights from before', { run: RUN, phase: 'baking', from: 'blue', to: 'green', journal: 'j' }],
  ['without slots', { run: RUN, phase: 'baking', weightsBefore: BLUE, journal: 'j' }],
])('a record %s fails the execution, so that it is seen; nothing is written', async (_, record) => {
  const machine = await left();
  const writes = machine.world.writes.length;
  machine.world.table.record = record as never;
  expect(await machine.rollback(asked)).toMatchObject({ status: 'FAILED' });
  expect(machine.world.writes).toHaveLength(writes);
});

test('a rule that a deploy has replaced meanwhile, at weights that no stage has set, is left alone', async () => {
  const machine = await left();
  const { world } = machine;
  removeRule(world, world.rules[0]!);
  world.rules[0] = world.elb.addRule(
    world.elb.addListener(8443),
    99,
    [],
    [
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: GROUPS.blue, Weight: 0 },
            { TargetGroupArn: GROUPS.green, Weight: 100 },
          ],
        },
      },
    ],
  );
  expect((await machine.rollback({ execution: EXECUTION + RUN, why: 'stopped' })).output).toMatchObject({
    outcome: 'foreign weights',
  });
  expect(world.weights().slice(0, 2)).toEqual([GREEN, AT_25]);
});
