import { weightsFor, type Weights } from '../../../lib/traffic/weights';
import { BLUE, GREEN, GROUPS, RUN, STAGES, throttled, World } from './world';

const split = (green: number) => weightsFor(green / 100, 'green');
const of = (world: World): (Weights | undefined)[] => world.weights();

/** A world whose shift was killed in the bake of its second stage. */
async function killedInStageTwo(before: Weights = BLUE): Promise<World> {
  const world = new World(2, before);
  world.at(15_000, () => world.kill(101));
  await expect(world.start()).rejects.toThrow();
  return world;
}

describe('abort', () => {
  test('after a kill -9 in mid-bake: everything is back, the record says so, the lock is free', async () => {
    const world = await killedInStageTwo();
    expect(of(world)).toEqual([split(25), split(25), BLUE]);
    const result = await world.abort();
    expect(of(world)).toEqual([BLUE, BLUE, BLUE]);
    expect(result).toMatchObject({ weights: BLUE, before: [split(25), split(25)], record: { phase: 'rolled back' } });
    expect(world.table.record).toMatchObject({ phase: 'rolled back', share: 0, reason: 'aborted by arn:someone' });
    expect(world.table.lock).toBeUndefined();
  });

  test('of a run on another router than the settings name now is refused: it would say that all is back', async () => {
    const world = await killedInStageTwo();
    world.table.record = { ...world.table.record!, router: 'nginx' };
    const writes = world.writes.length;
    await expect(world.abort()).rejects.toMatchObject({
      code: 'ROUTER_CHANGED',
      exitCode: 8,
      found: expect.stringContaining('is on nginx, the settings lead to alb'),
    });
    expect(world.writes).toHaveLength(writes);
    // What has ended holds nobody up.
    world.table.record = { ...world.table.record, phase: 'rolled back' };
    expect((await world.abort()).weights).toEqual(BLUE);
  });

  test('twice does no harm and writes nothing the second time', async () => {
    const world = await killedInStageTwo();
    await world.abort();
    const writes = world.writes.length;
    expect((await world.abort()).written).toEqual([]);
    expect(world.writes).toHaveLength(writes);
  });

  test('without a shift ever it puts everything on the slot that the settings call live', async () => {
    const world = new World();
    world.setWeights(0, split(50));
    const { record, recordRead } = await world.abort();
    expect(of(world)).toEqual([BLUE, BLUE, BLUE]);
    expect([record, recordRead]).toEqual([undefined, true]);
  });

  test('a lock that cannot be read does not lose what the shift began with', async () => {
    const world = await killedInStageTwo(split(10));
    world.table.failures.push({ operation: 'readLock', error: throttled() });
    await world.abort();
    expect(of(world)).toEqual([split(10), split(10), BLUE]);
  });

  test('a table out of reach: back to the live slot of the settings, and it is said that nothing was read', async () => {
    const world = await killedInStageTwo();
    world.table.before = () => {
      throw throttled();
    };
    expect((await world.abort()).recordRead).toBe(false);
    expect(of(world)).toEqual([BLUE, BLUE, BLUE]);
  });

  test('from 100 % to a baseline that was split, the Admin API goes back as well', async () => {
    const world = new World(2, split(10));
    world.at(35_000, () => world.kill(101));
    await expect(
      world.start([
        { share: 0.5, bakeSeconds: 5 },
        { share: 1, bakeSeconds: 60 },
      ]),
    ).rejects.toThrow();
    expect(of(world)).toEqual([GREEN, GREEN, GREEN]);
    await world.abort();
    expect(of(world)).toEqual([split(10), split(10), BLUE]);
  });

  test('after the end it refuses; with force it goes back', async () => {
    const world = new World();
    await world.start();
    await expect(world.abort()).rejects.toMatchObject({ code: 'ABORT_AFTER_DONE', exitCode: 8 });
    expect(of(world)).toEqual([GREEN, GREEN, GREEN]);
    await world.abort({ force: true });
    expect(of(world)).toEqual([BLUE, BLUE, BLUE]);
  });

  test('to a slot without a healthy node it refuses before anything; with force it goes', async () => {
    const world = await killedInStageTwo();
    world.healthy.blue = 0;
    const lock = world.table.lock;
    await expect(world.abort()).rejects.toMatchObject({ code: 'ABORT_NO_HEALTHY_NODE', exitCode: 8 });
    expect(world.table.lock).toEqual(lock);
    expect(of(world)).toEqual([split(25), split(25), BLUE]);
    await world.abort({ force: true });
    expect(of(world)).toEqual([BLUE, BLUE, BLUE]);
  });

  test('throttled writes are tried again', async () => {
    const world = await killedInStageTwo();
    for (let i = 0; i < 7; i += 1) world.elb.failures.push({ operation: 'ModifyRule', error: throttled() });
    await world.abort();
    expect(of(world)).toEqual([BLUE, BLUE, BLUE]);
  });

  test('what cannot be written is exit code 7 with the command by hand', async () => {
    const world = await killedInStageTwo();
    world.hooks.push((operation) => {
      if (operation === 'ModifyRule') throw new Error('not authorized');
    });
    await expect(world.abort()).rejects.toMatchObject({
      code: 'ROLLBACK_FAILED',
      exitCode: 7,
      found: 'not authorized',
      remedy: expect.stringContaining('aws elbv2 modify-rule --rule-arn ARN with weight 100 for blue and 0 for green'),
    });
  });

  test('the last attempt counts too', async () => {
    const world = await killedInStageTwo();
    let left = 5;
    world.hooks.push((operation) => {
      if (operation === 'DescribeRules' && left-- > 0) throw throttled();
    });
    // The first of these is the look at the weights from before.
    left += 1;
    await world.abort();
    expect(of(world)).toEqual([BLUE, BLUE, BLUE]);
  });
});

