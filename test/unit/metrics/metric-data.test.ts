import { metricData } from '../../../lib/metrics/metric-data';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 21, 20, minute));
const start = (minute: number): number => at(minute).getTime() / 1000;

/** One page after the other. */
function read(...pages: object[][]) {
  let page = 0;
  const send = () => {
    const results = pages[page];
    page += 1;
    return Promise.resolve({ MetricDataResults: results, ...(page < pages.length && { NextToken: String(page) }) });
  };
  return metricData({ send } as never, { from: at(0), to: at(9), queries: [] });
}
const point = (minute: number, value: number | undefined, StatusCode = 'Complete') => ({
  Id: 'errors',
  Timestamps: [at(minute)],
  Values: value === undefined ? [] : [value],
  StatusCode,
});

test('the pages of a metric are one series, empty ones among them', async () => {
  const values = await read([point(0, 5, 'PartialData')], [], [point(1, 7)]);
  expect([...values.get('errors')!]).toEqual([
    [start(0), 5],
    [start(1), 7],
  ]);
});

test('a metric that is still partial at the end is not read: what is missing of it would be zero', () =>
  expect(read([point(0, 5, 'PartialData')], [])).rejects.toMatchObject({
    name: 'InternalFailure',
    message: 'CloudWatch did not read errors: PartialData',
  }));

test.each([undefined, NaN, Infinity])('a point with the value %s is not read', (value) =>
  expect(read([point(0, value)])).rejects.toMatchObject({ name: 'InternalFailure' }),
);

test.each([
  ['InternalError', 'InternalFailure'],
  ['Forbidden', 'AccessDeniedException'],
])('%s is like a call that failed with %s', (status, name) =>
  expect(read([point(0, 5, status)])).rejects.toMatchObject({ name }),
);
