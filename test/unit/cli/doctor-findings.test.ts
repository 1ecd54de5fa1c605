import {
  alarmFindings,
  capacityFindings,
  freezeFindings,
  lockFindings,
  logGroupFindings,
  shiftFindings,
  snapshotFindings,
  stackFindings,
  testerHeaderFindings,
  trafficFindings,
} from '../../../lib/cli/doctor-findings';
import type { Finding } from '../../../lib/finding';
import type { LockReading } from '../../../lib/deployed/shift-table';
import type { RouterReading } from '../../../lib/routers/router';
import type { ShiftRecord } from '../../../lib/traffic/shift-record';
import type { Weights } from '../../../lib/traffic/weights';

const w = (blue: number, green: number): Weights => ({ blue, green });
const reading = (places: Weights[], follower: Weights): RouterReading => ({
  router: 'alb',
  places: places.map((weights, i) => ({ id: `rule-${i + 1}`, weights, verbatim: [] })),
  followers: [{ id: 'admin', weights: follower, verbatim: [] }],
  stickySeconds: 0,
});
const against = (findings: readonly Finding[]) => findings.filter(({ ok }) => !ok).map(({ what }) => what);

describe('given what doctor has read, when it is judged', () => {
  test.each<[string, RouterReading, string[]]>([
    ['all on blue', reading([w(100, 0), w(1, 0)].slice(0, 1), w(100, 0)), []],
    ['rules that disagree', reading([w(75, 25), w(100, 0)], w(100, 0)), ['weighted rules']],
    ['an Admin rule left behind', reading([w(100, 0)], w(0, 100)), ['Admin API']],
    ['settings that name the idle slot', reading([w(0, 100)], w(0, 100)), ['live in the settings']],
    ['a shift half-way, Admin API on blue', reading([w(75, 25)], w(100, 0)), []],
    ['an even split', reading([w(50, 50)], w(100, 0)), []],
  ])('traffic: %s', (_what, live, expected) => {
    expect(against(trafficFindings(live, 'blue'))).toEqual(expected);
  });

  const lock: LockReading = {
    run: 'run-1',
    command: 'shift start',
    host: 'here',
    pid: 7,
    by: 'arn:me',
    since: '2026-11-21T20:00:00Z',
    doing: 'baking',
    beat: 1_000_000,
    fence: 1,
  };
  const here = (more: object = {}) => ({ host: 'here', now: 1_010_000, isAlive: () => true, ...more });

  test.each<[string, LockReading | undefined, ReturnType<typeof here>, string[]]>([
    ['free', undefined, here(), []],
    ['held by a living process', lock, here(), []],
    ['held by a dead process of this machine', lock, here({ isAlive: () => false }), ['lock']],
    ['held by another machine that beats', lock, here({ host: 'there', isAlive: () => false }), []],
    ['held by another machine, silent for 61 s', lock, here({ host: 'there', now: 1_061_000 }), ['lock']],
  ])('lock: %s', (_what, held, surroundings, expected) => {
    expect(against(lockFindings(held, surroundings))).toEqual(expected);
  });

  const record = (phase: ShiftRecord['phase']) => ({ run: 'run-1', from: 'blue', to: 'green', phase }) as ShiftRecord;

  test('shift: an unfinished one stands out, unless its run holds the lock', () => {
    expect(against(shiftFindings(record('baking'), undefined))).toEqual(['last shift']);
    expect(against(shiftFindings(record('baking'), lock))).toEqual([]);
    expect(against(shiftFindings(record('rolled back'), undefined))).toEqual([]);
    expect(against(shiftFindings(undefined, undefined))).toEqual([]);
  });

  test.each([
    [{ frozen: false, overdue: false }, false, []],
    [{ frozen: true, by: 'arn:me', overdue: false }, true, []],
    [{ frozen: true, by: 'arn:me', overdue: false }, false, ['config writes']],
    [{ frozen: true, by: 'arn:me', overdue: true }, true, ['config writes']],
  ])('freeze: %j, upgrade under way: %s', (freeze, underWay, expected) => {
    expect(against(freezeFindings(freeze, underWay))).toEqual(expected);
  });

  test('alarms: a missing one and one in ALARM stand out, one without data does not', () => {
    expect(
      against(
        alarmFindings([
          { name: 'a', state: 'MISSING' },
          { name: 'b', state: 'ALARM' },
        ]),
      ),
    ).toEqual(['alarms', 'alarms']);
    expect(against(alarmFindings([{ name: 'c', state: 'INSUFFICIENT_DATA' }]))).toEqual([]);
  });

  test('capacity: an idle slot below the live one stands out, and so does a live one without a healthy node', () => {
    const nodes = (slot: 'blue' | 'green', healthy: number, running = 3) => ({ slot, healthy, registered: 3, running });
    expect(against(capacityFindings(nodes('blue', 3), nodes('green', 3)))).toEqual([]);
    expect(against(capacityFindings(nodes('blue', 3), nodes('green', 2)))).toEqual(['capacity']);
    expect(against(capacityFindings(nodes('blue', 0), undefined))).toEqual(['capacity']);
  });

  test('stacks: failed states stand out', () => {
    const stack = (status: string) => ({ name: 'kong-blue', id: 'id', status, outputs: {} });
    expect(
      stackFindings([stack('DELETE_FAILED'), stack('UPDATE_ROLLBACK_FAILED'), stack('ROLLBACK_COMPLETE')]).map(
        (f) => f.ok,
      ),
    ).toEqual([false, false, false]);
    expect(against(stackFindings([stack('UPDATE_ROLLBACK_COMPLETE'), stack('CREATE_COMPLETE'), undefined]))).toEqual(
      [],
    );
  });

  test('stacks that Terraform made have no status to be told', () => {
    expect(stackFindings([{ name: 'kong-edge', id: 'id', outputs: {} }])).toEqual([
      { ok: true, what: 'stack kong-edge', found: 'deployed' },
    ]);
  });

  test('snapshots: age and size are told; one for an upgrade that no slot is made from stands out', () => {
    const snapshot = { slot: 'blue', takenAt: '2026-11-01T00:00:00Z', gib: 100 };
    const lockFile = { lockVersion: 1, slots: { green: { snapshot: { id: 'used' } } } } as never;
    const findings = snapshotFindings(
      [
        { id: 'last', kind: 'final', ...snapshot },
        { id: 'used', kind: 'upgrade', ...snapshot },
        { id: 'unused', kind: 'upgrade', ...snapshot },
      ],
      lockFile,
      Date.parse('2026-11-21T00:00:00Z'),
    );
    expect(against(findings)).toEqual(['snapshot unused']);
    expect(findings[0]!.found).toContain('final one of blue, 20 days old, 100 GiB');
  });

  test('log groups: one that is kept for ever stands out', () => {
    expect(
      against(
        logGroupFindings([
          { name: 'a', bytes: 1, retentionDays: 30 },
          { name: 'b', bytes: 1 },
        ]),
      ),
    ).toEqual(['log group b']);
  });

  test('tester header: it stands out after the cutover only', () => {
    expect(against(testerHeaderFindings(true, true, 'npx cdk deploy kong-edge'))).toEqual(['tester header']);
    expect(testerHeaderFindings(true, false, 'npx cdk deploy kong-edge')).toEqual([]);
    expect(testerHeaderFindings(false, true, 'npx cdk deploy kong-edge')).toEqual([]);
  });

  test('law: whatever stands out names what mends it', () => {
    const all = [
      ...trafficFindings(reading([w(75, 25), w(100, 0)], w(100, 0)), 'blue'),
      ...trafficFindings(reading([w(0, 100)], w(100, 0)), 'blue'),
      ...lockFindings(lock, here({ isAlive: () => false })),
      ...shiftFindings(record('conflict'), undefined),
      ...freezeFindings({ frozen: true, overdue: true }, false),
      ...alarmFindings([{ name: 'a', state: 'MISSING' }]),
    ].filter(({ ok }) => !ok);
    expect(all.length).toBeGreaterThan(5);
    for (const { mend } of all) expect(mend).toMatch(/\w/);
  });
});