describe('abort over a rule that does not split any more', () => {
  const broken = async (): Promise<World> => {
    const world = await killedInStageTwo();
    world.elb.rule(world.rules[1]!).Actions = [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } }];
    return world;
  };
  const readingOf = (world: World, weights: Weights) => ({
    router: 'alb',
    stickySeconds: 0,
    places: world.rules.map((id) => ({
      id,
      weights,
      verbatim: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: GROUPS.blue, Weight: weights.blue },
              { TargetGroupArn: GROUPS.green, Weight: weights.green },
            ],
          },
        },
      ],
    })),
    followers: [],
  });

  test('the reading of that run is written as it was', async () => {
    const world = await broken();
    await world.abort({ saved: (run) => Promise.resolve(run === RUN ? readingOf(world, BLUE) : undefined) });
    expect(of(world)).toEqual([BLUE, BLUE, BLUE]);
  });

  test('without one it is exit code 7, and the other run’s reading is never asked for', async () => {
    const world = await broken();
    const asked: string[] = [];
    await expect(
      world.abort({
        saved: (run) => {
          asked.push(run);
          return Promise.resolve(undefined);
        },
      }),
    ).rejects.toMatchObject({ code: 'ROLLBACK_FAILED' });
    expect(asked).toEqual([RUN]);
  });
});

