import type { GatePolicy } from '../../../lib/traffic/gate-policy';
import type { Stage } from '../../../lib/traffic/plan';
import { trafficOf } from './traffic-in-time';
import { BLUE, GREEN, throttled, World } from './world';

const split = (green: number) => ({ blue: 100 - green, green });
const POLICY: GatePolicy = {
  alarms: 'gate',
  errors: 'gate',
  slow: 'off',
  refusals: 'off',
  sampleRatio: 'gate',
  comparison: {},
  slowSeconds: 1,
  errorCeiling: 0.5,
  whenInconclusive: 'hold',
};
const STAGES: readonly Stage[] = [
  { share: 0.1, bakeSeconds: 30 },
  { share: 1, bakeSeconds: 30 },
];
const shift = (world: World, policy: Partial<GatePolicy> = {}, stages = STAGES) =>
  world.start(stages, { gates: { ...POLICY, ...policy }, periodSeconds: 1, minRequests: 0, maxExtensionSeconds: 60 });
const highest = (world: World): number =>
  Math.max(0, ...world.lines.map((line) => (line.type === 'raised' ? line.weights.green : 0)));

describe('given what requests and errors are known from', () => {
  test('when green answers as blue does, then every stage passes and each says by what counts', async () => {
    const world = new World();
    world.minutes = [trafficOf(world, { perSecond: 2000, errors: () => 0.002 })];
    expect((await shift(world)).phase).toBe('done');
    const passed = world.lines.filter(({ type }) => type === 'passed');
    expect(passed).toHaveLength(2);
    expect(passed[0]).toMatchObject({
      gates: expect.arrayContaining([
        expect.objectContaining({ gate: 'errors', verdict: 'PASS', use: 'gate' }) as unknown,
        expect.objectContaining({ gate: 'sampleRatio', verdict: 'PASS' }) as unknown,
      ]) as unknown,
    });
  });

  test('when green has ten times the errors and no alarm breaches, then it is rolled back from its first stage', async () => {
    const world = new World();
    world.minutes = [trafficOf(world, { perSecond: 2000, errors: (slot) => (slot === 'green' ? 0.05 : 0.005) })];
    const ended = await shift(world);
    expect([ended.phase, world.weights()]).toEqual(['rolled back', [BLUE, BLUE, BLUE]]);
    expect(ended.reason).toMatch(/errors: .* on green, .* on blue: not by chance/);
    expect(highest(world)).toBe(10);
  });

  test('when half of what green answers is bad, then it goes back without a comparison', async () => {
    const world = new World();
    world.minutes = [trafficOf(world, { perSecond: 500, errors: (slot) => (slot === 'green' ? 0.9 : 0) })];
    const ended = await shift(world, { errors: 'off' });
    expect([ended.phase, ended.reason]).toEqual(['rolled back', expect.stringContaining('is the ceiling')]);
  });

  test('when a gate is a dry run, then its FAIL is told and nothing is rolled back by it', async () => {
    const world = new World();
    world.minutes = [trafficOf(world, { perSecond: 2000, errors: (slot) => (slot === 'green' ? 0.05 : 0.005) })];
    expect((await shift(world, { errors: 'dryRun' })).phase).toBe('done');
    const looks = world.lines.flatMap((line) => (line.type === 'looked' ? line.gates : []));
    expect(looks).toContainEqual(expect.objectContaining({ gate: 'errors', verdict: 'FAIL', use: 'dryRun' }));
  });
});

