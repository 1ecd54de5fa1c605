import aslValidator from 'asl-validator';
import jsonata from 'jsonata';
import { turnsOf } from '../../../lib/traffic/machine-input';
import { rollbackMachine } from '../../../lib/traffic/rollback-machine';
import { shiftMachine } from '../../../lib/traffic/state-machine';
import type { AslDefinition } from '../../../lib/traffic/asl';
import { BLUE, GREEN, RUN, STAGES, World } from '../runner/world';
import { EXECUTION, MachineWorld, Stopped } from './machine-world';

// Hundreds of expressions a shift; a busy machine is no reason to fail.
jest.setTimeout(60_000);

const machines = (): [string, AslDefinition][] => {
  const { targets } = new MachineWorld(new World(3));
  return [
    ['shift', shiftMachine(targets)],
    ['rollback', rollbackMachine(targets)],
  ];
};

const expressions = (value: unknown): string[] => {
  if (typeof value === 'string') return value.startsWith('{%') ? [value.slice(2, -2)] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(expressions) : [];
};

describe.each(machines())('the %s machine', (_, definition) => {
  test('is valid Amazon States Language', () => {
    const { isValid, errorsText } = aslValidator(definition);
    expect(isValid ? '' : errorsText()).toBe('');
  });

  test('has no expression that JSONata cannot read', () => {
    for (const text of expressions(definition)) expect(() => jsonata(text)).not.toThrow();
  });

  test('reads no JSON behind an `and`, which not every JSONata leaves alone when its left side is false', () => {
    const parses = (node: any): boolean =>
      typeof node === 'object' && node !== null && (node.value === 'parse' || Object.values(node).some(parses));
    const behindAnd = (node: any): boolean =>
      typeof node === 'object' &&
      node !== null &&
      ((['and', 'or'].includes(node.value) && parses(node.rhs)) || Object.values(node).some(behindAnd));
    for (const text of expressions(definition)) expect([text, behindAnd(jsonata(text).ast())]).toEqual([text, false]);
  });

  test('goes to no state that is not there, and each can be reached', () => {
    const next = (value: unknown): string[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, each]) =>
            (key === 'Next' || key === 'Default') && typeof each === 'string'
              ? [each]
              : key === 'ItemProcessor'
                ? []
                : next(each),
          )
        : [];
    const reached = new Set([definition.StartAt, ...next(definition.States)]);
    expect([...reached].sort()).toEqual(Object.keys(definition.States).sort());
  });

  test('is far from the megabyte that a definition may have', () => {
    expect(JSON.stringify(definition).length).toBeLessThan(100_000);
  });
});

test('a shift goes through every stage to the end', async () => {
  const machine = new MachineWorld(new World());
  const end = await machine.shift(machine.input());
  expect(end).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'done' } });
  expect(machine.world.weights()).toEqual([GREEN, GREEN, GREEN]);
  expect(machine.world.table.record).toMatchObject({ phase: 'done', share: 1, host: 'Step Functions' });
  expect(machine.world.table.lock).toBeUndefined();
  expect(end.outputs.flatMap(({ output }) => output.journal ?? []).map(({ type }: { type: string }) => type)).toEqual([
    'started',
    ...['raising', 'raised', 'passed'],
    ...['raising', 'raised', 'passed'],
    ...['raising', 'raised', 'passed', 'done'],
  ]);
});

const journal = (end: { outputs: readonly { output: any }[] }): any[] =>
  end.outputs.flatMap(({ output }) => output.journal ?? []);

test('an alarm that does not exist refuses the start: nothing is written, the lock is given back', async () => {
  const machine = new MachineWorld(new World());
  machine.world.alarm = () => 'MISSING';
  const end = await machine.shift(machine.input());
  expect(end).toMatchObject({ status: 'FAILED', error: 'Refused', cause: 'there is no alarm kong-green-5xx' });
  expect(machine.world.writes).toEqual([]);
  expect(machine.world.table.record).toBeUndefined();
  expect(machine.world.table.lock).toBeUndefined();
});

