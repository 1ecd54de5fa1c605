import fc from 'fast-check';
import {
  alarmGate,
  overall,
  requestGate,
  shareSeen,
  type AlarmReading,
  type Verdict,
} from '../../../lib/traffic/gates';

const alarm = (name: string, state: AlarmReading['state'], reason?: string): AlarmReading => ({
  name,
  state,
  ...(reason !== undefined && { reason }),
});
const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA', 'MISSING'] as const;

describe('the alarm gate', () => {
  test('passes only when every alarm is OK', () => {
    expect(alarmGate([alarm('a', 'OK'), alarm('b', 'OK')])).toEqual({
      gate: 'alarms',
      verdict: 'PASS',
      reason: '2 alarms OK',
    });
  });
  test('a breach fails with its name and why, whatever the others are', () => {
    expect(alarmGate([alarm('a', 'MISSING'), alarm('b', 'ALARM', '5 > 1')])).toMatchObject({
      verdict: 'FAIL',
      reason: 'b is in ALARM (5 > 1)',
    });
  });
  test.each([
    ['MISSING', 'a does not exist any more'],
    ['INSUFFICIENT_DATA', 'a has no data yet'],
  ] as const)('%s is inconclusive', (state, reason) => {
    expect(alarmGate([alarm('a', state), alarm('b', 'OK')])).toMatchObject({ verdict: 'INCONCLUSIVE', reason });
  });
  test('without an alarm nothing passes', () => {
    expect(alarmGate([]).verdict).toBe('INCONCLUSIVE');
  });

  test('with the weights elsewhere an alarm of the edge counts only in ALARM, and another one must be OK', () => {
    const verdict = (edge: AlarmReading['state'], own?: AlarmReading['state']) =>
      alarmGate([alarm('edge', edge), ...(own ? [alarm('own', own)] : [])], ['edge']).verdict;
    expect([verdict('INSUFFICIENT_DATA', 'OK'), verdict('OK', 'OK')]).toEqual(['PASS', 'PASS']);
    expect([verdict('OK'), verdict('OK', 'INSUFFICIENT_DATA'), verdict('MISSING', 'OK')]).toEqual([
      'INCONCLUSIVE',
      'INCONCLUSIVE',
      'INCONCLUSIVE',
    ]);
    expect([verdict('ALARM', 'OK'), verdict('ALARM')]).toEqual(['FAIL', 'FAIL']);
  });
  test('law: FAIL exactly with an ALARM, PASS exactly with nothing but OK', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...STATES)), (states) => {
        const { verdict } = alarmGate(states.map((state, i) => alarm(String(i), state)));
        expect(verdict === 'FAIL').toBe(states.includes('ALARM'));
        expect(verdict === 'PASS').toBe(states.length > 0 && states.every((state) => state === 'OK'));
      }),
    );
  });
});

describe('the request gate', () => {
  test.each([
    [100, 100, 'PASS', '100 requests on green'],
    [99, 100, 'INCONCLUSIVE', '99 of 100 requests on green'],
    [undefined, 100, 'INCONCLUSIVE', 'no request count of green was published yet'],
    [undefined, 1, 'INCONCLUSIVE', 'no request count of green was published yet'],
    [undefined, 0, 'PASS', 'no minimum is set'],
  ])('%s requests of %d: %s', (green, minimum, verdict, reason) => {
    expect(requestGate({ blue: 5000, green }, 'green', minimum)).toEqual({ gate: 'requests', verdict, reason });
  });
});

describe('together', () => {
  test('law: FAIL beats everything, PASS needs all, nothing at all is inconclusive', () => {
    const verdict = fc.constantFrom<Verdict>('PASS', 'FAIL', 'INCONCLUSIVE');
    fc.assert(
      fc.property(fc.array(verdict), (verdicts) => {
        const all = overall(verdicts.map((each) => ({ gate: 'g', verdict: each, reason: '' })));
        expect(all === 'FAIL').toBe(verdicts.includes('FAIL'));
        expect(all === 'PASS').toBe(verdicts.length > 0 && verdicts.every((each) => each === 'PASS'));
      }),
    );
  });
});

describe('the share seen', () => {
  test.each([
    [{ blue: 75, green: 25 }, 0.25],
    [{ blue: undefined, green: 25 }, 1],
    [{ blue: 75, green: undefined }, 0],
    [{ blue: undefined, green: undefined }, undefined],
    [{ blue: 0, green: 0 }, undefined],
  ])('of %j is %s', (counts, share) => expect(shareSeen(counts, 'green')).toBe(share));
});