describe('given nobody can tell', () => {
  test.each([
    ['a source without a point', (world: World) => [trafficOf(world, { perSecond: 100, known: () => false })]],
    ['a source that throttles', () => [() => throttled()]],
    ['no source at all', () => []],
  ])('%s: nothing is raised past the first stage, and the shift holds', async (_, sources) => {
    const world = new World();
    world.minutes = sources(world);
    expect(await shift(world)).toMatchObject({ phase: 'held', heldBy: 'gates' });
    expect([highest(world), world.weights()]).toEqual([10, [split(10), split(10), BLUE]]);
  });

  test('and the settings say abort, then it is rolled back when the extension is over', async () => {
    const world = new World();
    const ended = await shift(world, { whenInconclusive: 'abort' });
    expect([ended.phase, ended.reason]).toEqual(['rolled back', expect.stringContaining('no verdict after 9')]);
    expect(world.weights()).toEqual([BLUE, BLUE, BLUE]);
  });

  test('and the settings say extend, then it is watched until there are data, however long that takes', async () => {
    const world = new World();
    const from = world.now + 400_000;
    world.minutes = [trafficOf(world, { perSecond: 3000, known: (at) => at >= from })];
    expect((await shift(world, { whenInconclusive: 'extend' })).phase).toBe('done');
    expect(world.now).toBeGreaterThan(from);
  });

  test('a stage may say otherwise for itself', async () => {
    const world = new World();
    const stages: Stage[] = [{ share: 0.1, bakeSeconds: 30, maxExtensionSeconds: 0, whenInconclusive: 'abort' }];
    const begun = world.now;
    expect((await shift(world, {}, stages)).phase).toBe('rolled back');
    expect(world.now - begun).toBeLessThan(45_000);
  });
});

describe('nodes of the rising slot', () => {
  test('when it has lost all of them and the old slot has not, then it goes back at once', async () => {
    const world = new World();
    world.at(8000, () => (world.healthy = { blue: 2, green: 0 }));
    const begun = world.now;
    const ended = await world.start(STAGES);
    expect([ended.phase, ended.reason]).toEqual(['rolled back', '0 of 2 nodes of green are healthy']);
    expect(world.now - begun).toBeLessThan(14_000);
  });

  test('while it has lost one of them, no stage ends', async () => {
    const world = new World();
    world.at(8000, () => (world.healthy = { blue: 2, green: 1 }));
    expect(await world.start(STAGES)).toMatchObject({ phase: 'held', heldBy: 'gates' });
    expect(highest(world)).toBe(10);
  });
});

describe('a run that was killed', () => {
  test('asks for every minute since its first raise again, and an hour of periods before it', async () => {
    const world = new World();
    const traffic = trafficOf(world, { perSecond: 2000, errors: () => 0.002 });
    const asked: Date[] = [];
    world.minutes = [(from, to) => (asked.push(from), traffic(from, to))];
    world.killWhen = 'after line "passed"';
    await expect(shift(world)).rejects.toThrow();
    const first = Date.parse(world.lines.find(({ type }) => type === 'raised')!.at);
    asked.length = 0;
    expect((await world.resume())?.phase).toBe('done');
    expect(new Set(asked.map((from) => from.getTime()))).toEqual(new Set([first - 60_000]));
  });
});

describe('a stage that asks for an approval', () => {
  const stages: Stage[] = [
    { share: 0.1, bakeSeconds: 5 },
    { share: 1, bakeSeconds: 5, approval: true },
  ];

  test('waits for a person, goes on watching, and is raised when somebody says resume', async () => {
    const world = new World();
    world.at(60_000, () => void world.table.ask({ what: 'resume', by: 'ann', at: '' }));
    const ended = await world.start(stages);
    expect([ended.phase, world.weights()]).toEqual(['done', [GREEN, GREEN, GREEN]]);
    const types = world.lines.map(({ type }) => type);
    expect(types.slice(3)).toEqual(['passed', 'held', 'resumed', 'raising', 'raised', 'passed', 'done']);
    expect(world.lines.find(({ type }) => type === 'held')).toMatchObject({ by: 'approval' });
  });

  test('an alarm that breaches while it waits rolls back', async () => {
    const world = new World();
    world.at(60_000, () => (world.alarm = () => 'ALARM'));
    expect((await world.start(stages)).phase).toBe('rolled back');
    expect(world.weights()).toEqual([BLUE, BLUE, BLUE]);
  });

  test('somebody who edits the weights while it waits is noticed within one look', async () => {
    const world = new World();
    world.at(60_000, () => world.setWeights(0, split(77)));
    const begun = world.now;
    expect((await world.start(stages)).phase).toBe('conflict');
    expect(world.now - begun).toBeLessThan(64_000);
  });

  test('Ctrl-C leaves it held, and resume from its journal is the approval', async () => {
    const world = new World();
    world.at(30_000, () => (world.interrupted = true));
    expect(await world.start(stages)).toMatchObject({ phase: 'held', heldBy: 'approval' });
    world.interrupted = false;
    expect((await world.resume())?.phase).toBe('done');
  });
});
