import { spansOf } from '../../../lib/traffic/stage-span';
import type { JournalLine, ShiftEvent } from '../../../lib/traffic/shift-events';
import { at } from './readings';

const line = (minute: number, event: ShiftEvent): JournalLine => ({ ...event, n: minute + 1, at: at(minute) });
const five = { blue: 95, green: 5 };
const half = { blue: 50, green: 50 };

test('the spans of a journal: from when the weights hold until they are left', () => {
  const lines = [
    line(0, { type: 'raising', stage: 0, weights: five }),
    line(1, { type: 'raised', stage: 0, weights: five }),
    line(11, { type: 'passed', stage: 0, counts: { blue: 1, green: 1 }, gates: [] }),
    line(12, { type: 'raising', stage: 1, weights: half }),
    line(13, { type: 'raised', stage: 1, weights: half }),
  ];
  expect(spansOf(lines, 60)).toEqual([
    { stage: 0, weights: five, from: at(2), until: at(12) },
    { stage: 1, weights: half, from: at(14) },
  ]);
});

test('a stage that was held and resumed has two spans', () => {
  const lines = [
    line(0, { type: 'raised', stage: 0, weights: five }),
    line(5, { type: 'held', by: 'person', why: '' }),
    line(9, { type: 'resumed', by: 'ann' }),
    line(9, { type: 'raised', stage: 0, weights: five }),
  ];
  expect(spansOf(lines, 0)).toEqual([
    { stage: 0, weights: five, from: at(0), until: at(5) },
    { stage: 0, weights: five, from: at(9) },
  ]);
});

test('before the first raise there is none', () => expect(spansOf([], 1)).toEqual([]));
