import type { ShiftState } from '../../../lib/traffic/shift';
import type { Stage } from '../../../lib/traffic/plan';
import { BLUE, GREEN, STAGES, throttled, World } from '../runner/world';
import { EXECUTION, MachineWorld } from './machine-world';

const split = (green: number) => ({ blue: 100 - green, green });

// Hundreds of expressions a shift; a busy machine is no reason to fail.
jest.setTimeout(60_000);

interface Scenario {
  readonly name: string;
  readonly stages?: readonly Stage[];
  readonly more?: { readonly minRequests?: number; readonly maxExtensionSeconds?: number };
  /** Breaks the world before the shift begins. */
  readonly given: (world: World) => void;
  /** What both come to: weights of the two rules and the Admin API's, and the phase of the record. */
  readonly weights: readonly { readonly blue: number; readonly green: number }[];
  readonly phase: ShiftState['phase'];
  readonly reason?: RegExp;
  readonly before?: number;
}

const greenOf = (world: World): number => world.weights()[0]?.green ?? -1;
/** Does something once, the first time that the rules have a share. */
const onceAt = (world: World, green: number, act: () => void, seconds = 0): void => {
  let armed = true;
  world.hooks.push(() => {
    if (!armed || greenOf(world) !== green) return;
    armed = false;
    world.at(seconds * 1000, act);
  });
};
const ask = (world: World, what: 'pause' | 'resume'): void =>
  void world.table.ask({ what, by: 'arn:ops', at: '2026-11-21T21:00:00.000Z' });

