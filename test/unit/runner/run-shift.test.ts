import fc from 'fast-check';
import { KongDualClusterError } from '../../../lib/errors';
import { ALARM, BLUE, denied, expired, GREEN, STAGES, throttled, World } from './world';

const types = (world: World): string[] => world.lines.map(({ type }) => type);
const split = (green: number) => ({ blue: 100 - green, green });
/** Number of passed gates before each raise; the stage that each raise announces. */
const raises = (world: World) =>
  world.lines.flatMap((line, i) =>
    line.type === 'raising'
      ? [{ stage: line.stage, passedBefore: world.lines.slice(0, i).filter(({ type }) => type === 'passed').length }]
      : [],
  );

describe('a shift whose gates all pass', () => {
  test('goes through every stage to the end: all rules and the Admin API are on green', async () => {
    const world = new World();
    const ended = await world.start();
    expect(ended.phase).toBe('done');
    expect(world.weights()).toEqual([GREEN, GREEN, GREEN]);
    expect(types(world)).toEqual([
      'started',
      ...['raising', 'raised', 'passed'],
      ...['raising', 'raised', 'passed'],
      ...['raising', 'raised', 'passed', 'done'],
    ]);
    expect(world.table.record).toMatchObject({ phase: 'done', share: 1 });
    expect(world.table.lock).toBeUndefined();
  });

  test('takes as long as its bakes, a look more a stage, and writes each rule once a stage', async () => {
    const world = new World(3);
    const begun = world.now;
    await world.start();
    const seconds = (world.now - begun) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(40);
    expect(seconds).toBeLessThan(40 + 3 * 3);
    // Three rules, three stages, and the Admin API's once.
    expect(world.writes).toHaveLength(3 * 3 + 1);
  });

  test('a plan that does not end at 100 % is done with both slots serving, and the Admin API stays', async () => {
    const world = new World();
    const ended = await world.start([{ share: 0.1, bakeSeconds: 5 }]);
    expect(ended.phase).toBe('done');
    expect(world.weights()).toEqual([split(10), split(10), BLUE]);
  });
});

describe('a gate that fails', () => {
  test.each([0, 1, 2])('in stage %d puts back the weights from before, in under 5 s', async (stage) => {
    const world = new World();
    let raised = 0;
    world.hooks.push(() => (raised = world.lines.filter(({ type }) => type === 'raised').length));
    world.alarm = () => (raised > stage ? 'ALARM' : 'OK');
    const ended = await world.start();
    expect(ended.phase).toBe('rolled back');
    expect(ended.reason).toContain(`${ALARM} is in ALARM`);
    expect(world.weights()).toEqual([BLUE, BLUE, BLUE]);
    const last = world.lines.at(-1)!;
    expect(last).toMatchObject({ type: 'rolled back', by: 'gates' });
    expect(last.type === 'rolled back' && last.seconds).toBeLessThan(5);
    expect(world.table.record).toMatchObject({ phase: 'rolled back', share: 0 });
  });

  test('before the first raise writes no rule at all', async () => {
    const world = new World();
    world.alarm = () => 'ALARM';
    expect((await world.start()).phase).toBe('rolled back');
    expect(world.writes).toEqual([]);
  });

  test('a split baseline is put back as it was, the Admin API with it', async () => {
    const world = new World(2, split(10));
    world.alarm = () => (world.lines.some((line) => line.type === 'raised' && line.stage === 1) ? 'ALARM' : 'OK');
    const ended = await world.start([
      { share: 0.5, bakeSeconds: 5 },
      { share: 1, bakeSeconds: 5 },
    ]);
    expect(ended.phase).toBe('rolled back');
    expect(world.weights()).toEqual([split(10), split(10), BLUE]);
  });

  test('when the old slot has no healthy node to go back to, then it holds and moves nobody there', async () => {
    const world = new World();
    world.at(4000, () => {
      world.alarm = () => 'ALARM';
      world.healthy = { blue: 0, green: 2 };
    });
    const ended = await world.start();
    expect(ended).toMatchObject({ phase: 'held', heldBy: 'capacity' });
    expect(ended.reason).toMatch(/ALARM.*blue has no healthy node to go back to, green has 2/);
    expect(world.weights()).toEqual([split(5), split(5), BLUE]);
  });

  test('when neither slot has a healthy node, then it goes back: nothing is lost by it', async () => {
    const world = new World();
    world.at(4000, () => {
      world.alarm = () => 'ALARM';
      world.healthy = { blue: 0, green: 0 };
    });
    expect((await world.start()).phase).toBe('rolled back');
    expect(world.weights()).toEqual([BLUE, BLUE, BLUE]);
  });

  test('a rollback that is throttled is tried again until it holds', async () => {
    const world = new World();
    world.at(4000, () => {
      world.alarm = () => 'ALARM';
      for (let i = 0; i < 4; i += 1) world.elb.failures.push({ operation: 'ModifyRule', error: throttled() });
    });
    expect((await world.start()).phase).toBe('rolled back');
    expect(world.weights()).toEqual([BLUE, BLUE, BLUE]);
  });

  test('a rollback that can write nothing is told as failed, after all its attempts', async () => {
    const world = new World();
    world.at(4000, () => (world.alarm = () => 'ALARM'));
    world.hooks.push((operation) => {
      if (operation === 'ModifyRule' && world.alarm() === 'ALARM') throw denied();
    });
    const ended = await world.start();
    expect(ended).toMatchObject({ phase: 'rollback failed', reason: 'AccessDeniedException: not authorized' });
  });
});

