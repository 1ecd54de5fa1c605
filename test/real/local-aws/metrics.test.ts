import {
  CloudWatchClient,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import type { MetricDataQuery, MetricDatum } from '@aws-sdk/client-cloudwatch';
import type { World } from '../../../local/world/world';
import { clientOptions, startTestWorld } from './helpers';

jest.setTimeout(60_000);

const Namespace = 'AWS/ApplicationELB';
const ofGroup = (TargetGroup: string) => [
  { Name: 'TargetGroup', Value: TargetGroup },
  { Name: 'LoadBalancer', Value: 'app/edge/1' },
];
const ofBalancer = [{ Name: 'LoadBalancer', Value: 'app/edge/1' }];
/** A whole minute, a few minutes ago. */
const minute = Math.floor(Date.now() / 60_000) * 60_000 - 5 * 60_000;
const at = (seconds: number): Date => new Date(minute + seconds * 1000);

let world: World;
let cloudWatch: CloudWatchClient;
beforeAll(async () => {
  world = await startTestWorld();
  cloudWatch = new CloudWatchClient({ ...clientOptions(world), disableRequestCompression: true });
});
afterAll(async () => world.stop());

const put = (...MetricData: MetricDatum[]) => cloudWatch.send(new PutMetricDataCommand({ Namespace, MetricData }));

const metric = (
  Id: string,
  MetricName: string,
  Dimensions: { Name: string; Value: string }[],
  Stat: string,
  Period: number,
): MetricDataQuery => ({ Id, MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Stat, Period } });

/** Id -> [second of `minute`, value] pairs. */
async function ask(
  MetricDataQueries: MetricDataQuery[],
  from = 0,
  to = 120,
  ScanBy?: 'TimestampAscending',
): Promise<Record<string, (readonly [number, number])[]>> {
  const { MetricDataResults } = await cloudWatch.send(
    new GetMetricDataCommand({ MetricDataQueries, StartTime: at(from), EndTime: at(to), ScanBy }),
  );
  expect(MetricDataResults!.map(({ StatusCode }) => StatusCode)).toEqual(MetricDataResults!.map(() => 'Complete'));
  return Object.fromEntries(
    MetricDataResults!.map(({ Id, Timestamps, Values }) => [
      Id,
      Timestamps!.map((time, n) => [(time.getTime() - minute) / 1000, Values![n]!] as const),
    ]),
  );
}