test('another run that holds the lock refuses the start', async () => {
  const machine = new MachineWorld(new World());
  await machine.world.table.acquire({ ...machine.world.holder(1, 'teardown'), run: 'another' }, 1);
  expect(await machine.shift(machine.input())).toMatchObject({ error: 'Refused', cause: 'another run holds the lock' });
  expect(machine.world.table.lock).toMatchObject({ run: 'another' });
});

test('the command hands its own lock over: the run is the same, the fence number higher', async () => {
  const machine = new MachineWorld(new World());
  const held = await machine.world.table.acquire(machine.world.holder(1, 'shift start'), 1);
  const end = await machine.shift(machine.input());
  expect(end.status).toBe('SUCCEEDED');
  expect(machine.world.table.fence).toBe(held!.fence + 1);
});

test('an abort from elsewhere takes the lock away: the execution writes nothing any more', async () => {
  const machine = new MachineWorld(new World());
  const { world } = machine;
  let aborted: Promise<unknown> | undefined;
  world.hooks.push(() => {
    if (aborted === undefined && world.weights()[0]?.green === 25) world.at(3000, () => void (aborted = world.abort()));
  });
  const end = await machine.shift(machine.input());
  const last = world.writes.filter(({ by }) => by === 0).at(-1)!.at;
  await aborted;
  expect(end).toMatchObject({ status: 'FAILED', error: 'LockLost' });
  expect(world.weights()).toEqual([BLUE, BLUE, BLUE]);
  expect(world.table.record).toMatchObject({ phase: 'rolled back' });
  expect(world.writes.filter(({ by, at }) => by === 0 && at > last)).toEqual([]);
});

test('approval by task token: the stage is raised at once, not at the next look', async () => {
  const machine = new MachineWorld(new World());
  const stages = STAGES.map((stage, index) => ({ ...stage, approval: index === 1 }));
  machine.onToken = () => ({ by: 'arn:ops' });
  const end = await machine.shift(machine.input(stages));
  expect(end.output).toEqual({ outcome: 'done' });
  expect(journal(end)).toContainEqual({
    type: 'held',
    by: 'approval',
    why: 'stage 2 waits for a person: shift resume',
  });
  expect(journal(end)).toContainEqual({ type: 'resumed', by: 'arn:ops' });
});

test('a shift that was held goes on in a new execution: the stage is baked again', async () => {
  const machine = new MachineWorld(new World());
  machine.world.counts = () => ({ blue: 1000, green: machine.world.weights()[0]!.green === 25 ? 5 : 1000 });
  expect((await machine.shift(machine.input())).output).toMatchObject({ outcome: 'held', by: 'gates' });
  machine.world.counts = () => ({ blue: 1000, green: 1000 });
  const from = { stage: 1, weights: { blue: 75, green: 25 }, approved: false };
  const input = { ...machine.input(STAGES, { weightsBefore: BLUE }, from) };
  const end = await machine.shift(input, `${RUN}-2`);
  expect(end.output).toEqual({ outcome: 'done' });
  expect(machine.world.table.record).toMatchObject({ phase: 'done', journal: `${EXECUTION}${RUN}-2` });
});

test('other actions, their order and stickiness stay as they are', async () => {
  const machine = new MachineWorld(new World(1));
  const rule = machine.world.elb.rule(machine.world.rules[0]!);
  machine.world.elb.secrets.set(machine.world.rules[0]!, 'kept');
  const [forward] = rule.Actions!;
  rule.Actions = [
    { Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: { Issuer: 'i', Scope: 'openid' } as never },
    {
      ...forward!,
      Order: 2,
      ForwardConfig: { ...forward!.ForwardConfig, TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 } },
    },
  ];
  const before = structuredClone(rule.Actions);
  expect((await machine.shift(machine.input())).output).toEqual({ outcome: 'done' });
  const [auth, last] = machine.world.elb.rule(machine.world.rules[0]!).Actions!;
  expect(auth).toEqual(before[0]);
  expect(last).toMatchObject({ Order: 2, ForwardConfig: { TargetGroupStickinessConfig: { DurationSeconds: 60 } } });
  expect(machine.world.weights()[0]).toEqual(GREEN);
});

