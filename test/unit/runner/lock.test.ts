import type { LockHolder } from '../../../lib/deployed/shift-table';
import { Lease, LEASE_MS, locked, takeLock } from '../../../lib/runner/lock';
import { failure } from '../handlers/weighted-rule/fake-elbv2';
import { FakeTable } from './fake-table';

const START = Date.parse('2026-11-21T20:30:00.000Z');

function world() {
  const table = new FakeTable();
  let now = START;
  const dead = new Set<number>();
  const watched: string[] = [];
  const every: (() => void)[] = [];
  const surroundings = {
    now: () => now,
    sleep: (ms: number) => {
      now += ms;
      for (const act of every) act();
      return new Promise<void>((resolve) => setImmediate(resolve));
    },
    isAlive: (pid: number) => !dead.has(pid),
    waiting: ({ run }: { run: string }) => void watched.push(run),
  };
  const take = (holder: LockHolder, replaceSilent = false): Promise<Lease> =>
    takeLock(table as never, holder, surroundings, { replaceSilent });
  return { table, dead, watched, every, surroundings, take, later: (ms: number) => (now += ms) };
}
const holder = (pid: number, host = 'one', run = `run-${pid}`): LockHolder => ({
  run,
  command: 'shift start',
  host,
  pid,
  by: 'arn:aws:iam::111122223333:user/ann',
  since: '2026-11-21T20:30:00.000Z',
  doing: 'stage 2 of 4, baking at 25 %',
});

describe('the lock', () => {
  test('of two who take it at once one gets it, the other exit code 5 with host, run, stage and age', async () => {
    const { take, later } = world();
    await take(holder(1));
    later(125_000);
    await expect(take(holder(2, 'two'))).rejects.toMatchObject({
      code: 'SYSTEM_LOCKED',
      exitCode: 5,
      found:
        'shift start on one (process 1, run run-1, by arn:aws:iam::111122223333:user/ann): stage 2 of 4, baking at 25 %, for 2m5s, no sign of life for 2m5s',
    });
  });

  test('of twenty takers at once exactly one has it', async () => {
    const { take } = world();
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => take(holder(i, `host-${i}`))));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('of a dead process of this machine it is taken at once, with a higher fence', async () => {
    const { take, dead, table } = world();
    await take(holder(1));
    dead.add(1);
    await take(holder(2));
    expect(table.lock).toMatchObject({ run: 'run-2', fence: 2 });
  });

  test('two who find the same dead holder: one of them gets it', async () => {
    const { take, dead } = world();
    await take(holder(1));
    dead.add(1);
    const results = await Promise.allSettled([take(holder(2)), take(holder(3))]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('a dead process id of another machine says nothing', async () => {
    const { take, dead } = world();
    await take(holder(1, 'two'));
    dead.add(1);
    await expect(take(holder(2))).rejects.toMatchObject({ code: 'SYSTEM_LOCKED' });
  });

  test('an acquire whose answer was lost is ours all the same, not another run', async () => {
    const { take, table } = world();
    const acquire = table.acquire.bind(table);
    let first = true;
    // The SDK sends it again, and the second one is refused by what the first one wrote.
    table.acquire = async (...args) => {
      const answer = await acquire(...args);
      if (!first) return answer;
      first = false;
      return acquire(...args);
    };
    const lease = await take(holder(1));
    await lease.beat('still here');
    await lease.release();
    expect(table.lock).toBeUndefined();
  });

  test('given back and taken again: the fence still grows', async () => {
    const { take, table } = world();
    await (await take(holder(1))).release();
    await take(holder(2));
    expect(table.lock?.fence).toBe(2);
  });

  test('a table that fails is told as it is', async () => {
    const { take, table } = world();
    table.failures.push({ operation: 'acquire', error: failure('AccessDeniedException', 'no') });
    await expect(take(holder(1))).rejects.toThrow('no');
  });
});

describe('a silent holder', () => {
  test('is not replaced by a start, however old its sign of life is', async () => {
    const { take, later } = world();
    await take(holder(1, 'two'));
    later(3_600_000);
    await expect(take(holder(2))).rejects.toMatchObject({ code: 'SYSTEM_LOCKED' });
  });

  test('is watched for the whole lease, then replaced by resume; the clock of the other machine is not asked', async () => {
    const { take, table, watched, surroundings } = world();
    await take(holder(1, 'two'));
    // Its clock is a day ahead.
    table.lock = { ...table.lock!, beat: START + 86_400_000 };
    await take(holder(2), true);
    expect(watched).toEqual(['run-1']);
    expect(surroundings.now() - START).toBe(LEASE_MS);
    expect(table.lock).toMatchObject({ run: 'run-2', fence: 2 });
  });

  test('that shows a sign of life while watched is left alone', async () => {
    const { take, every, table } = world();
    const lease = await take(holder(1, 'two'));
    let seconds = 0;
    every.push(() => {
      if ((seconds += 1) === 29) void lease.beat('still here');
    });
    await expect(take(holder(2), true)).rejects.toMatchObject({ code: 'SYSTEM_LOCKED' });
    expect(table.lock?.run).toBe('run-1');
  });

  test('that gives the lock back while watched makes room', async () => {
    const { take, every, table } = world();
    const lease = await take(holder(1, 'two'));
    every.push(() => void lease.release());
    await take(holder(2), true);
    expect(table.lock?.run).toBe('run-2');
  });

  test('that comes back after it was replaced is told so, and cannot release what is not its own', async () => {
    const { take, table } = world();
    const lease = await take(holder(1, 'two'));
    await take(holder(2), true);
    await expect(lease.beat('I was asleep')).rejects.toMatchObject({ code: 'LOCK_LOST', exitCode: 5 });
    await lease.release();
    await lease.answered();
    expect(table.lock).toMatchObject({ run: 'run-2', doing: 'stage 2 of 4, baking at 25 %' });
  });

  test('that resumes the same run in another process does not let the old one write', async () => {
    const { take, dead } = world();
    const old = await take(holder(1, 'one', 'run'));
    dead.add(1);
    await take(holder(2, 'one', 'run'), true);
    await expect(old.beat('back')).rejects.toMatchObject({ code: 'LOCK_LOST' });
  });
});

describe('a lease', () => {
  test('beats with what it does, and hears what somebody asks', async () => {
    const { take, table } = world();
    const lease = await take(holder(1));
    expect(await lease.beat('stage 3 of 4')).toBeUndefined();
    expect(table.lock?.doing).toBe('stage 3 of 4');
    await table.ask({ what: 'pause', by: 'ann', at: '' });
    expect(await lease.beat('stage 3 of 4')).toMatchObject({ what: 'pause', by: 'ann' });
    await lease.answered();
    expect(await lease.beat('stage 3 of 4')).toBeUndefined();
  });

  test('counts its silence from the last beat that succeeded', async () => {
    const { take, table, later } = world();
    const lease = await take(holder(1));
    later(7000);
    table.failures.push({ operation: 'renew', error: failure('ThrottlingException', 'slow') });
    await expect(lease.beat('')).rejects.toThrow('slow');
    expect(lease.silence).toBe(7000);
    await lease.beat('');
    expect(lease.silence).toBe(0);
  });
});

describe('who holds the lock', () => {
  test('a holder that was heard of just now is not called silent, and a clock ahead of ours is no age below zero', () => {
    const reading = { ...holder(1), since: new Date(START + 60_000).toISOString(), beat: START + 60_000, fence: 1 };
    expect(locked(reading, START).found).toMatch(/baking at 25 %, for 0s$/);
  });
});
