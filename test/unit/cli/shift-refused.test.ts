import { refuse } from '../../../lib/cli/shift-prepare';

const messageOf = (...against: { what: string; found: string; mend: string }[]): string => {
  try {
    refuse([{ ok: true, what: 'fine', found: 'fine' }, ...against.map((each) => ({ ok: false, ...each }))]);
  } catch (error) {
    return (error as Error).message;
  }
  return 'not refused';
};
const alarms = { what: 'alarms', found: 'there is no alarm x', mend: 'correct the name' };
const capacity = { what: 'capacity', found: 'green has 0', mend: 'give green as many' };

describe('a shift that is refused', () => {
  test('for one reason: the reason and what mends it', () => {
    expect(messageOf(alarms)).toBe(
      'the shift was not started, found: alarms: there is no alarm x\n  to mend it: correct the name\n  [SHIFT_REFUSED]',
    );
  });

  test('for several: each on a line of its own, numbered as what mends it is', () => {
    expect(messageOf(alarms, capacity).split('\n')).toEqual([
      'the shift was not started, found: 2 things against it',
      '    1. alarms: there is no alarm x',
      '    2. capacity: green has 0',
      '  to mend it: all of these, then again',
      '    1. correct the name',
      '    2. give green as many',
      '  [SHIFT_REFUSED]',
    ]);
  });

  test('for none: it is not', () => expect(messageOf()).toBe('not refused'));
});