describe('the history of an execution', () => {
  const stages = [
    { share: 0.05, bakeSeconds: 10, whenInconclusive: 'extend' as const },
    { share: 1, bakeSeconds: 10 },
  ];
  const endless = async (turns: number, rules = 2) => {
    const machine = new MachineWorld(new World(rules));
    machine.world.counts = () => ({ blue: 1000, green: 5 });
    return machine.shift({ ...machine.input(stages), turns });
  };

  test('a look makes 28 entries at the most, however long a stage is watched', async () => {
    const [few, more] = [await endless(5), await endless(25)];
    expect((more.events - few.events) / 20).toBeLessThanOrEqual(28);
  });

  test('an execution that watches for ever holds when it has used up its looks', async () => {
    const end = await endless(20);
    expect(end.output).toMatchObject({ outcome: 'held', by: 'error' });
    expect(end.output.why).toContain('used up its history');
  });

  test('a stage makes fewer entries beside its looks than are reckoned for it', async () => {
    const machine = new MachineWorld(new World(4));
    const end = await machine.shift(machine.input());
    const looks = end.visited.filter((state) => state === 'Wait').length;
    expect(end.events - looks * 28).toBeLessThan(STAGES.length * (110 + 4 * 14));
  });

  test('the standard plan is looked at every 10 to 15 s, a day every minute', () => {
    const standard = [600, 600, 600, 1800].map((bakeSeconds) => ({ bakeSeconds, maxExtensionSeconds: 1800 }));
    expect(turnsOf(standard, 2).turnSeconds).toBeGreaterThanOrEqual(10);
    expect(turnsOf(standard, 2).turnSeconds).toBeLessThanOrEqual(15);
    const day = [{ bakeSeconds: 12 * 3600, maxExtensionSeconds: 1800 }];
    expect(turnsOf(day, 2).turnSeconds).toBeLessThanOrEqual(60);
  });

  test('a plan that no execution can hold is refused before', () => {
    const machine = new MachineWorld(new World(2));
    const week = [{ share: 0.5, bakeSeconds: 3 * 86_400 }];
    expect(() => machine.input(week)).toThrow('one execution of Step Functions cannot hold this plan');
  });
});

