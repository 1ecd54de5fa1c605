import { runtimeFindings } from '../../../lib/cli/shift-runtime-state';
import { surveillance, type Surveillance } from '../../../lib/runner/preflight-gates';
import type { MinuteReading } from '../../../lib/traffic/minutes';
import { ELB_SCALE } from '../../../lib/traffic/weights';

const reading = (requests: number): MinuteReading => ({
  source: 'CloudWatch',
  periodSeconds: 60,
  minutes: Array.from({ length: 30 }, (_, i) => ({
    at: new Date(Date.UTC(2026, 10, 21, 20, i)).toISOString(),
    settled: true,
    slots: { blue: { requests, errors: 0 } },
  })),
});
const BEFORE: Surveillance = {
  policy: {
    alarms: 'gate',
    errors: 'gate',
    slow: 'off',
    refusals: 'watch',
    sampleRatio: 'gate',
    comparison: {},
    slowSeconds: 1,
    errorCeiling: 0.5,
    whenInconclusive: 'hold',
  },
  from: 'blue',
  to: 'green',
  stages: [
    { share: 0.05, bakeSeconds: 600 },
    { share: 1, bakeSeconds: 1800 },
  ],
  limits: { minRequests: 100, maxExtensionSeconds: 1800 },
  router: {
    name: 'alb',
    scale: ELB_SCALE,
    splits: 'requests',
    compareAndSet: false,
    settleSeconds: 1,
    notes: { atomic: '', sticky: 'a client stays with its group', drains: '' },
  },
  reading: { stickySeconds: 0 },
  readings: [reading(60_000)],
  silent: [],
  hasSourceWithoutPast: false,
  deadManSeconds: 900,
  periodSeconds: 60,
  deadMan: 'possible',
  deployEdge: 'npx cdk deploy kong-edge --exclusively',
};
const against = (changed: Partial<Surveillance>) => surveillance({ ...BEFORE, ...changed }).filter(({ ok }) => !ok);
const told = (changed: Partial<Surveillance>, what: string) =>
  surveillance({ ...BEFORE, ...changed }).filter((each) => each.what === what);