const SCENARIOS: readonly Scenario[] = [
  { name: 'all gates pass', given: () => undefined, weights: [GREEN, GREEN, GREEN], phase: 'done' },
  {
    name: 'a plan that does not end at 100 %',
    stages: [{ share: 0.1, bakeSeconds: 5 }],
    given: () => undefined,
    weights: [split(10), split(10), BLUE],
    phase: 'done',
  },
  ...[5, 25, 100].map((green): Scenario => ({
    name: `an alarm at ${green} %`,
    given: (world) => (world.alarm = () => (greenOf(world) === green ? 'ALARM' : 'OK')),
    weights: [BLUE, BLUE, BLUE],
    phase: 'rolled back',
    reason: /is in ALARM/,
  })),
  {
    name: 'an alarm before the first raise',
    given: (world) => {
      let asked = 0;
      // The first look of the machine is whether it exists.
      world.alarm = () => ((asked += 1) > 1 ? 'ALARM' : 'OK');
    },
    weights: [BLUE, BLUE, BLUE],
    phase: 'rolled back',
  },
  {
    name: 'an alarm that goes away mid-bake: no verdict, it holds',
    given: (world) => (world.alarm = () => (greenOf(world) === 25 ? 'MISSING' : 'OK')),
    weights: [split(25), split(25), BLUE],
    phase: 'held',
    reason: /does not exist any more/,
  },
  {
    name: 'an alarm without data mid-bake: no verdict, it holds',
    given: (world) => (world.alarm = () => (greenOf(world) === 5 ? 'INSUFFICIENT_DATA' : 'OK')),
    weights: [split(5), split(5), BLUE],
    phase: 'held',
    reason: /no data yet/,
  },
  {
    name: 'no requests counted: it holds',
    given: (world) => (world.counts = () => ({ blue: 1000, green: undefined })),
    weights: [split(5), split(5), BLUE],
    phase: 'held',
    reason: /no request count of green/,
  },
  {
    name: 'a stage that aborts without a verdict',
    stages: STAGES.map((stage) => ({ ...stage, whenInconclusive: 'abort' as const })),
    given: (world) => (world.counts = () => ({ blue: 1000, green: undefined })),
    weights: [BLUE, BLUE, BLUE],
    phase: 'rolled back',
    reason: /no request count of green/,
  },
  {
    name: 'somebody else’s weights mid-bake: a conflict, nothing is fought',
    given: (world) => onceAt(world, 25, () => world.setWeights(1, split(60)), 3),
    weights: [split(25), split(60), BLUE],
    phase: 'conflict',
  },
  {
    name: 'a deployment that puts all on blue mid-bake: a conflict too',
    given: (world) => onceAt(world, 25, () => [0, 1].forEach((rule) => world.setWeights(rule, BLUE)), 3),
    weights: [BLUE, BLUE, BLUE],
    phase: 'conflict',
  },
  {
    name: 'the Admin API’s rule moved while green has everything: a conflict',
    given: (world) =>
      onceAt(
        world,
        100,
        () => {
          const { TargetGroups = [] } = world.elb.rule(world.adminRule).Actions![0]!.ForwardConfig!;
          [TargetGroups[0]!.Weight, TargetGroups[1]!.Weight] = [100, 0];
        },
        3,
      ),
    weights: [GREEN, GREEN, BLUE],
    phase: 'conflict',
  },
  {
    name: 'a rule that is gone mid-bake: a conflict',
    given: (world) =>
      onceAt(
        world,
        5,
        () => {
          world.elb.rules.splice(
            world.elb.rules.findIndex(({ RuleArn }) => RuleArn === world.rules[1]),
            1,
          );
          world.weights = () => [split(5)];
        },
        3,
      ),
    weights: [split(5)],
    phase: 'conflict',
  },
  {
    name: 'too few nodes on green: it waits, and holds',
    given: (world) => (world.healthy = { blue: 2, green: 1 }),
    weights: [BLUE, BLUE, BLUE],
    phase: 'held',
    reason: /green has 1 healthy nodes, blue runs 2/,
  },
  {
    name: 'too few nodes on green that grow in time',
    given: (world) => {
      world.healthy = { blue: 2, green: 1 };
      world.at(20_000, () => (world.healthy = { blue: 2, green: 2 }));
    },
    weights: [GREEN, GREEN, GREEN],
    phase: 'done',
  },
  {
    name: 'green loses all its nodes mid-bake',
    given: (world) => onceAt(world, 25, () => (world.healthy = { blue: 2, green: 0 }), 3),
    weights: [BLUE, BLUE, BLUE],
    phase: 'rolled back',
    reason: /0 of 2 nodes of green/,
  },
  {
    name: 'an alarm with nobody healthy on blue: it holds rather than take every answer away',
    given: (world) =>
      onceAt(
        world,
        25,
        () => {
          world.healthy = { blue: 0, green: 2 };
          world.alarm = () => 'ALARM';
        },
        3,
      ),
    weights: [split(25), split(25), BLUE],
    phase: 'held',
    reason: /blue has no healthy node to go back to/,
  },
  {
    name: 'paused, then resumed',
    given: (world) => {
      onceAt(world, 25, () => ask(world, 'pause'), 2);
      onceAt(world, 25, () => ask(world, 'resume'), 120);
    },
    weights: [GREEN, GREEN, GREEN],
    phase: 'done',
  },
  {
    name: 'an alarm while it is paused',
    given: (world) => {
      onceAt(world, 25, () => ask(world, 'pause'), 2);
      onceAt(world, 25, () => (world.alarm = () => 'ALARM'), 90);
    },
    weights: [BLUE, BLUE, BLUE],
    phase: 'rolled back',
  },
  {
    name: 'a throttled write of one rule of two: it is done again',
    given: (world) => world.elb.failures.push({ operation: 'ModifyRule', error: throttled() }),
    weights: [GREEN, GREEN, GREEN],
    phase: 'done',
  },
  {
    name: 'reads that are throttled now and then',
    given: (world) => {
      let asked = 0;
      world.hooks.push((operation) => {
        if (operation === 'DescribeRules' && (asked += 1) % 7 === 0) throw throttled();
      });
    },
    weights: [GREEN, GREEN, GREEN],
    phase: 'done',
  },
  {
    name: 'a rollback whose first write fails for one rule of two',
    given: (world) => {
      world.alarm = () => (greenOf(world) === 25 ? 'ALARM' : 'OK');
      let failed = false;
      world.hooks.push((operation) => {
        if (operation !== 'ModifyRule' || failed || greenOf(world) !== 25) return;
        failed = true;
        throw throttled();
      });
    },
    weights: [BLUE, BLUE, BLUE],
    phase: 'rolled back',
  },
  {
    name: 'a rollback that cannot write',
    given: (world) => {
      let breached = false;
      world.alarm = () => {
        breached ||= greenOf(world) === 25;
        return breached ? 'ALARM' : 'OK';
      };
      world.hooks.push((operation) => {
        if (operation === 'ModifyRule' && breached) throw throttled();
      });
    },
    weights: [split(25), split(25), BLUE],
    phase: 'rollback failed',
  },
  {
    name: 'a split baseline, put back as it was',
    before: 10,
    stages: [
      { share: 0.5, bakeSeconds: 5 },
      { share: 1, bakeSeconds: 5 },
    ],
    given: (world) => (world.alarm = () => (greenOf(world) === 100 ? 'ALARM' : 'OK')),
    weights: [split(10), split(10), BLUE],
    phase: 'rolled back',
  },
  {
    name: 'a baseline that is mostly on the rising slot: the Admin API goes back to where it was, too',
    before: 60,
    stages: [
      { share: 0.8, bakeSeconds: 5 },
      { share: 1, bakeSeconds: 5 },
    ],
    given: (world) => (world.alarm = () => (greenOf(world) === 100 ? 'ALARM' : 'OK')),
    weights: [split(60), split(60), GREEN],
    phase: 'rolled back',
  },
  {
    name: 'stages that ask for requests of their own: the one that does not get them holds',
    stages: STAGES.map((stage, index) => ({ ...stage, minRequests: index === 1 ? 5000 : 0 })),
    given: () => undefined,
    weights: [split(25), split(25), BLUE],
    phase: 'held',
    reason: /1000 of 5000 requests on green/,
  },
  {
    name: 'no verdict at first, in a stage that is watched on for as long as it takes',
    stages: STAGES.map((stage) => ({ ...stage, whenInconclusive: 'extend' as const })),
    given: (world) => {
      world.counts = () => ({ blue: 1000, green: greenOf(world) === 25 ? 5 : 1000 });
      onceAt(world, 25, () => (world.counts = () => ({ blue: 1000, green: 1000 })), 600);
    },
    weights: [GREEN, GREEN, GREEN],
    phase: 'done',
  },
  {
    name: 'a stage with an extension of its own holds later than the others would',
    stages: STAGES.map((stage, index) => ({ ...stage, ...(index === 1 && { maxExtensionSeconds: 300 }) })),
    given: (world) => {
      world.counts = () => ({ blue: 1000, green: greenOf(world) === 25 ? 5 : 1000 });
      onceAt(world, 25, () => (world.counts = () => ({ blue: 1000, green: 1000 })), 200);
    },
    weights: [GREEN, GREEN, GREEN],
    phase: 'done',
  },
  {
    name: 'an alarm in the soak, at the very end of the last stage',
    given: (world) => onceAt(world, 100, () => (world.alarm = () => 'ALARM'), 3),
    weights: [BLUE, BLUE, BLUE],
    phase: 'rolled back',
  },
  {
    name: 'an alarm while it is paused at the last stage',
    given: (world) => {
      onceAt(world, 100, () => ask(world, 'pause'), 1);
      onceAt(world, 100, () => (world.alarm = () => 'ALARM'), 60);
    },
    weights: [BLUE, BLUE, BLUE],
    phase: 'rolled back',
  },
  {
    name: 'counts that do not answer for a while',
    given: (world) => {
      world.counts = () => throttled();
      onceAt(world, 5, () => (world.counts = () => ({ blue: 1000, green: 1000 })), 30);
    },
    weights: [GREEN, GREEN, GREEN],
    phase: 'done',
  },
  {
    name: 'a stage that waits for approval, and gets it',
    stages: STAGES.map((stage, index) => ({ ...stage, approval: index === 1 })),
    given: (world) => onceAt(world, 5, () => ask(world, 'resume'), 100),
    weights: [GREEN, GREEN, GREEN],
    phase: 'done',
  },
  {
    name: 'an alarm while it waits for approval',
    stages: STAGES.map((stage, index) => ({ ...stage, approval: index === 1 })),
    given: (world) => onceAt(world, 5, () => (world.alarm = () => 'ALARM'), 100),
    weights: [BLUE, BLUE, BLUE],
    phase: 'rolled back',
  },
];

