import { lastGap } from '../../../lib/traffic/gaps';
import { minuteAt, minutes } from './readings';

const BLUE = { requests: 100, errors: 0 };
const RARE = { requests: 2, errors: 0 };
const of = (all: Parameters<typeof lastGap>[0]) => lastGap(all, 'blue', 'errors', 60);

test('none where every minute is there, and none before the first one', () => {
  expect(of(minutes(3, 9, BLUE))).toBeUndefined();
  expect(of([])).toBeUndefined();
  expect(of([minuteAt(0, undefined, BLUE), ...minutes(1, 5, BLUE)])).toBeUndefined();
});

test('the last of several, and where it ends', () =>
  expect(of([...minutes(0, 2, BLUE), ...minutes(3, 2, BLUE), ...minutes(8, 2, BLUE)])).toEqual({
    slot: 'blue',
    end: 4,
    periods: 3,
  }));

test('one that lasts ends with the minutes', () =>
  expect(of([...minutes(0, 2, BLUE), ...minutes(2, 3, undefined, BLUE)])).toMatchObject({ end: 5, periods: 3 }));

test('a slot with two requests a minute is silent after five', () => {
  expect(of([...minutes(0, 9, RARE), ...minutes(13, 9, RARE)])).toBeUndefined();
  expect(of([...minutes(0, 9, RARE), ...minutes(14, 9, RARE)])).toMatchObject({ periods: 5 });
});
