import { mkdtemp, readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../../lib/cli/context';
import { runShiftResume } from '../../../lib/cli/shift';
import { DeployedSystem } from '../../../lib/cli/system';
import { FileJournals, journalFolder } from '../../../lib/runner/journal';
import { recordOf } from '../../../lib/runner/record';
import { begin } from '../../../lib/traffic/shift';
import type { ShiftEvent } from '../../../lib/traffic/shift-events';
import { allOn } from '../../../lib/traffic/weights';
import { FakeTable } from '../runner/fake-table';

const RUN = '20261121T203000Z-1';
const STARTED: ShiftEvent = {
  type: 'started',
  run: RUN,
  system: 'kong',
  from: 'blue',
  to: 'green',
  stages: [{ share: 1, bakeSeconds: 10 }],
  minRequests: 0,
  maxExtensionSeconds: 0,
  alarms: [],
  account: '111122223333',
  region: 'eu-central-1',
  stackIds: {},
  weightsBefore: allOn('blue'),
  reading: {},
};
const RECORD = recordOf(begin(STARTED), { startedAt: '', host: 'one', journal: '' }, '2026-11-21T20:30:00Z');
const line = (event: ShiftEvent, n: number): string =>
  `${JSON.stringify({ n, at: '2026-11-21T20:30:00Z', ...event })}\n`;

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'resume-'))));
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

/** The command on a journal with these events; whatever a run would need of AWS is not there, so that none can begin. */
async function resumed(
  table: FakeTable,
  events: readonly ShiftEvent[],
  { account = '111122223333', router = 'alb', places = [] as string[] } = {},
) {
  const settingsPath = join(folder, 'dual-cluster.yaml');
  const path = join(journalFolder(settingsPath, 'kong'), `${RUN}.ndjson`);
  const text = events.map((event, i) => line(event, i + 1)).join('');
  await mkdir(journalFolder(settingsPath, 'kong'), { recursive: true });
  await writeFile(path, text);
  const progress = { step: () => undefined, update: () => undefined, note: () => undefined, end: () => undefined };
  const context = { settingsPath, progress, print: () => undefined } as unknown as Context;
  jest.spyOn(DeployedSystem, 'open').mockResolvedValue({
    context,
    settings: { name: 'kong', live: 'blue' },
    table,
    caller: 'arn',
    account,
    router: {
      capabilities: { name: router },
      read: () => Promise.resolve({ places: places.map((id) => ({ id })) }),
    },
    region: 'eu-central-1',
    journals: () => Promise.resolve(new FileJournals(journalFolder(settingsPath, 'kong'))),
  } as never);
  const result = await runShiftResume(context).catch((error: { code?: string }) => error.code ?? error);
  return { result, untouched: (await readFile(path, 'utf8')) === text };
}

describe('shift resume', () => {
  test('over an abort that ended while the lock was being waited for: nothing to resume, nothing is written', async () => {
    const table = new FakeTable();
    table.record = { ...RECORD, phase: 'held' };
    table.before = (operation) => {
      if (operation === 'acquire') table.record = { ...RECORD, phase: 'rolled back' };
    };
    expect(await resumed(table, [STARTED])).toEqual({ result: 'SHIFT_NOTHING_TO_RESUME', untouched: true });
    expect(table.record.phase).toBe('rolled back');
    expect(table.lock).toBeUndefined();
  });

  test('of a table that was made again, with the journal of a shift that ended long ago: nothing to resume', async () => {
    const table = new FakeTable();
    expect(await resumed(table, [STARTED, { type: 'done' }])).toEqual({
      result: 'SHIFT_NOTHING_TO_RESUME',
      untouched: true,
    });
    expect(table.record).toBeUndefined();
  });

  test('of a journal whose rollback failed: abort, exit code 7', async () => {
    const table = new FakeTable();
    table.record = { ...RECORD, phase: 'rollback failed' };
    const events: ShiftEvent[] = [STARTED, { type: 'rolling back', why: 'x' }, { type: 'rollback failed', why: 'y' }];
    expect(await resumed(table, events)).toEqual({ result: 'SHIFT_ROLLBACK_FAILED', untouched: true });
    expect(table.lock).toBeUndefined();
  });

  test('of a run on another machine names it', async () => {
    const table = new FakeTable();
    table.record = { ...RECORD, run: '20261122T010000Z-2' };
    expect((await resumed(table, [STARTED])).result).toBe('SHIFT_ELSEWHERE');
  });
});

test('a journal of another account is not gone on with here, where a system of the same name may stand', async () => {
  const { result } = await resumed(new FakeTable(), [STARTED], { account: '999900001111' });
  expect(result).toBe('OTHER_ACCOUNT');
});

describe('a router that was changed since the start', () => {
  const refused = { result: 'ROUTER_CHANGED', untouched: true };
  const reading = { router: 'alb', places: [{ id: 'rule/1', weights: allOn('blue') }], followers: [] };

  test('is not written to: neither by what the table says nor by the journal', async () => {
    const table = new FakeTable();
    expect(await resumed(table, [{ ...STARTED, router: 'alb' }], { router: 'nginx' })).toEqual(refused);
    // A journal of the previous release names none: it is the load balancer's.
    expect(await resumed(table, [STARTED], { router: 'nginx' })).toEqual(refused);
    table.record = { ...RECORD, router: 'nginx', phase: 'held' };
    expect(await resumed(table, [{ ...STARTED, router: 'nginx' }])).toEqual(refused);
    expect(table.lock).toBeUndefined();
  });

  test('neither is one that has lost a place: a rollback could not put it back', async () => {
    const started = { ...STARTED, router: 'alb', reading };
    expect(await resumed(new FakeTable(), [started], { places: ['rule/2'] })).toEqual(refused);
  });
});
