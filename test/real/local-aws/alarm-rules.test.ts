import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT, findPython } from '../../../local/world/places';

/** Runs local/aws/alarm_rules.py itself on many cases at once. */
const PROGRAM = `
import json, sys
sys.path.insert(0, sys.argv[1])
import alarm_rules
print(json.dumps([alarm_rules.decide(*case) for case in json.load(sys.stdin)]))
`;
const SYMBOLS: Readonly<Record<string, boolean | null>> = { '0': false, X: true, '-': null };

/** States for TreatMissingData missing, ignore, breaching and notBreaching, each from the state RETAINED. */
function states(points: string, datapointsToAlarm: number, evaluationPeriods = 3): string[] {
  const cases = ['missing', 'ignore', 'breaching', 'notBreaching'].map((treat) => [
    points.split(' ').map((symbol) => SYMBOLS[symbol]),
    evaluationPeriods,
    datapointsToAlarm,
    treat,
    'RETAINED',
  ]);
  const folder = join(ROOT, 'local', 'aws');
  const output = execFileSync(findPython(), ['-B', '-c', PROGRAM, folder], { input: JSON.stringify(cases) });
  return JSON.parse(output.toString()) as string[];
}

const ALL = (state: string): string[] => [state, state, state, state];

describe('the tables of "Configuring how CloudWatch alarms treat missing data"', () => {
  test.each([
    ['0 - X - X', ALL('OK')],
    ['0 - - - -', ALL('OK')],
    ['- - - - -', ['INSUFFICIENT_DATA', 'RETAINED', 'ALARM', 'OK']],
    ['0 X X - X', ALL('ALARM')],
    ['- - X - -', ['ALARM', 'RETAINED', 'ALARM', 'OK']],
  ])('3 out of 3: %s', (points, expected) => {
    expect(states(points, 3)).toEqual(expected);
  });

  test.each([
    ['0 - X - X', ALL('ALARM')],
    ['0 0 X 0 X', ALL('ALARM')],
    ['0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - X -', ['ALARM', 'RETAINED', 'ALARM', 'OK']],
  ])('2 out of 3: %s', (points, expected) => {
    expect(states(points, 2)).toEqual(expected);
  });

  test.each(['- - - - X', '- - - X -'])('3 out of 3: %s does not alarm at once where data are missing', (points) => {
    expect(states(points, 3)).toEqual(['INSUFFICIENT_DATA', 'RETAINED', 'ALARM', 'OK']);
  });
});

test('3 out of 5: three breaching points alarm however old, two do not', () => {
  expect(states('0 0 X 0 X X 0', 3, 5)).toEqual(ALL('ALARM'));
  expect(states('X X 0 0 X X 0', 3, 5)).toEqual(ALL('OK'));
});
