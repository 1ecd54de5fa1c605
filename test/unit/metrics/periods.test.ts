import { periodOf, periodsWithin, staleness } from '../../../lib/metrics/periods';

const at = (seconds: number): Date => new Date(seconds * 1000);

describe('periods', () => {
  test('begin at or after the one moment and end at or before the other', () => {
    expect(periodsWithin(at(60), at(180), 60)).toEqual([60, 120]);
    expect(periodsWithin(at(60.001), at(180), 60)).toEqual([120]);
    expect(periodsWithin(at(60), at(179.999), 60)).toEqual([60]);
    expect(periodsWithin(at(60), at(60), 60)).toEqual([]);
  });
  test('have their start on a multiple of their length', () => {
    expect(periodOf(119.9, 60)).toBe(60);
    expect(periodOf(120, 60)).toBe(120);
  });
});

describe('a reading is stale', () => {
  const base = { from: at(0), to: at(600), periodSeconds: 60, delaySeconds: 120 };
  test('when its newest point is older than the delay and a period', () => {
    expect(staleness({ ...base, newestStart: 360 })).toEqual({});
    expect(staleness({ ...base, newestStart: 300 })).toEqual({ staleSeconds: 240 });
  });
  test('without any point when it was looked at for as long', () => {
    expect(staleness({ ...base, newestStart: undefined })).toEqual({ staleSeconds: 600 });
    expect(staleness({ ...base, to: at(180), newestStart: undefined })).toEqual({});
  });
});
