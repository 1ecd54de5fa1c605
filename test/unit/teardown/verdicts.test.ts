import fc from 'fast-check';
import { KongDualClusterError } from '../../../lib/errors';
import type { RouterReading } from '../../../lib/routers/router';
import {
  idleSlots,
  pinOf,
  refuseOtherSystem,
  refuseRequests,
  refuseSticky,
  refuseUnfinished,
  slotToTearDown,
} from '../../../lib/teardown/verdicts';
import type { ShiftPhase, ShiftRecord } from '../../../lib/traffic/shift-record';
import type { Weights } from '../../../lib/traffic/weights';

const NOW = Date.parse('2026-11-21T20:00:00Z');
const record = (more: Partial<ShiftRecord> = {}): ShiftRecord => ({
  run: 'run-1',
  from: 'blue',
  to: 'green',
  phase: 'done',
  stage: 4,
  stages: 4,
  share: 1,
  startedAt: '2026-11-21T18:00:00Z',
  changedAt: '2026-11-21T19:00:00Z',
  account: '111122223333',
  region: 'eu-central-1',
  stackIds: { blue: 'stack/kong-blue/1', green: 'stack/kong-green/1' },
  weightsBefore: { blue: 100, green: 0 },
  host: 'a-machine',
  journal: '/journal',
  ...more,
});
const reading = (places: readonly Weights[], followers: readonly Weights[] = []): RouterReading => {
  const placesOf = (all: readonly Weights[], prefix: string) =>
    all.map((weights, index) => ({ id: `${prefix}-${index + 1}`, weights, verbatim: [] }));
  return { router: 'alb', places: placesOf(places, 'rule'), followers: placesOf(followers, 'admin'), stickySeconds: 0 };
};
const w = (blue: number, green: number): Weights => ({ blue, green });
function refusal(act: () => unknown): Pick<KongDualClusterError, 'code' | 'exitCode' | 'found' | 'remedy'> | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!(error instanceof KongDualClusterError)) throw error;
    return error;
  }
}

const KONG = { name: 'kong' };

describe('given live weights, when the idle slot is derived', () => {
  test('it is the one with weight 0 in every rule and in the Admin API’s', () => {
    expect(slotToTearDown(reading([w(0, 100), w(0, 1)], [w(0, 100)]), undefined)).toBe('blue');
    expect(slotToTearDown(reading([w(999, 0)], [w(100, 0)]), 'green')).toBe('green');
  });

  test('an even split has none, and is refused with the rules', () => {
    expect(refusal(() => slotToTearDown(reading([w(50, 50)]), undefined))).toMatchObject({
      code: 'TEARDOWN_NO_IDLE_SLOT',
      exitCode: 8,
      found: 'blue 50, green 50 in rule-1',
    });
  });

  test('a slot that is named and has the least weight in one rule is refused with that rule', () => {
    expect(refusal(() => slotToTearDown(reading([w(0, 100), w(1, 999)]), 'blue'))).toMatchObject({
      code: 'TEARDOWN_SLOT_LIVE',
      exitCode: 8,
      found: 'weight 1 in rule-2',
    });
  });

  test('an Admin rule that still goes to it counts as well', () => {
    expect(refusal(() => slotToTearDown(reading([w(0, 100)], [w(100, 0)]), 'blue'))).toMatchObject({
      code: 'TEARDOWN_SLOT_LIVE',
      found: 'weight 100 in admin-1',
    });
  });

  test('no rule at all means that nothing is known to be idle', () => {
    expect(idleSlots(reading([]))).toEqual([]);
  });

  test('law: what is returned has weight 0 everywhere, whatever was asked for', () => {
    const weights = fc.record({ blue: fc.integer({ min: 0, max: 2 }), green: fc.integer({ min: 0, max: 2 }) });
    fc.assert(
      fc.property(
        fc.array(weights, { maxLength: 4 }),
        fc.array(weights, { maxLength: 1 }),
        fc.constantFrom('blue', 'green', undefined),
        (places, followers, asked) => {
          const live = reading(places, followers);
          let slot;
          try {
            slot = slotToTearDown(live, asked);
          } catch {
            return;
          }
          for (const place of [...live.places, ...live.followers]) expect(place.weights[slot]).toBe(0);
          expect([slot, undefined]).toContain(asked);
        },
      ),
    );
  });
});