describe('the rollback machine', () => {
  const stopped = async (
    world: World,
    when = (state: string) => state === 'Gates' && world.weights()[0]!.green === 25,
  ) => {
    const machine = new MachineWorld(world);
    machine.stopAt = when;
    await expect(machine.shift(machine.input())).rejects.toThrow(Stopped);
    machine.stopAt = undefined;
    return machine;
  };

  test('puts the weights back after an execution was stopped by hand', async () => {
    const machine = await stopped(new World());
    expect(machine.world.weights()[0]).toEqual({ blue: 75, green: 25 });
    const end = await machine.rollback({ execution: EXECUTION + RUN, why: 'it was stopped' });
    expect(end).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'rolled back' } });
    expect(machine.world.weights()).toEqual([BLUE, BLUE, BLUE]);
    expect(machine.world.table.record).toMatchObject({ phase: 'rolled back', reason: 'it was stopped', share: 0 });
    expect(machine.world.table.lock).toBeUndefined();
  });

  test('brings the Admin API back with everything, from the last stage', async () => {
    const world = new World();
    const machine = await stopped(world, (state) => state === 'IsLast' && world.weights()[0]!.green === 100);
    expect(machine.world.weights()).toEqual([GREEN, GREEN, GREEN]);
    await machine.rollback({ run: RUN, why: 'no sign of life' });
    expect(machine.world.weights()).toEqual([BLUE, BLUE, BLUE]);
  });

  test('twice does no harm, and the second time says that it has ended', async () => {
    const machine = await stopped(new World());
    await machine.rollback({ run: RUN, why: 'once' });
    const writes = machine.world.writes.length;
    expect((await machine.rollback({ run: RUN, why: 'twice' })).output).toMatchObject({ outcome: 'ended' });
    expect(machine.world.writes).toHaveLength(writes);
    expect(machine.world.table.record?.reason).toBe('once');
  });

  test.each([
    ['another run', { run: 'older' }],
    ['an execution that the run has left behind', { execution: `${EXECUTION}older` }],
    ['nothing', {}],
  ])('is not moved by %s', async (_, asked) => {
    const machine = await stopped(new World());
    const end = await machine.rollback({ ...asked, why: 'late' });
    expect(end.output).toMatchObject({ outcome: 'not mine' });
    expect(machine.world.weights()[0]).toEqual({ blue: 75, green: 25 });
    expect(machine.world.table.record?.phase).toBe('baking');
  });

  test('leaves alone what another command holds the lock for', async () => {
    const machine = await stopped(new World());
    const { table } = machine.world;
    await table.fenceOff();
    await table.acquire({ ...machine.world.holder(1, 'teardown'), run: 'teardown' }, 1);
    expect((await machine.rollback({ run: RUN, why: 'late' })).output).toMatchObject({ outcome: 'not mine' });
    expect(table.lock).toMatchObject({ run: 'teardown' });
  });

  test('never writes over weights that no stage has set', async () => {
    const machine = await stopped(new World());
    machine.world.setWeights(1, { blue: 40, green: 60 });
    const end = await machine.rollback({ run: RUN, why: 'late' });
    expect(end.output).toMatchObject({ outcome: 'foreign weights' });
    expect(machine.world.weights()[1]).toEqual({ blue: 40, green: 60 });
    expect(machine.world.table.lock).toBeUndefined();
  });

  test('does not go back to a slot where nobody is healthy', async () => {
    const machine = await stopped(new World());
    machine.world.healthy = { blue: 0, green: 2 };
    expect((await machine.rollback({ run: RUN, why: 'late' })).output).toMatchObject({ outcome: 'nobody healthy' });
    expect(machine.world.weights()[0]).toEqual({ blue: 75, green: 25 });
  });

  test('finds a write that came late, and puts that back too', async () => {
    const machine = await stopped(new World());
    const { world } = machine;
    let armed = true;
    world.hooks.push((operation) => {
      if (operation === 'ModifyRule' && armed) {
        armed = false;
        world.at(1000, () => world.setWeights(0, { blue: 75, green: 25 }));
      }
    });
    expect((await machine.rollback({ run: RUN, why: 'late' })).output).toMatchObject({ outcome: 'rolled back' });
    expect(world.weights()).toEqual([BLUE, BLUE, BLUE]);
  });

  test('without any record it does nothing', async () => {
    const machine = new MachineWorld(new World());
    expect((await machine.rollback({ run: RUN, why: 'late' })).output).toMatchObject({ outcome: 'no record' });
  });

  test('a runner that was thought dead writes nothing after it', async () => {
    const world = new World();
    const machine = new MachineWorld(world);
    let done: Promise<unknown> | undefined;
    world.hooks.push((_operation, _when, pid) => {
      if (done === undefined && pid !== 0 && world.weights()[0]!.green === 25)
        done = machine.rollback({ run: RUN, why: 'no sign of life' });
    });
    await expect(world.start()).rejects.toThrow('another command has taken the lock');
    await done;
    expect(world.weights()).toEqual([BLUE, BLUE, BLUE]);
    expect(world.table.record?.phase).toBe('rolled back');
  });
});
