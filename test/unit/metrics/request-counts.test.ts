import { requestCounts } from '../../../lib/metrics/request-counts';

const LB = 'arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/app/kong/50dc6c495c0c9188';
const group = (slot: string) => `arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/${slot}/73e2d6bc24d8a067`;
type Input = {
  StartTime: Date;
  EndTime: Date;
  NextToken?: string;
  MetricDataQueries: {
    Id: string;
    MetricStat: { Period: number; Stat: string; Metric: { Dimensions: { Name: string; Value: string }[] } };
  }[];
};

/** GetMetricData: results by query id, no values where nothing was published, in pages (CloudWatch API). */
function cloudWatch(...pages: Record<string, number[]>[]) {
  const asked: Input[] = [];
  const send = ({ input }: { input: Input }) => {
    const page = asked.push(input) - 1;
    return Promise.resolve({
      MetricDataResults: Object.entries(pages[page] ?? {}).map(([Id, Values]) => ({
        Id,
        Values,
        Timestamps: Values.map((_, index) => new Date(Date.UTC(2026, 10, 21, 20, 30 + index + 5 * page))),
      })),
      ...(page + 1 < pages.length && { NextToken: `page-${page + 1}` }),
    });
  };
  return { client: { send } as never, asked };
}
const query = (from: string, to: string, periodSeconds = 60) => ({
  loadBalancerArn: LB,
  targetGroupArns: { blue: group('blue'), green: group('green') },
  from: new Date(from),
  to: new Date(to),
  periodSeconds,
});

describe('requests of a stage', () => {
  test('are the sum of the data points of each slot', async () => {
    const { client } = cloudWatch({ blue: [10, 20], green: [1] });
    expect(await requestCounts(client, query('2026-11-21T20:30:00Z', '2026-11-21T20:40:00Z'))).toEqual({
      blue: 30,
      green: 1,
    });
  });
  test('of a slot without a datum are undefined, which is not zero', async () => {
    const { client } = cloudWatch({ blue: [10], green: [] });
    expect(await requestCounts(client, query('2026-11-21T20:30:00Z', '2026-11-21T20:40:00Z'))).toEqual({
      blue: 10,
      green: undefined,
    });
  });
  test('a published zero is zero', async () => {
    const { client } = cloudWatch({ green: [0] });
    expect((await requestCounts(client, query('2026-11-21T20:30:00Z', '2026-11-21T20:40:00Z'))).green).toBe(0);
  });
  test('come in pages', async () => {
    const { client, asked } = cloudWatch({ blue: [1] }, { blue: [2], green: [3] });
    expect(await requestCounts(client, query('2026-11-21T20:30:00Z', '2026-11-21T20:40:00Z'))).toEqual({
      blue: 3,
      green: 3,
    });
    expect(asked.map(({ NextToken }) => NextToken)).toEqual([undefined, 'page-1']);
  });
  test.each([
    ['2026-11-21T20:30:00.000Z', 60, '2026-11-21T20:30:00.000Z'],
    ['2026-11-21T20:30:00.001Z', 60, '2026-11-21T20:31:00.000Z'],
    ['2026-11-21T20:30:41.000Z', 60, '2026-11-21T20:31:00.000Z'],
    ['2026-11-21T20:30:41.000Z', 10, '2026-11-21T20:30:50.000Z'],
  ])('begun at %s, periods of %d s: a period that began before is left out, from %s', async (from, period, start) => {
    const { client, asked } = cloudWatch({});
    await requestCounts(client, query(from, '2026-11-21T20:40:00Z', period));
    expect(asked[0]!.StartTime.toISOString()).toBe(start);
  });
  test('before the first whole period nothing is asked and nothing is known', async () => {
    const { client, asked } = cloudWatch({ blue: [1] });
    expect(await requestCounts(client, query('2026-11-21T20:30:10Z', '2026-11-21T20:30:55Z'))).toEqual({
      blue: undefined,
      green: undefined,
    });
    expect(asked).toEqual([]);
  });
  test('are asked for by the names that CloudWatch gives load balancers and target groups', async () => {
    const { client, asked } = cloudWatch({});
    await requestCounts(client, query('2026-11-21T20:30:00Z', '2026-11-21T20:40:00Z'));
    expect(
      asked[0]!.MetricDataQueries.map(({ Id, MetricStat }) => [
        Id,
        MetricStat.Stat,
        ...MetricStat.Metric.Dimensions.map(({ Value }) => Value),
      ]),
    ).toEqual([
      ['blue', 'Sum', 'app/kong/50dc6c495c0c9188', 'targetgroup/blue/73e2d6bc24d8a067'],
      ['green', 'Sum', 'app/kong/50dc6c495c0c9188', 'targetgroup/green/73e2d6bc24d8a067'],
    ]);
  });
});
