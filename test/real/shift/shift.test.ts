import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { journalFolder, journals } from '../../../lib/runner/journal';
import { EdgeWithNodes, sleep, until } from './edge-with-nodes';

/** The command as users run it, against an edge that the real cdk command deployed on the local AWS. */
describe('given an edge with two blue and two green nodes', () => {
  let edge: EdgeWithNodes;
  const BLUE = { blue: 100, green: 0 };

  beforeAll(async () => {
    edge = await EdgeWithNodes.start();
    edge.startLoad();
    await edge.alarm('owner', 'OK');
  }, 300_000);
  afterAll(() => edge?.stop(), 60_000);
  afterEach(async () => {
    await edge.setAlarm('owner', 'OK');
    await edge.run(['shift', 'abort', '--force']);
    expect(await edge.weights()).toEqual(BLUE);
  }, 30_000);

  const start = (...more: string[]) => ['shift', 'start', '--to', 'green', '--alarm', 'owner', ...more];
  /** A shift that is being watched at its first stage. */
  const baking = async (...more: string[]) => {
    const running = edge.run(start('--shares', '30,100', '--bake', '60s', ...more));
    await until('the first stage', async () => (await edge.weights())?.green === 30);
    // In an object: a promise that is returned would be waited for.
    return { ended: running };
  };

  describe('plan', () => {
    const GREEN = { version: '3.4', datastore: { new: { engineVersion: '15.18' } } };
    const green = (value: unknown) => edge.road.edit([{ path: ['slots', 'green'], value }]);
    afterAll(() => green(undefined));

    test('shows the upgrade between the two slots and what its shift would do; nothing is written', async () => {
      await green(GREEN);
      const { code, stdout } = await edge.run(['plan', '--output', 'json']);
      const { from, to, hops, strategy, runbook, shift } = JSON.parse(stdout) as {
        [key: string]: unknown;
        hops: unknown[];
        runbook: unknown[];
        strategy: { name: string };
        shift: Record<string, unknown>;
      };
      expect([code, from, to, hops.length, strategy.name, runbook.length > 10]).toEqual([
        0,
        ...['2.8', '3.4', 1, 'dual-cluster', true],
      ]);
      expect(shift).toMatchObject({ from: 'blue', to: 'green', ready: true, teardown: { slot: 'green', token: null } });
      const text = await edge.run(['plan', '--to', 'green']);
      expect([text.code, text.stdout]).toEqual([
        0,
        expect.stringMatching(/^Kong 2\.8 → 3\.4 by dual-cluster\n.*next: kong-dual-cluster shift start --to green\n/s),
      ]);
      const page = await edge.run(['plan', '--output', 'html']);
      expect(page.stdout).toContain('<h2>The next shift</h2>');
      expect(await edge.weights()).toEqual(BLUE);
    }, 60_000);

    test('of a way back is still that of the upgrade; what stands against the shift: exit 2', async () => {
      await green({ ...GREEN, version: '2.7' });
      const { code, stdout } = await edge.run(['plan', '--alarm', 'no-such-alarm', '--output', 'json']);
      expect([code, JSON.parse(stdout)]).toEqual([
        2,
        expect.objectContaining({
          from: '2.7',
          to: '2.8',
          shift: expect.objectContaining({ ready: false }) as unknown,
        }),
      ]);
    }, 30_000);

    test('a version that is not known here is a warning: the shift is still seen', async () => {
      await green({ ...GREEN, version: '9.9' });
      const { code, stdout } = await edge.run(['plan']);
      expect([code, stdout]).toEqual([0, expect.stringMatching(/VERSION_STEP_UNSUPPORTED.*THE NEXT SHIFT/s)]);
    }, 30_000);

    test('with one slot in the settings the missing version is named: exit 64', async () => {
      await green(undefined);
      const { code, stderr } = await edge.run(['plan']);
      expect([code, stderr]).toEqual([64, expect.stringContaining('plan --from 2.8 --to VERSION')]);
    }, 30_000);
  });

  test('when the gates pass, then the traffic follows the plan, the share seen is the share set, and no request fails', async () => {
    const { code, stdout, stderr } = await edge.run([
      ...start('--shares', '5,25,50,100', '--bake', '4s', '--soak', '2s', '--min-requests', '5'),
      '--output',
      'json',
    ]);
    expect([code, stderr.includes('error')]).toEqual([0, false]);
    const report = JSON.parse(stdout) as {
      outcome: string;
      stages: { slot: string; shareSet: number; shareSeen: number; requests: number; outcome: string }[];
    };
    expect(report.outcome).toBe('done');
    expect(report.stages.map(({ slot, shareSet, outcome }) => [slot, shareSet, outcome])).toEqual([
      ['green', 0.05, 'passed'],
      ['green', 0.25, 'passed'],
      ['green', 0.5, 'passed'],
      ['green', 1, 'passed'],
    ]);
    for (const { shareSet, shareSeen, requests } of report.stages) {
      // 4 sigma: four stages in every run of this test, and it must not fail by chance once in a hundred runs.
      const sigma = Math.sqrt((shareSet * (1 - shareSet)) / requests);
      expect([requests > 50, Math.abs(shareSeen - shareSet) <= 4 * sigma + 1e-9]).toEqual([true, true]);
    }
    expect(await edge.weights()).toEqual({ blue: 0, green: 100 });
    expect(edge.load.failed).toEqual([]);
  }, 90_000);

  test('when an alarm breaches, then everything is back on blue within five seconds and the exit code is 3', async () => {
    const { ended } = await baking();
    await edge.setAlarm('owner', 'ALARM');
    const breach = Date.now();
    await until('blue 100, green 0', async () => (await edge.weights())?.green === 0);
    const seconds = (Date.now() - breach) / 1000;
    const { code, stdout } = await ended;
    expect([code, seconds < 5]).toEqual([3, true]);
    expect(stdout).toMatch(/rolled back to blue in [\d.]+ s: owner is in ALARM/);
  }, 60_000);

  test('when a second runner starts, then it is refused with exit code 5 and names host, run, stage and age', async () => {
    const { ended } = await baking();
    const { code, stderr } = await edge.run(start());
    expect(code).toBe(5);
    expect(stderr).toContain(`shift start on ${hostname()}`);
    expect(stderr).toMatch(/run \d{8}T\d{6}Z-\d+.*stage 1 of 2, baking at 30 %, for \d+s/);
    await edge.run(['shift', 'abort']);
    await ended;
  }, 60_000);

  test('when somebody aborts while it runs, then the runner writes nothing any more and ends with exit code 3', async () => {
    const { ended } = await baking();
    const aborted = await edge.run(['shift', 'abort']);
    expect([aborted.code, await edge.weights()]).toEqual([0, BLUE]);
    const { code, stdout } = await ended;
    expect([code, stdout.includes('aborted by arn:aws:iam::000000000000:root')]).toEqual([3, true]);
    await sleep(1500);
    expect(await edge.weights()).toEqual(BLUE);
  }, 60_000);

  test('when somebody edits the weights in the console, then it stops with exit code 6 and fights nothing', async () => {
    const { ended } = await baking();
    await edge.setByHand({ blue: 60, green: 40 });
    const { code, stdout } = await ended;
    expect(code).toBe(6);
    expect(stdout).toContain('kong-dual-cluster shift abort');
    expect(await edge.weights()).toEqual({ blue: 60, green: 40 });
  }, 60_000);

  test('when it is paused and resumed, then it holds at its share and goes on', async () => {
    const running = edge.run(start('--shares', '30,100', '--bake', '4s'));
    await until('the first stage', async () => (await edge.weights())?.green === 30);
    await edge.run(['shift', 'pause']);
    await sleep(7000);
    const status = await edge.run(['shift', 'status']);
    expect(status.stdout).toMatch(/blue → green, held, .*‖ 1 +30 %/s);
    expect((await edge.run(['shift', 'resume'])).code).toBe(0);
    const { code } = await running;
    expect([code, await edge.weights()]).toEqual([0, { blue: 0, green: 100 }]);
  }, 90_000);

  test('when an alarm breaches while it is paused, then it rolls back all the same', async () => {
    const { ended } = await baking();
    await edge.run(['shift', 'pause']);
    await sleep(3000);
    await edge.setAlarm('owner', 'ALARM');
    expect((await ended).code).toBe(3);
  }, 60_000);

  test('when Ctrl-C is pressed once, then traffic stays, the state is saved, and resume goes on', async () => {
    let pid = 0;
    const running = edge.run(start('--shares', '30,100', '--bake', '4s'), {
      started: (child) => (pid = child.pid ?? 0),
    });
    await until('the first stage', async () => (await edge.weights())?.green === 30);
    process.kill(pid, 'SIGINT');
    const { code, stderr } = await running;
    expect([code, await edge.weights()]).toEqual([130, { blue: 70, green: 30 }]);
    expect(stderr).toContain('go on with `shift resume`, go back with `shift abort`');
    const resumed = await edge.run(['shift', 'resume']);
    expect([resumed.code, await edge.weights()]).toEqual([0, { blue: 0, green: 100 }]);
  }, 90_000);

  test('when Ctrl-C is pressed twice, then it ends at once, and abort restores blue', async () => {
    let pid = 0;
    const running = edge.run(start('--shares', '30,100', '--bake', '60s'), {
      started: (child) => (pid = child.pid ?? 0),
    });
    await until('the first stage', async () => (await edge.weights())?.green === 30);
    process.kill(pid, 'SIGINT');
    await sleep(5);
    process.kill(pid, 'SIGINT');
    expect((await running).code).toBe(130);
    expect((await edge.run(['shift', 'abort'])).code).toBe(0);
  }, 60_000);

  test('when the credentials end in mid-bake, then it holds with exit code 4, and resume with new ones goes on', async () => {
    const key = 'AKIDTHATENDS';
    const running = edge.run(start('--shares', '30,100', '--bake', '5s'), { env: { AWS_ACCESS_KEY_ID: key } });
    await until('the first stage', async () => (await edge.weights())?.green === 30);
    await fetch(`${edge.road.run.world.endpoint}/_local/credentials`, {
      method: 'POST',
      body: JSON.stringify({ [key]: 'expired' }),
    });
    const { code, stdout } = await running;
    expect([code, await edge.weights()]).toEqual([4, { blue: 70, green: 30 }]);
    expect(stdout).toMatch(/held: .*expired/i);
    expect((await edge.run(['shift', 'resume'])).code).toBe(0);
  }, 90_000);

  test('when AWS throttles, then the shift goes on', async () => {
    const running = edge.run(start('--shares', '30,100', '--bake', '4s'));
    await until('the first stage', async () => (await edge.weights())?.green === 30);
    for (const action of ['DescribeRules', 'DescribeAlarms', 'ModifyRule']) {
      await fetch(`${edge.road.run.world.endpoint}/_local/throttle`, {
        method: 'POST',
        body: JSON.stringify({ action, count: 2 }),
      });
    }
    expect((await running).code).toBe(0);
  }, 90_000);

  describe('preflight refuses with exit code 8, and nothing is written', () => {
    const refused = async (args: string[], found: RegExp, env: Record<string, string> = {}) => {
      const { code, stderr } = await edge.run(args, { env });
      expect([code, await edge.weights()]).toEqual([8, BLUE]);
      expect(stderr).toMatch(found);
    };

    test(
      'an alarm that does not exist',
      () => refused(start('--alarm', 'no-such-alarm'), /there is no alarm no-such-alarm/),
      30_000,
    );
    test('an alarm that breaches already', async () => {
      await edge.setAlarm('owner', 'ALARM');
      await refused(start(), /in ALARM before the start: owner/);
    }, 30_000);
    test(
      'credentials that end before the plan does',
      () =>
        refused(start('--bake', '10m'), /they end in .*the plan needs/, {
          AWS_CREDENTIAL_EXPIRATION: new Date(Date.now() + 15 * 60_000).toISOString(),
        }),
      30_000,
    );
    test(
      'a shift to the slot that is live',
      () => refused(['shift', 'start', '--to', 'blue'], /blue has 100 % already/),
      30_000,
    );
    test('a green with fewer healthy nodes than blue runs', async () => {
      const TargetGroupArn = edge.targetGroup('green');
      const { TargetHealthDescriptions } = await edge.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
      const Targets = [TargetHealthDescriptions![0]!.Target!];
      await edge.elb.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets }));
      await refused(start(), /green has 1 healthy nodes, blue runs 2/);
      await edge.elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
      await until('two healthy green nodes', async () => {
        const { TargetHealthDescriptions: now } = await edge.elb.send(
          new DescribeTargetHealthCommand({ TargetGroupArn }),
        );
        return now?.filter((t) => t.TargetHealth?.State === 'healthy').length === 2;
      });
    }, 60_000);
    test('a shift that was never finished', async () => {
      await killedInMidBake();
      await refused(
        start(),
        /is not finished: baking at stage 1 of 2.*shift resume, or kong-dual-cluster shift abort/s,
      );
    }, 60_000);

    async function killedInMidBake(): Promise<void> {
      let pid = 0;
      const running = edge.run(start('--shares', '30,100', '--bake', '60s'), {
        started: (child) => (pid = child.pid ?? 0),
      });
      await until('the first stage', async () => (await edge.weights())?.green === 30);
      await sleep(300);
      process.kill(pid, 'SIGKILL');
      await running;
      await edge.setByHand(BLUE);
    }
  });

  // On the way up: crash.test.ts.
  test('kill -9 at every line of a rollback: one command restores blue', async () => {
    const positions: string[] = [];
    const restored: string[] = [];
    /** Runs a shift that must go back, kills it when the journal has n lines; false when it ended before. */
    const killedAt = async (n: number): Promise<boolean> => {
      let pid = 0;
      let ended = false;
      const before = new Set(await journalPaths());
      const running = edge
        .run(start('--shares', '50,100', '--bake', '1s', '--soak', '1s'), {
          started: (child) => (pid = child.pid ?? 0),
        })
        .finally(() => (ended = true));
      let last = '';
      for (let breached = false; !ended; await sleep(1)) {
        const path = (await journalPaths()).find((each) => !before.has(each));
        const lines = path === undefined ? [] : (await readFile(path, 'utf8')).split('\n').filter(Boolean);
        if (!breached && lines.length >= 3) {
          breached = true;
          await edge.setAlarm('owner', 'ALARM');
        }
        if (lines.length >= n) {
          last = (JSON.parse(lines.at(-1)!) as { type: string }).type;
          process.kill(pid, 'SIGKILL');
          break;
        }
      }
      await running;
      if (last === '') {
        await edge.run(['shift', 'abort', '--force']);
        return false;
      }
      positions.push(`${n} (${last})`);
      const { code } = await edge.run(['shift', 'abort', '--force']);
      const weights = await edge.weights();
      if (code === 0 && weights?.blue === 100 && weights.green === 0) restored.push(positions.at(-1)!);
      await edge.setAlarm('owner', 'OK');
      return true;
    };
    for (let n = 4; await killedAt(n); n += 1);
    process.stderr.write(
      `kill -9: ${positions.length} positions, ${restored.length} restored: ${positions.join(', ')}\n`,
    );
    expect(positions.length).toBeGreaterThanOrEqual(3);
    expect(restored).toEqual(positions);
  }, 240_000);

  const journalPaths = (): Promise<string[]> => journals(journalFolder(edge.road.run.settingsPath, 'kong'));
});