describe('GetMetricData', () => {
  beforeAll(async () => {
    const requests = (Value: number, second: number, Dimensions: { Name: string; Value: string }[]): MetricDatum => ({
      MetricName: 'RequestCount',
      Dimensions,
      Timestamp: at(second),
      StatisticValues: { SampleCount: Value, Sum: Value, Minimum: 1, Maximum: 1 },
    });
    await put(
      ...[0, 1, 2, 11, 61].map((second) => requests(10, second, ofGroup('blue'))),
      ...[1, 2].map((second) => requests(5, second, ofGroup('green'))),
      requests(100, 1, ofBalancer),
      { MetricName: 'TargetConnectionErrorCount', Dimensions: ofGroup('blue'), Timestamp: at(2), Value: 5 },
    );
  });

  test('sums each dimension set by itself, whatever the order of the dimensions; several queries in one call', async () => {
    const answers = await ask([
      metric('blue', 'RequestCount', [...ofGroup('blue')].reverse(), 'Sum', 60),
      metric('green', 'RequestCount', ofGroup('green'), 'Sum', 60),
      metric('all', 'RequestCount', ofBalancer, 'Sum', 60),
    ]);
    expect(answers).toEqual({
      blue: [
        [60, 10],
        [0, 40],
      ],
      green: [[0, 10]],
      all: [[0, 100]],
    });
  });

  test.each([
    [1, [0, 1, 2, 11, 61]],
    [5, [0, 10, 60]],
    [10, [0, 10, 60]],
    [30, [0, 60]],
    [60, [0, 60]],
  ])('aligns to a period of %d s and tells only periods with data', async (period, seconds) => {
    const query = metric('m', 'RequestCount', ofGroup('blue'), 'Sum', period);
    const { m } = await ask([query], 0, 120, 'TimestampAscending');
    expect(m!.map(([second]) => second)).toEqual(seconds);
  });

  test('tells the latest first unless it is asked for the oldest first', async () => {
    const query = metric('m', 'RequestCount', ofGroup('blue'), 'Sum', 60);
    expect((await ask([query]))['m']!.map(([second]) => second)).toEqual([60, 0]);
    expect((await ask([query], 0, 120, 'TimestampAscending'))['m']!.map(([second]) => second)).toEqual([0, 60]);
  });

  test('begins with the period that the start lies in, and leaves out the one that begins at the end', async () => {
    const query = metric('m', 'RequestCount', ofGroup('blue'), 'Sum', 10);
    expect((await ask([query], 12, 60))['m']).toEqual([[10, 10]]);
  });

  test('answers a metric that nobody published with nothing', async () => {
    expect(await ask([metric('m', 'RequestCount', ofGroup('purple'), 'Sum', 60)])).toEqual({ m: [] });
    expect(await ask([metric('m', 'RequestCount', [], 'Sum', 60)])).toEqual({ m: [] });
  });

  test('computes a share of errors: FILL makes zeros, a period without requests is left out, as a division by zero is', async () => {
    const hidden = (query: MetricDataQuery): MetricDataQuery => ({ ...query, ReturnData: false });
    const answers = await ask([
      { Id: 'share', Expression: '(FILL(errors, 0) + FILL(refused, 0)) / requests' },
      hidden(metric('errors', 'HTTPCode_Target_5XX_Count', ofGroup('blue'), 'Sum', 1)),
      hidden(metric('refused', 'TargetConnectionErrorCount', ofGroup('blue'), 'Sum', 1)),
      hidden(metric('requests', 'RequestCount', ofGroup('blue'), 'Sum', 1)),
    ]);
    expect(answers).toEqual({
      share: [
        [61, 0],
        [11, 0],
        [2, 0.5],
        [1, 0],
        [0, 0],
      ],
    });
  });

  test('computes an expression of an expression; - and * and FILL of what never was', async () => {
    const answers = await ask([
      { Id: 'twice', Expression: '2 * (rest - -1)' },
      { Id: 'rest', Expression: 'blue - FILL(green, 0)', ReturnData: false },
      { ...metric('blue', 'RequestCount', ofGroup('blue'), 'Sum', 60), ReturnData: false },
      { ...metric('green', 'RequestCount', ofGroup('green'), 'Sum', 60), ReturnData: false },
      { Id: 'zeros', Expression: 'FILL(never, 0)' },
      { ...metric('never', 'RequestCount', ofGroup('purple'), 'Sum', 60), ReturnData: false },
    ]);
    expect(answers).toEqual({
      twice: [
        [60, 22],
        [0, 62],
      ],
      zeros: [
        [60, 0],
        [0, 0],
      ],
    });
  });

  test.each([
    ['a period of 7 s', metric('m', 'RequestCount', ofBalancer, 'Sum', 7), 'Period'],
    ['a statistic that is not modelled', metric('m', 'RequestCount', ofBalancer, 'tm90', 60), 'statistics'],
    ['an id that no query has', { Id: 'e', Expression: 'a / b' }, 'not the id of a query'],
    ['a function that is not modelled', { Id: 'e', Expression: 'SEARCH(1, 2)' }, 'SEARCH'],
    ['an expression that refers to itself', { Id: 'e', Expression: 'e + 1' }, 'itself'],
  ])('refuses %s', async (_what, query, message) => {
    await expect(ask([query])).rejects.toThrow(message);
  });
});