describe('before a shift', () => {
  test('with traffic, an edge that can roll back and shares that hold, nothing stands against it', () => {
    expect(against({})).toEqual([]);
    expect(told({}, 'dead-man timer')[0]?.found).toBe(
      'everything goes back when the runner gives no sign of life for 15m',
    );
  });

  test('a gate that no source can tell is refused; one that is watched is told', () => {
    expect(against({ readings: [], silent: ['Throttling'] })).toMatchObject([
      { what: 'gates', found: expect.stringContaining('no answer: Throttling') as unknown },
      { what: 'gates', mend: expect.stringContaining('shift.gates.sampleRatio: dryRun') as unknown },
    ]);
    expect(told({}, 'gates')).toMatchObject([
      { ok: true, found: expect.stringMatching(/^401, 403 and 429 is watch and nobody can tell it/) as unknown },
    ]);
  });

  test('what Prometheus will tell is not known before, and that is no reason to refuse', () => {
    expect(against({ readings: [], hasSourceWithoutPast: true })).toEqual([]);
  });

  test('a stage that cannot have a verdict at the traffic there is, is told with what would happen and what to do', () => {
    const found = told({ readings: [reading(30)] }, 'samples');
    expect(found[0]).toMatchObject({
      ok: true,
      found: expect.stringMatching(/^stage 1 \(5 %\).*it would hold \(exit 4\)$/) as unknown,
    });
    expect(found.at(-1)!.found).toBe(
      'watch instead of gate (shift.gates.errors: watch): the stage then ends without a verdict, a FAIL still rolls back',
    );
  });

  test('with exact options where there are any, and the ones of a stage after it are in them', () => {
    const stages = [0.05, 0.25, 0.5, 1].map((share) => ({ share, bakeSeconds: share === 1 ? 1800 : 600 }));
    const found = told({ readings: [reading(200)], stages }, 'samples');
    expect(found).toHaveLength(4);
    expect(found.at(-1)!.found).toBe(
      'for a verdict in every stage: --shares 16,29,54,100, or --max-extension 1h33m, or shift.gates.objective: 0.005 (0.5 % bad answers)',
    );
    expect(told({ readings: [reading(600)], stages }, 'samples')).toEqual([]);
  });

  test('a source that has had nothing new for ten minutes is refused, unless another one is there', () => {
    const late = { ...reading(60_000), staleSeconds: 2100 };
    expect(against({ readings: [late] })).toMatchObject([
      { what: 'gates', found: 'CloudWatch is late: its newest point is ~35 min old' },
    ]);
    expect(against({ readings: [late, reading(60_000)] })).toEqual([]);
    expect(against({ readings: [{ ...late, staleSeconds: 240 }] })).toEqual([]);
    const watched = { ...BEFORE.policy, errors: 'watch', sampleRatio: 'dryRun' } as const;
    expect(against({ readings: [late], policy: watched })).toEqual([]);
  });

  test('shares that the router rounds are told', () => {
    const scale = { kind: 'total', totals: [255], max: 255 } as const;
    const router = { ...BEFORE.router, name: 'route53', scale, splits: 'lookups' } as const;
    expect(told({ router, deadManSeconds: undefined }, 'shares')[0]?.found).toMatch(/^asked 5 %, held 5\.1 %/);
  });

  test('an edge without a rollback machine is refused, and so is another router, unless the timer is off', () => {
    expect(against({ deadMan: 'edge outdated' })).toMatchObject([
      { what: 'dead-man timer', mend: expect.stringContaining('npx cdk deploy kong-edge --exclusively') as unknown },
    ]);
    expect(against({ deadMan: 'other router' })).toHaveLength(1);
    const { deadManSeconds: _, ...off } = BEFORE;
    expect(surveillance({ ...off, deadMan: 'other router' }).filter(({ ok }) => !ok)).toEqual([]);
  });

  test('a timer that is shorter than what EventBridge can tell apart is refused, and 0s too', () => {
    for (const deadManSeconds of [0, 10, 119])
      expect(against({ deadManSeconds })).toMatchObject([
        { what: 'dead-man timer', mend: expect.stringContaining('shift.deadMan: 2m or more') as unknown },
      ]);
    expect(against({ deadManSeconds: 120 })).toEqual([]);
    expect(against({ deadManSeconds: 10, periodSeconds: 1 })).toEqual([]);
  });

  test('where clients stay with their slot, it is said that the share seen counts for nothing', () => {
    expect(told({ reading: { stickySeconds: 60 } }, 'router')[0]?.found).toBe(
      'a client stays with its group; the share seen is told and counts for nothing',
    );
  });
});

describe('state that Kong makes at run time', () => {
  const finding = (id: string, entity: string) => ({
    id,
    entity,
    fix: { mode: 'manual' as const, how: 'top them up' },
  });

  test('is refused by its kind, with the remedy of the facts, when it was surely found', () => {
    const found = runtimeFindings([
      finding('plugin-oauth2-tokens-runtime', 'plugin "oauth2" of route "a"'),
      finding('plugin-oauth2-tokens-runtime', 'plugin "oauth2" of route "b"'),
      finding('route-regex-tilde', 'route "a"'),
    ]);
    expect(found).toEqual([
      {
        ok: false,
        what: 'runtime state',
        found:
          'plugin "oauth2" of route "a" and 1 more: what it makes on one slot the other does not know (plugin-oauth2-tokens-runtime)',
        mend: 'top them up; when that is done: --accept-runtime-state',
      },
    ]);
  });

  test('that was not found is told as looked at', () => {
    expect(runtimeFindings([])).toMatchObject([{ ok: true }]);
  });
});
