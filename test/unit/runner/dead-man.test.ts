import { denied, Killed, STAGES, throttled, World } from './world';

const DEAD = 300;
const shift = (world: World) => world.start(STAGES, { deadManSeconds: DEAD });
const raises = (world: World): number => world.lines.filter(({ type }) => type === 'raised').length;

describe('the dead-man timer of a shift', () => {
  test('stands before the first raise, is moved on through a bake, and is gone when the shift is done', async () => {
    const world = new World();
    let atFirstWrite: unknown;
    world.hooks.push((operation, when) => {
      if (operation === 'ModifyRule' && when === 'before') atFirstWrite ??= { ...world.timer };
    });
    const ended = await world.start([{ share: 0.1, bakeSeconds: 600 }], { deadManSeconds: DEAD });
    expect([ended.phase, world.timer]).toEqual(['done', undefined]);
    expect(atFirstWrite).toMatchObject({ run: '20261121T203000Z-4711' });
    // Once a minute and not at every look; never less than its time minus that minute away.
    expect(world.timers.length).toBeGreaterThanOrEqual(10);
    expect(world.timers.length).toBeLessThanOrEqual(12);
    const gaps = world.timers.slice(1).map((at, i) => at.getTime() - world.timers[i]!.getTime());
    expect(Math.max(...gaps)).toBeLessThanOrEqual(64_000);
  });

  test('is gone after a rollback by a gate, whose verdict it does not delay', async () => {
    const world = new World();
    world.at(5000, () => (world.alarm = () => 'ALARM'));
    expect([(await shift(world)).phase, world.timer]).toEqual(['rolled back', undefined]);
  });

  test('a runner that was killed moves it no more: it fires within its time', async () => {
    const world = new World();
    world.killWhen = 'after line "raised"';
    await expect(shift(world)).rejects.toThrow(Killed);
    expect(world.timer!.at.getTime() - world.now).toBeLessThanOrEqual(DEAD * 1000 + 1000);
    expect((await world.resume())?.phase).toBe('done');
    expect(world.timer).toBeUndefined();
  });

  test('a shift that is held on purpose takes it along and says so: it may stay at its share until tomorrow', async () => {
    const world = new World();
    world.counts = () => ({ blue: 1000, green: 0 });
    expect(await shift(world)).toMatchObject({ phase: 'held', heldBy: 'gates' });
    expect(world.timer).toBeUndefined();
    expect(world.told).toContain('the dead-man timer is taken away: the traffic stays as it is until somebody comes');
  });

  test('while it waits for a person it is moved on', async () => {
    const world = new World();
    world.at(5000, () => void world.table.ask({ what: 'pause', by: 'ann', at: '' }));
    world.at(900_000, () => {
      expect(world.timer!.at.getTime()).toBeGreaterThan(world.now + (DEAD - 65) * 1000);
      void world.table.ask({ what: 'resume', by: 'ann', at: '' });
    });
    expect((await shift(world)).phase).toBe('done');
  });

  test('a rollback that failed leaves it: it may succeed where this machine did not', async () => {
    const world = new World();
    world.at(5000, () => (world.alarm = () => 'ALARM'));
    world.hooks.push((operation) => {
      if (operation === 'ModifyRule' && world.alarm() === 'ALARM') throw denied();
    });
    expect((await shift(world)).phase).toBe('rollback failed');
    expect(world.timer).toBeDefined();
  });

  test('when it cannot be set, then nothing is raised, the shift holds and says what is missing', async () => {
    const world = new World();
    world.timerError = denied();
    expect(await shift(world)).toMatchObject({
      phase: 'held',
      heldBy: 'error',
      reason: expect.stringMatching(/dead-man timer cannot be set.*not authorized/),
    });
    expect(world.writes).toEqual([]);
  });

  test('when AWS throttles it, then the raise waits until it stands', async () => {
    const world = new World();
    world.timerError = throttled();
    world.at(20_000, () => {
      expect(world.writes).toEqual([]);
      world.timerError = undefined;
    });
    expect((await shift(world)).phase).toBe('done');
  });

  test('when it is not moved on in a bake, then that is told at once and the next raise is not begun', async () => {
    const world = new World();
    world.at(15_000, () => (world.timerError = denied()));
    const stages = [
      { share: 0.1, bakeSeconds: 120 },
      { share: 1, bakeSeconds: 10 },
    ];
    const ended = await world.start(stages, { deadManSeconds: DEAD });
    expect([ended.phase, raises(world)]).toEqual(['held', 1]);
    expect(world.told.some((each) => /was not moved on: .*not authorized.*; as it is, it fires at/.test(each))).toBe(
      true,
    );
    // It cannot be taken away either: when it fires is told.
    expect(world.told.at(-1)).toMatch(/could not be taken away .* everything goes back at \d\d:\d\d UTC/);
  });

  describe('of a run that was killed', () => {
    const LONG = [{ share: 0.1, bakeSeconds: 600 }];
    /** Kills a shift at a point, lets minutes pass, resumes; the times at which the timer would have fired meanwhile. */
    const killedAt = async (killWhen: string, prepared: (world: World) => void = () => undefined) => {
      const world = new World();
      world.killWhen = killWhen;
      await expect(world.start(LONG, { deadManSeconds: DEAD })).rejects.toThrow(Killed);
      await world.sleep(200_000);
      const fired: number[] = [];
      prepared(world);
      const alarm = world.alarm;
      world.alarm = () => {
        if (world.timer && world.timer.at.getTime() < world.now) fired.push(world.now);
        return alarm();
      };
      const ended = await world.resume();
      return { world, ended, fired };
    };

    test.each(['raising', 'raised', 'passed'])(
      'after "%s": whoever goes on with it moves its timer on, and takes it away at the end',
      async (type) => {
        const { world, ended, fired } = await killedAt(`after line "${type}"`);
        expect([ended?.phase, fired, world.timer]).toEqual(['done', [], undefined]);
      },
    );

    test('held again before a raise: the timer of the dead process is taken away too, or it would go back overnight', async () => {
      const { world, ended } = await killedAt('after line "raising"', (there) => (there.healthy.green = 1));
      expect([ended?.phase, ended?.heldBy, world.timer]).toEqual(['held', 'capacity', undefined]);
    });
  });

  test('while AWS does not answer before a raise it is moved on: the runner waits, and is not dead', async () => {
    const world = new World();
    const silent = throttled();
    world.at(1_000_000, () => (world.alarm = () => 'OK'));
    const late: number[] = [];
    const stages = [
      { share: 0.1, bakeSeconds: 25 },
      { share: 1, bakeSeconds: 10 },
    ];
    world.hooks.push(() => {
      if (world.timer && world.timer.at.getTime() < world.now) late.push(world.now);
    });
    world.atPoint = () => {
      if (world.pointNames.at(-1) === 'after line "passed"' && world.now < 1_200_000) world.alarm = () => silent;
    };
    const ended = await world.start(stages, { deadManSeconds: DEAD, maxExtensionSeconds: 1800 });
    expect([ended.phase, late]).toEqual(['done', []]);
  });
});