describe('given what the last shift noted', () => {
  const found = { account: '111122223333', region: 'eu-central-1', stackId: 'stack/kong-blue/1' };

  test('when account, region and stack are the same, then nothing is refused', () => {
    expect(refusal(() => refuseOtherSystem(pinOf(record(), {}, 'blue'), found, 'blue', KONG))).toBeUndefined();
  });

  test.each([
    ['account', { ...found, account: '999999999999' }],
    ['region', { ...found, region: 'us-east-1' }],
    ['stack', { ...found, stackId: 'stack/kong-blue/2' }],
  ])('when the %s is another one, then it is refused', (_what, other) => {
    const told = refusal(() => refuseOtherSystem(pinOf(record(), {}, 'blue'), other, 'blue', KONG));
    expect(told).toMatchObject({ code: 'TEARDOWN_OTHER_SYSTEM', exitCode: 8 });
  });

  test('when the stack is gone already, then account and region are what counts', () => {
    const gone = { ...found, stackId: undefined };
    expect(refusal(() => refuseOtherSystem(pinOf(record(), {}, 'blue'), gone, 'blue', KONG))).toBeUndefined();
  });

  test.each(['planned', 'raising', 'baking', 'soaking', 'held', 'rolling back', 'rollback failed', 'conflict'])(
    'when it is %s, then it is refused',
    (phase) => {
      expect(refusal(() => refuseUnfinished(record({ phase: phase as ShiftPhase })))).toMatchObject({
        code: 'TEARDOWN_SHIFT_UNFINISHED',
        exitCode: 8,
      });
    },
  );

  test.each(['done', 'rolled back'] as const)('when it is %s, then nothing is refused', (phase) => {
    expect(refusal(() => refuseUnfinished(record({ phase })))).toBeUndefined();
  });
});

describe('given no shift', () => {
  test('when the settings name account and region, then they are the pin', () => {
    const settings = { account: '111122223333', region: 'eu-central-1' };
    expect(pinOf(undefined, settings, 'blue')).toEqual(settings);
    expect(refusal(() => refuseUnfinished(undefined))).toBeUndefined();
  });

  test.each([{}, { account: '111122223333' }, { region: 'eu-central-1' }])(
    'when they do not (%j), then it is refused',
    (settings) => {
      expect(refusal(() => pinOf(undefined, settings, 'blue'))).toMatchObject({
        code: 'TEARDOWN_NOT_PINNED',
        exitCode: 8,
      });
    },
  );
});

describe('given request counts of both slots', () => {
  test.each([
    ['one request', { blue: 1, green: 100 }, 'TEARDOWN_REQUESTS_SEEN', 8],
    ['one request, and none on the live slot', { blue: 1, green: undefined }, 'TEARDOWN_REQUESTS_SEEN', 8],
    ['no count of either slot', { blue: undefined, green: undefined }, 'TEARDOWN_REQUESTS_UNKNOWN', 4],
    ['zero on both', { blue: 0, green: 0 }, 'TEARDOWN_REQUESTS_UNKNOWN', 4],
  ])('when the idle slot shows %s, then it is refused', (_what, counts, code, exitCode) => {
    expect(refusal(() => refuseRequests(counts, 'blue', 900))).toMatchObject({ code, exitCode });
  });

  test.each([
    { blue: undefined, green: 1 },
    { blue: 0, green: 1 },
  ])('when only the live slot has counts (%j), then the silence of the other means zero', (counts) => {
    expect(refusal(() => refuseRequests(counts, 'blue', 900))).toBeUndefined();
  });
});

describe('given a sticky rule of an hour', () => {
  const HOUR = 3600;

  test('when the shift ended an hour ago, then every cookie has ended', () => {
    expect(refusal(() => refuseSticky(HOUR, record(), 900, NOW))).toBeUndefined();
  });

  test('when it ended 59 minutes ago, then it is refused with the minute that is left', () => {
    expect(refusal(() => refuseSticky(HOUR, record({ changedAt: '2026-11-21T19:01:00Z' }), 900, NOW))).toMatchObject({
      code: 'TEARDOWN_STICKY',
      exitCode: 8,
      remedy: 'run it again in 1m',
    });
  });

  test('when nobody knows since when, then an hour without a request is what proves it', () => {
    expect(refusal(() => refuseSticky(HOUR, undefined, 900, NOW))).toMatchObject({
      remedy: expect.stringContaining('--idle-for 1h') as string,
    });
    expect(refusal(() => refuseSticky(HOUR, undefined, HOUR, NOW))).toBeUndefined();
  });

  test('when the rule is not sticky, then nothing is to be waited for', () => {
    expect(refusal(() => refuseSticky(0, undefined, 900, NOW))).toBeUndefined();
  });
});
