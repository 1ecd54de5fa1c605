import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { App, DefaultStackSynthesizer, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ShiftTable as TableOfTheEdge } from '../../../lib/aws-cdk/shift-table';
import type { LockHolder } from '../../../lib/deployed/shift-table';
import { ShiftTable } from '../../../lib/deployed/shift-table';
import type { ShiftRecord } from '../../../lib/traffic/shift-record';
import type { World } from '../../../local/world/world';
import { TestStack, clientOptions, startTestWorld } from './helpers';

jest.setTimeout(60_000);

const STACK = 'edge';
const holder = (run: string): LockHolder => ({
  run,
  command: 'shift start',
  host: `host-of-${run}`,
  pid: 4711,
  by: 'arn:aws:iam::000000000000:user/somebody',
  since: '2026-11-21T20:30:00.000Z',
  doing: 'stage 1 of 4, raising to 5 %',
});

/** The table as the edge makes it, and the lock in it as commands on two machines use it. */
describe('given the table of the edge', () => {
  let world: World;
  let dynamo: DynamoDBClient;
  let name: string;
  const stack = () => new TestStack(world, STACK);
  /** As another machine: nothing is shared but the table. */
  const machine = () => new ShiftTable(dynamo, name);
  const taken = async (run: string) => (await machine().acquire(holder(run), 1_000))!;

  beforeAll(async () => {
    world = await startTestWorld();
    dynamo = new DynamoDBClient(clientOptions(world));
    const made = new Stack(new App(), STACK, {
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }), // nothing is bootstrapped here
    });
    const { table } = new TableOfTheEdge(made, 'Shift');
    made.exportValue(table.tableName);
    expect(await stack().create(Template.fromStack(made).toJSON())).toBe('CREATE_COMPLETE');
    name = Object.values(await stack().outputs())[0]!;
  });
  beforeEach(() => machine().fenceOff());
  afterAll(async () => {
    dynamo?.destroy();
    await world?.stop();
  });

  test('when nobody holds the lock, then there is none to read', async () => {
    expect(await machine().readLock()).toBeUndefined();
  });

  test('when many ask for the lock at once, then one has it, and everyone reads who', async () => {
    const runs = Array.from({ length: 12 }, (_, number) => `run-${number}`);
    const answers = await Promise.all(runs.map((run) => machine().acquire(holder(run), 1_000)));
    const winners = answers.filter((held) => held !== undefined);
    expect(winners).toHaveLength(1);
    expect(await machine().readLock()).toEqual({
      ...holder(winners[0]!.run),
      beat: 1_000,
      fence: winners[0]!.fence,
    });
  });

  test('when the holder gives a sign of life, then its time and what it does are read, the rest stays', async () => {
    const held = await taken('one');
    const told = await machine().renew(held, 2_000, 'stage 2 of 4, baking at 25 %');
    expect(told).toEqual({
      ...holder('one'),
      beat: 2_000,
      doing: 'stage 2 of 4, baking at 25 %',
      fence: held.fence,
    });
    expect(await machine().readLock()).toEqual(told);
  });

  test('when a silent holder is taken over from, then its renewal and its release are refused', async () => {
    const silent = await taken('silent');
    const seen = (await machine().readLock())!;
    const next = (await machine().acquire(holder('next'), 9_000, seen))!;
    expect(next.fence).toBe(silent.fence + 1);
    expect(await machine().renew(silent, 9_500, 'still alive after all')).toBeUndefined();
    await machine().release(silent);
    expect(await machine().readLock()).toMatchObject({ run: 'next', beat: 9_000, doing: holder('next').doing });
  });

  test('when the silent holder speaks between the reading and the take-over, then it is not taken over from', async () => {
    const held = await taken('slow');
    const seen = (await machine().readLock())!;
    await machine().renew(held, 2_000, 'alive');
    expect(await machine().acquire(holder('next'), 9_000, seen)).toBeUndefined();
    expect(await machine().readLock()).toMatchObject({ run: 'slow', beat: 2_000 });
  });

  test('when two take over from the same reading, then one does', async () => {
    await taken('silent');
    const seen = (await machine().readLock())!;
    const answers = await Promise.all(['a', 'b'].map((run) => machine().acquire(holder(run), 9_000, seen)));
    expect(answers.filter((held) => held !== undefined)).toHaveLength(1);
  });

  test('when the lock is released, then the next holder has a higher fence number, also under the same run id', async () => {
    const first = await taken('same');
    await machine().release(first);
    expect(await machine().readLock()).toBeUndefined();
    const second = await taken('same');
    expect(second.fence).toBe(first.fence + 1);
    expect(await machine().renew(first, 2_000, 'from the past')).toBeUndefined();
  });

  test('when somebody asks the holder for something, then it learns so at its next renewal, until it was met', async () => {
    const held = await taken('one');
    const request = { what: 'pause', by: 'somebody else', at: '2026-11-21T20:31:00.000Z' } as const;
    expect(await machine().ask(request)).toBe(true);
    expect((await machine().renew(held, 2_000, 'baking'))?.request).toEqual(request);
    await machine().clearRequest(held, request);
    expect((await machine().renew(held, 3_000, 'baking'))?.request).toBeUndefined();
  });

  test('when somebody asks for another thing while the first is being met, then the second one stays', async () => {
    const held = await taken('one');
    const pause = { what: 'pause', by: 'ann', at: '2026-11-21T20:31:00.000Z' } as const;
    const resume = { what: 'resume', by: 'bob', at: '2026-11-21T20:31:01.000Z' } as const;
    await machine().ask(pause);
    const heard = (await machine().renew(held, 2_000, 'baking'))?.request;
    await machine().ask(resume);
    await machine().clearRequest(held, heard!);
    expect((await machine().renew(held, 3_000, 'held'))?.request).toEqual(resume);
  });

  test('when nobody holds the lock, then nobody can be asked, and nothing is left for the next holder', async () => {
    expect(await machine().ask({ what: 'resume', by: 'somebody', at: '2026-11-21T20:31:00.000Z' })).toBe(false);
    expect((await machine().renew(await taken('next'), 2_000, 'raising'))?.request).toBeUndefined();
  });

  test('when a request was not met by the last holder, then the next one does not inherit it', async () => {
    await taken('silent');
    await machine().ask({ what: 'resume', by: 'somebody', at: '2026-11-21T20:31:00.000Z' });
    const next = (await machine().acquire(holder('next'), 9_000, await machine().readLock()))!;
    expect((await machine().renew(next, 10_000, 'raising'))?.request).toBeUndefined();
  });

  test('when the holder is fenced off, then it cannot renew, cannot clear, and the lock is free', async () => {
    const held = await taken('stale');
    await machine().fenceOff();
    expect(await machine().renew(held, 2_000, 'raising')).toBeUndefined();
    const next = await taken('next');
    expect(next.fence).toBeGreaterThan(held.fence);
    const request = { what: 'pause', by: 'somebody', at: '2026-11-21T20:31:00.000Z' } as const;
    await machine().ask(request);
    await machine().clearRequest(held, request);
    expect((await machine().readLock())?.request).toBeDefined();
  });

  test('when a shift is written, then every machine reads it as it was, whoever holds the lock', async () => {
    const record: ShiftRecord = {
      run: '20261121T203000Z-4711',
      from: 'blue',
      to: 'green',
      phase: 'baking',
      stage: 2,
      stages: 4,
      share: 0.25,
      startedAt: '2026-11-21T20:30:00.000Z',
      changedAt: '2026-11-21T20:35:00.000Z',
      reason: 'umlauts and „quotes“ too',
      account: '000000000000',
      region: 'us-east-1',
      stackIds: { blue: 'arn:aws:cloudformation:us-east-1:000000000000:stack/kong-blue/1' },
      weightsBefore: { blue: 100, green: 0 },
      host: 'host',
      journal: '/var/journal.ndjson',
    };
    expect(await machine().readShift()).toBeUndefined();
    await machine().writeShift(record);
    await machine().fenceOff();
    expect(await machine().readShift()).toEqual(record);
    await machine().writeShift({ ...record, phase: 'done', share: 1 });
    expect(await machine().readShift()).toMatchObject({ phase: 'done', share: 1 });
  });

  test('when the edge is deleted, then the table goes with it, and whoever needs it is told what to deploy', async () => {
    expect(await stack().delete()).toBe('GONE');
    expect((await dynamo.send(new ListTablesCommand({}))).TableNames).toEqual([]);
    await expect(machine().readLock()).rejects.toMatchObject({ code: 'SHIFT_TABLE_MISSING', exitCode: 8 });
    await expect(machine().acquire(holder('late'), 1_000)).rejects.toMatchObject({ code: 'SHIFT_TABLE_MISSING' });
  });
});