describe('TargetResponseTime', () => {
  beforeAll(async () => {
    const base = { MetricName: 'TargetResponseTime', Dimensions: ofGroup('blue') };
    await put(
      { ...base, Timestamp: at(0), Values: [0.01, 0.02], Counts: [90, 8] },
      { ...base, Timestamp: at(1), Values: [0.5, 2] },
      {
        ...base,
        Dimensions: ofGroup('green'),
        Timestamp: at(0),
        StatisticValues: { SampleCount: 2, Sum: 3, Minimum: 1, Maximum: 2 },
      },
    );
  });
  const one = (Stat: string) =>
    ask([metric('m', 'TargetResponseTime', ofGroup('blue'), Stat, 60)]).then(({ m }) => m![0]?.[1]);

  test('has percentiles of values with their counts', async () => {
    expect([await one('p50'), await one('p98'), await one('p99'), await one('p99.9')]).toEqual([0.01, 0.02, 0.5, 2]);
  });

  test('has the other statistics too', async () => {
    expect([await one('SampleCount'), await one('Minimum'), await one('Maximum')]).toEqual([100, 0.01, 2]);
    expect(await one('Sum')).toBeCloseTo(3.56);
    expect(await one('Average')).toBeCloseTo(0.0356);
  });

  test('of a statistic set has no percentile', async () => {
    expect(await ask([metric('m', 'TargetResponseTime', ofGroup('green'), 'p99', 60)])).toEqual({ m: [] });
  });

  test('counts the values above one bound and not above another, none of a statistic set', async () => {
    await put(
      {
        MetricName: 'Took',
        Dimensions: ofBalancer,
        Timestamp: at(1),
        Values: [0.5, 1, 1.001, 7],
        Counts: [10, 3, 2, 1],
      },
      { MetricName: 'Took', Dimensions: ofBalancer, Timestamp: at(60), Values: [0.5], Counts: [4] },
      {
        MetricName: 'Took',
        Dimensions: ofBalancer,
        Timestamp: at(120),
        StatisticValues: { SampleCount: 3, Sum: 9, Minimum: 1, Maximum: 5 },
      },
    );
    const count = (Id: string, Stat: string) => metric(Id, 'Took', ofBalancer, Stat, 60);
    const all = [count('above', 'TC(1:)'), count('within', 'tc(0.5:1)'), count('upto', 'TC(:1)')];
    expect(await ask(all, 0, 180, 'TimestampAscending')).toEqual({
      above: [
        [0, 3],
        [60, 0],
      ],
      within: [
        [0, 3],
        [60, 0],
      ],
      upto: [
        [0, 13],
        [60, 4],
      ],
    });
    await expect(ask([count('none', 'TC(:)')])).rejects.toThrow('TC(LOW:HIGH)');
  });

  test('with more than 150 values is refused', async () => {
    const Values = Array.from({ length: 151 }, (_, n) => n);
    await expect(put({ MetricName: 'TargetResponseTime', Dimensions: ofBalancer, Values })).rejects.toThrow('150');
  });

  test('GetMetricStatistics tells statistics and percentiles of a period', async () => {
    const { Datapoints } = await cloudWatch.send(
      new GetMetricStatisticsCommand({
        Namespace,
        MetricName: 'TargetResponseTime',
        Dimensions: ofGroup('blue'),
        StartTime: at(0),
        EndTime: at(60),
        Period: 60,
        Statistics: ['Maximum', 'SampleCount'],
        ExtendedStatistics: ['p99'],
      }),
    );
    expect(Datapoints).toMatchObject([
      { Timestamp: at(0), Maximum: 2, SampleCount: 100, ExtendedStatistics: { p99: 0.5 } },
    ]);
  });
});

test('a datum older than 15 minutes is gone with the next one', async () => {
  const base = { MetricName: 'Old', Dimensions: ofBalancer, Value: 1 };
  await put({ ...base, Timestamp: new Date(Date.now() - 16 * 60_000) }, { ...base, Timestamp: new Date() });
  await new Promise((done) => setTimeout(done, 10_500));
  await put({ ...base, Timestamp: new Date() });
  const StartTime = new Date(Date.now() - 60 * 60_000);
  const { MetricDataResults } = await cloudWatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: [metric('m', 'Old', ofBalancer, 'SampleCount', 3600)],
      StartTime: new Date(Math.floor(StartTime.getTime() / 3_600_000) * 3_600_000),
      EndTime: new Date(Date.now() + 3_600_000),
    }),
  );
  expect(MetricDataResults![0]!.Values!.reduce((sum, value) => sum + value, 0)).toBe(2);
});

test('ListMetrics tells what was published, by name and dimension', async () => {
  const { Metrics } = await cloudWatch.send(
    new ListMetricsCommand({
      Namespace,
      MetricName: 'RequestCount',
      Dimensions: [{ Name: 'TargetGroup', Value: 'green' }],
    }),
  );
  expect(Metrics!.map(({ MetricName }) => MetricName)).toEqual(['RequestCount']);
});
