import { countOf, minutesBySpan, pairOf, tells } from '../../../lib/traffic/counted';
import { at, minuteAt, minutes, reading, span } from './readings';

const BLUE = { requests: 10, errors: 1, refusals: { '401': 2, '403': 0, '429': 0 } };

describe('what is counted of a slot', () => {
  test('each kind by its name; what the source cannot tell is not zero', () => {
    expect(countOf(minuteAt(0, BLUE), 'blue', 'errors')).toEqual({ requests: 10, events: 1 });
    expect(countOf(minuteAt(0, BLUE), 'blue', '401')).toEqual({ requests: 10, events: 2 });
    expect(countOf(minuteAt(0, BLUE), 'blue', 'slow')).toBeUndefined();
    expect(countOf(minuteAt(0, BLUE), 'green', 'errors')).toBeUndefined();
  });

  test('a pair needs both slots, unless the old one has nothing to do', () => {
    const alone = minuteAt(0, undefined, { requests: 5, errors: 0 });
    expect(pairOf(alone, 'blue', 'green', 'errors', false)).toBeUndefined();
    expect(pairOf(alone, 'blue', 'green', 'errors', true)).toEqual({
      from: { requests: 0, events: 0 },
      to: { requests: 5, events: 0 },
    });
    expect(pairOf(minuteAt(0, BLUE), 'blue', 'green', 'errors', true)).toBeUndefined();
  });

  test('a source tells a kind when any minute of any slot has it', () => {
    const slow = { ...BLUE, slow: 0 };
    expect(tells(reading([minuteAt(0), minuteAt(1, undefined, slow)]), 'slow')).toBe(true);
    expect(tells(reading([minuteAt(0, BLUE)]), 'slow')).toBe(false);
    expect(tells(reading([]), 'errors')).toBe(false);
  });
});

test('settled periods that lie wholly in a span', () => {
  const source = reading([...minutes(0, 6, BLUE), { ...minuteAt(6, BLUE), settled: false }]);
  const late = { ...span(1, 0.5, 3), from: new Date(Date.parse(at(3)) + 1).toISOString() };
  const bySpan = minutesBySpan(source, [span(0, 0.05, 1, 3), late]);
  expect(bySpan.map((all) => all.map((minute) => minute.at))).toEqual([
    [at(1), at(2)],
    [at(4), at(5)],
  ]);
});