describe('abort against a run that lives', () => {
  // Whatever the clocks of the two machines say of each other.
  test.each([0, 3_600_000, -3_600_000])('with a clock that is %d ms off: the run ends fenced off', async (skewMs) => {
    const world = new World();
    let aborted: Promise<unknown> | undefined;
    world.at(15_000, () => {
      aborted = world.abort({ skewMs });
    });
    await expect(world.start()).rejects.toMatchObject({ code: 'LOCK_LOST', exitCode: 5 });
    await aborted;
    expect(of(world)).toEqual([BLUE, BLUE, BLUE]);
    expect(world.table.record?.phase).toBe('rolled back');
  });

  test.each([0, 3_600_000, -3_600_000])(
    'a write of it that arrives late, 2.4 s after the lock was taken, is put back too (clocks %d ms apart)',
    async (skewMs) => {
      const world = await killedInStageTwo();
      world.at(2400, () => world.setWeights(0, split(50)));
      await world.abort({ skewMs });
      expect(of(world)).toEqual([BLUE, BLUE, BLUE]);
    },
  );

  test('at every moment of a run: nothing is written after the lock was lost, and everything is back', async () => {
    const count = new World();
    await count.start();
    const moments = count.pointNames.length;
    for (let moment = 2; moment <= moments; moment += 1) {
      const world = new World();
      let aborted: Promise<unknown> | undefined;
      let fencedAt = Infinity;
      world.atPoint = (n) => {
        if (n === moment) aborted = world.abort({ force: true }).catch((error: unknown) => error);
      };
      world.table.before = (operation) => {
        if (operation === 'fenceOff') fencedAt = world.now;
      };
      const ended = await world.start().catch((error: { code?: string }) => error.code);
      await aborted;
      expect([moment, count.pointNames[moment - 1], ended, of(world)]).toEqual([
        moment,
        count.pointNames[moment - 1],
        expect.anything(),
        [BLUE, BLUE, BLUE],
      ]);
      expect(world.table.record?.phase).toBe('rolled back');
      // A write that was under way may still arrive; nothing is begun.
      const late = world.writes.filter(({ at, by }) => by === 101 && at > fencedAt + 2500);
      expect([moment, late]).toEqual([moment, []]);
    }
    expect(moments).toBeGreaterThan(40);
  });
});

describe('kill -9 at every position of a run that goes through', () => {
  const runs: [string, (world: World) => void][] = [
    ['that goes through', () => undefined],
    ['that rolls back in its second stage', (world) => world.at(15_000, () => (world.alarm = () => 'ALARM'))],
    [
      'that is paused and resumed',
      (world) => {
        world.at(5000, () => void world.table.ask({ what: 'pause', by: 'somebody', at: '' }));
        world.at(9000, () => void world.table.ask({ what: 'resume', by: 'somebody', at: '' }));
      },
    ],
  ];

  test.each(runs)('a run %s: resume comes to the same end, at every one of its positions', async (_, script) => {
    const whole = new World();
    script(whole);
    const { phase } = await whole.start();
    for (let position = 3; position <= whole.points; position += 1) {
      const world = new World();
      script(world);
      world.killAt = position;
      await expect(world.start(STAGES)).rejects.toThrow();
      let resumed = await world.resume();
      if (resumed?.phase === 'held') {
        expect(resumed.heldBy).toBe('person');
        resumed = await world.resume();
      }
      const name = whole.pointNames[position - 1];
      expect([position, name, resumed?.phase ?? world.table.record?.phase]).toEqual([position, name, phase]);
      expect([position, name, ...of(world)]).toEqual([position, name, ...of(whole)]);
    }
  });

  test.each(runs)('a run %s: one abort restores blue, at every one of its positions', async (name, script) => {
    const whole = new World();
    script(whole);
    await whole.start();
    for (let position = 3; position <= whole.points; position += 1) {
      const world = new World();
      script(world);
      world.killAt = position;
      await expect(world.start(STAGES)).rejects.toThrow();
      // Killed after the last line: the shift is done, and going back is a decision.
      const force = world.table.record?.phase === 'done';
      await world.abort({ force });
      // Whoever resumes out of habit is told that there is nothing to resume.
      if (world.table.record) expect(await world.resume()).toBeUndefined();
      expect([position, whole.pointNames[position - 1], ...of(world)]).toEqual([
        position,
        whole.pointNames[position - 1],
        BLUE,
        BLUE,
        BLUE,
      ]);
    }
    process.stdout.write(`run ${name}: ${whole.points - 2} positions\n`);
  });
});