describe('data that is missing', () => {
  test('requests that were never published hold the shift after the bake and its extension', async () => {
    const world = new World();
    world.counts = () => ({ blue: undefined, green: undefined });
    const begun = world.now;
    const ended = await world.start(STAGES, { maxExtensionSeconds: 60 });
    expect(ended).toMatchObject({ phase: 'held', heldBy: 'gates', stage: 0 });
    expect(world.weights()).toEqual([split(5), split(5), BLUE]);
    expect(world.now - begun).toBeGreaterThanOrEqual(70_000);
    expect(world.now - begun).toBeLessThan(76_000);
  });

  test('an alarm that goes away in the middle holds', async () => {
    const world = new World();
    world.at(3000, () => (world.alarm = () => 'MISSING'));
    expect(await world.start()).toMatchObject({ phase: 'held', heldBy: 'gates', stage: 0 });
  });

  test('law: whatever the gates say and when, no weight rises unless every stage before it passed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('OK', 'OK', 'OK', 'INSUFFICIENT_DATA', 'MISSING', 'ALARM', 'throttled'), {
          minLength: 1,
          maxLength: 40,
        }),
        fc.array(fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined }), { minLength: 1, maxLength: 40 }),
        async (alarms, requests) => {
          const world = new World();
          let looks = 0;
          world.alarm = () => {
            const state = alarms[(looks += 1) % alarms.length]!;
            return state === 'throttled' ? throttled() : state;
          };
          world.counts = () => ({ blue: 1000, green: requests[looks % requests.length] });
          const ended = await world.start(STAGES, { maxExtensionSeconds: 20 });
          for (const { stage, passedBefore } of raises(world)) expect(passedBefore).toBe(stage);
          for (const line of world.lines) {
            if (line.type === 'passed') expect(line.gates.every(({ verdict }) => verdict === 'PASS')).toBe(true);
          }
          if (ended.phase === 'rolled back') expect(world.weights()).toEqual([BLUE, BLUE, BLUE]);
          // Two rules a stage, one flip of the Admin API, and all of them back.
          expect(world.writes.length).toBeLessThanOrEqual(2 * 3 + 1 + 3);
          expect(['done', 'rolled back', 'held']).toContain(ended.phase);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('an AWS that does not answer', () => {
  test('throttled counts do not keep a breaching alarm from being seen', async () => {
    const world = new World();
    world.counts = throttled;
    world.at(4000, () => (world.alarm = () => 'ALARM'));
    expect((await world.start()).phase).toBe('rolled back');
  });

  test('counts that never come do not hold up a rollback', async () => {
    const world = new World();
    world.at(4000, () => {
      world.alarm = () => 'ALARM';
      world.counts = () => new Promise(() => undefined);
    });
    expect((await world.start()).phase).toBe('rolled back');
  });

  test('a lock table that is throttled does not keep a breaching alarm from being seen', async () => {
    const world = new World();
    world.at(4000, () => {
      world.alarm = () => 'ALARM';
      for (let i = 0; i < 2; i += 1) world.table.failures.push({ operation: 'renew', error: throttled() });
    });
    expect((await world.start()).phase).toBe('rolled back');
    expect(world.weights()).toEqual([BLUE, BLUE, BLUE]);
  });

  test('rules that cannot be read do not keep a breaching alarm from being seen', async () => {
    const world = new World();
    world.at(4000, () => {
      world.alarm = () => 'ALARM';
      world.elb.failures.push({ operation: 'DescribeRules', error: throttled() });
    });
    expect((await world.start()).phase).toBe('rolled back');
  });

  test('a lock table that does not answer for long makes no stage pass', async () => {
    const world = new World();
    let out = false;
    world.at(4000, () => (out = true));
    world.table.before = (operation) => {
      if (out && operation === 'renew') throw throttled();
    };
    const ended = await world.start();
    expect(ended).toMatchObject({ phase: 'held', heldBy: 'gates', stage: 0 });
    expect(types(world)).not.toContain('passed');
  });

  test('a lock table that has been out of reach for a minute does not keep the traffic from going back', async () => {
    const world = new World();
    let out = false;
    world.at(3000, () => (out = true));
    world.at(60_000, () => (world.alarm = () => 'ALARM'));
    world.table.before = (operation) => {
      if (out && operation === 'renew') throw throttled();
    };
    expect((await world.start(STAGES, { maxExtensionSeconds: 300 })).phase).toBe('rolled back');
    expect(world.weights()).toEqual([BLUE, BLUE, BLUE]);
  });

  test('then, when the weights cannot be read either, it goes back no more: they may be another run’s', async () => {
    const world = new World();
    let out = false;
    world.at(3000, () => (out = true));
    world.at(60_000, () => (world.alarm = () => 'ALARM'));
    world.table.before = (operation) => {
      if (out && operation === 'renew') throw throttled();
    };
    world.hooks.push((operation) => {
      if (operation === 'DescribeRules' && world.alarm() === 'ALARM') throw throttled();
    });
    expect((await world.start(STAGES, { maxExtensionSeconds: 300 })).phase).toBe('rollback failed');
  });

  test('a disk that is full of looks does not end the watch: what fails later still goes back', async () => {
    const world = new World();
    world.at(3000, () => (world.journalError = new Error('ENOSPC')));
    // No verdict at the end of the bake, which is noted; then it fails.
    world.counts = () => ({ blue: undefined, green: undefined });
    world.at(30_000, () => (world.alarm = () => 'ALARM'));
    await world.start(STAGES, { maxExtensionSeconds: 300 });
    expect(world.weights()).toEqual([BLUE, BLUE, BLUE]);
  });

  test('a lock table that is deleted in mid-bake does not keep the traffic from going back', async () => {
    const world = new World();
    let gone = false;
    world.at(4000, () => {
      gone = true;
      world.alarm = () => 'ALARM';
    });
    world.table.before = (operation) => {
      if (gone && operation === 'renew') throw new KongDualClusterError('SHIFT_TABLE_MISSING', 'gone', { remedy: '' });
    };
    expect((await world.start()).phase).toBe('rolled back');
    expect(world.weights()).toEqual([BLUE, BLUE, BLUE]);
  });

  test.each(['DescribeRules', 'ModifyRule', 'alarms', 'capacity'])(
    'a raise whose %s is throttled is tried again',
    async (operation) => {
      const world = new World();
      let left = 2;
      world.hooks.push((called, when) => {
        // The first read is the reading from before, which has to be there.
        if (world.lines.length > 0 && called === operation && when === 'before' && left-- > 0) throw throttled();
      });
      expect((await world.start()).phase).toBe('done');
      expect(left).toBeLessThan(0);
    },
  );

  test('a raise whose answer was lost is found written and goes on', async () => {
    const world = new World();
    let lost = 1;
    world.hooks.push((operation, when) => {
      if (operation === 'ModifyRule' && when === 'after' && lost-- > 0) throw throttled();
    });
    expect((await world.start()).phase).toBe('done');
  });

  test('a raise that stays throttled holds, and resume goes through', async () => {
    const world = new World();
    world.hooks.push((operation, when) => {
      if (operation === 'ModifyRule' && when === 'before') throw throttled();
    });
    expect(await world.start()).toMatchObject({ phase: 'held', heldBy: 'error' });
    world.hooks.length = 0;
    expect((await world.resume())?.phase).toBe('done');
  });

  test('credentials that end in mid-bake hold; after a new login resume goes through', async () => {
    const world = new World();
    let ended = false;
    world.at(15_000, () => (ended = true));
    world.hooks.push(() => {
      if (ended) throw expired();
    });
    expect(await world.start()).toMatchObject({ phase: 'held', heldBy: 'credentials', stage: 1 });
    ended = false;
    expect((await world.resume())?.phase).toBe('done');
  });

  test('credentials that end while it is paused hold too', async () => {
    const world = new World();
    world.at(3000, () => void world.table.ask({ what: 'pause', by: 'somebody', at: '' }));
    world.at(9000, () => (world.alarm = () => expired()));
    expect(await world.start()).toMatchObject({ phase: 'held', heldBy: 'credentials' });
  });

  test('law: faults of any call, at any time, never raise a weight out of turn and never leave a wrong rollback', async () => {
    const operations = ['DescribeRules', 'ModifyRule', 'alarms', 'counts', 'capacity', 'renew', 'writeShift'];
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            call: fc.integer({ min: 3, max: 120 }),
            operation: fc.constantFrom(...operations),
            error: fc.constantFrom(throttled, throttled, throttled, denied, expired),
            after: fc.boolean(),
          }),
          { maxLength: 12 },
        ),
        fc.option(fc.integer({ min: 0, max: 45_000 }), { nil: undefined }),
        async (faults, breachAt) => {
          const world = new World();
          let calls = 0;
          const hit = (operation: string, when: 'before' | 'after'): void => {
            calls += when === 'before' ? 1 : 0;
            const fault = faults.find(
              (each) => each.call === calls && each.operation === operation && each.after === (when === 'after'),
            );
            if (fault) throw fault.error();
          };
          world.hooks.push(hit);
          world.table.before = (operation) => {
            // The command itself fails where the first state cannot be shown; nothing is written then.
            if (world.table.record) hit(operation, 'before');
          };
          if (breachAt !== undefined) world.at(breachAt, () => (world.alarm = () => 'ALARM'));
          const ended = await world.start(STAGES, { maxExtensionSeconds: 20 });
          for (const { stage, passedBefore } of raises(world)) expect(passedBefore).toBeGreaterThanOrEqual(stage);
          if (ended.phase === 'rolled back') expect(world.weights()).toEqual([BLUE, BLUE, BLUE]);
          if (ended.phase === 'done') expect(world.weights()).toEqual([GREEN, GREEN, GREEN]);
          expect(['done', 'rolled back', 'held', 'rollback failed']).toContain(ended.phase);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('capacity', () => {
  test('a slot that is too small is waited for, its floor is raised, and then it is raised', async () => {
    const world = new World();
    world.healthy.green = 1;
    world.at(10_000, () => (world.healthy.green = 2));
    expect((await world.start()).phase).toBe('done');
    expect(world.pinned).toContain('green 2');
  });

  test('a slot that stays too small holds before anything is raised', async () => {
    const world = new World();
    world.healthy.green = 0;
    expect(await world.start()).toMatchObject({ phase: 'held', heldBy: 'capacity' });
    expect(world.writes).toEqual([]);
  });

  test('an alarm that breaches while a later stage waits for nodes rolls back at once', async () => {
    const world = new World();
    world.at(10_500, () => (world.healthy.green = 1));
    world.at(20_000, () => (world.alarm = () => 'ALARM'));
    const begun = world.now;
    const ended = await world.start(STAGES, { maxExtensionSeconds: 1800 });
    expect(ended.phase).toBe('rolled back');
    expect(world.now - begun).toBeLessThan(25_000);
    expect(world.weights()).toEqual([BLUE, BLUE, BLUE]);
  });
});

describe('a foreign hand', () => {
  test('weights that somebody changes in mid-bake stop the shift as a conflict, and nothing is written', async () => {
    const world = new World();
    world.at(5000, () => world.setWeights(1, split(50)));
    const ended = await world.start();
    expect(ended.phase).toBe('conflict');
    expect(ended.reason).toContain('blue 50, green 50');
    expect(world.weights()).toEqual([split(5), split(50), BLUE]);
  });

  test('a foreign change and a breaching alarm in one look: a conflict, nothing is fought', async () => {
    const world = new World();
    world.at(5000, () => {
      world.setWeights(1, split(50));
      world.alarm = () => 'ALARM';
    });
    expect((await world.start()).phase).toBe('conflict');
    expect(world.weights()).toEqual([split(5), split(50), BLUE]);
  });

  test('resumed over foreign weights with a breaching alarm it is a conflict again, not a rollback over them', async () => {
    const world = new World();
    world.at(5000, () => world.setWeights(1, split(50)));
    await world.start();
    world.alarm = () => 'ALARM';
    expect((await world.resume())?.phase).toBe('conflict');
    expect(world.weights()).toEqual([split(5), split(50), BLUE]);
  });

  test('resumed after the weights were put right it goes on from that stage', async () => {
    const world = new World();
    world.at(5000, () => world.setWeights(1, split(50)));
    await world.start();
    world.setWeights(1, split(5));
    expect((await world.resume())?.phase).toBe('done');
  });

  test('a rule that a deployment turned into something else is a conflict', async () => {
    const world = new World();
    world.at(5000, () => (world.elb.rule(world.rules[0]!).Actions = [{ Type: 'fixed-response' }]));
    expect((await world.start()).phase).toBe('conflict');
  });

  test('weights changed between the end of the soak and a resume an hour later are not called done', async () => {
    const world = new World();
    world.killWhen = 'before line "done"';
    await expect(world.start()).rejects.toThrow();
    world.setWeights(0, split(50));
    expect((await world.resume())?.phase).toBe('conflict');
  });
});

describe('what a person asks for', () => {
  test('a pause holds, goes on watching, and resume bakes the stage again', async () => {
    const world = new World();
    world.at(5000, () => void world.table.ask({ what: 'pause', by: 'somebody', at: '' }));
    world.at(60_000, () => void world.table.ask({ what: 'resume', by: 'somebody', at: '' }));
    const begun = world.now;
    const ended = await world.start();
    expect(ended.phase).toBe('done');
    expect(world.now - begun).toBeGreaterThan(60_000 + 40_000);
    expect(types(world).filter((type) => type === 'held' || type === 'resumed')).toEqual(['held', 'resumed']);
  });

  test('an alarm that breaches during a pause rolls back', async () => {
    const world = new World();
    world.at(5000, () => void world.table.ask({ what: 'pause', by: 'somebody', at: '' }));
    world.at(60_000, () => (world.alarm = () => 'ALARM'));
    expect((await world.start()).phase).toBe('rolled back');
    expect(world.weights()).toEqual([BLUE, BLUE, BLUE]);
  });

  test('Ctrl-C leaves the traffic as it is, and resume goes through', async () => {
    const world = new World();
    world.at(14_000, () => (world.interrupted = true));
    expect(await world.start()).toMatchObject({ phase: 'held', heldBy: 'interrupt', stage: 1 });
    expect(world.weights()).toEqual([split(25), split(25), BLUE]);
    expect(world.table.lock).toBeUndefined();
    world.interrupted = false;
    expect((await world.resume())?.phase).toBe('done');
  });

  test('Ctrl-C during a rollback does not stop it', async () => {
    const world = new World();
    world.at(5000, () => {
      world.alarm = () => 'ALARM';
    });
    world.hooks.push(() => {
      if (world.lines.some(({ type }) => type === 'rolling back')) world.interrupted = true;
    });
    expect((await world.start()).phase).toBe('rolled back');
  });
});

describe('a disk that is full', () => {
  test('does not keep the traffic from going back', async () => {
    const world = new World();
    world.at(5000, () => {
      world.alarm = () => 'ALARM';
      world.journalError = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    });
    await world.start().catch(() => undefined);
    expect(world.weights()).toEqual([BLUE, BLUE, BLUE]);
    expect(world.table.record?.phase).toBe('rolled back');
  });

  test('does not let a weight rise', async () => {
    const world = new World();
    world.at(5000, () => (world.journalError = new Error('no space left on device')));
    await expect(world.start()).rejects.toThrow('no space left');
    expect(world.weights()).toEqual([split(5), split(5), BLUE]);
  });
});