describe.each(SCENARIOS)('$name', ({ stages = STAGES, more = {}, given, weights, phase, reason, before = 0 }) => {
  const outcome = (world: World) => ({
    weights: world.weights(),
    phase: world.table.record?.phase,
    lock: world.table.lock,
  });
  const expected = { weights, phase, lock: undefined };

  test('the runner', async () => {
    const world = new World(2, split(before));
    given(world);
    await world.start(stages, more);
    expect(outcome(world)).toEqual(expected);
    if (reason) expect(world.table.record?.reason).toMatch(reason);
  });

  test('the state machine', async () => {
    const world = new World(2, split(before));
    given(world);
    const machine = new MachineWorld(world);
    const end = await machine.shift(machine.input(stages, more));
    expect(outcome(world)).toEqual(expected);
    if (reason) expect(world.table.record?.reason).toMatch(reason);
    expect(world.table.record?.journal).toMatch(EXECUTION);
    expect([end.status, end.error ?? end.output.outcome]).toEqual(
      (
        {
          done: ['SUCCEEDED', 'done'],
          held: ['SUCCEEDED', 'held'],
          'rolled back': ['FAILED', 'RolledBack'],
          conflict: ['FAILED', 'Conflict'],
          'rollback failed': ['FAILED', 'RollbackFailed'],
        } as Record<string, string[]>
      )[phase],
    );
  });
});
