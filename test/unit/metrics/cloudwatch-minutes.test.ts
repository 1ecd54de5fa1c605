import { cloudWatchMinutes } from '../../../lib/metrics/cloudwatch-minutes';

const LB = 'arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/app/kong/50dc6c495c0c9188';
const group = (slot: string) => `arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/${slot}/73e2d6bc24d8a067`;
const START = Date.parse('2026-11-21T20:00:00Z');
const at = (minutes: number): Date => new Date(START + minutes * 60_000);

interface Input {
  StartTime: Date;
  EndTime: Date;
  NextToken?: string;
}

/** CloudWatch with points by query id and minute since START, one page a query; a point is there once it was published. */
function world(periodSeconds = 60) {
  const points: { id: string; minute: number; value: number; published: number }[] = [];
  const asked: Input[] = [];
  const state = { now: at(0).getTime(), status: 'Complete' };
  const send = ({ input }: { input: Input }) => {
    if (!input.NextToken) asked.push(input);
    const seen = points.filter(
      ({ minute, published }) => published <= state.now && at(minute) >= input.StartTime && at(minute) < input.EndTime,
    );
    const ids = [...new Set(seen.map(({ id }) => id))];
    const page = Number(input.NextToken ?? 0);
    const of = seen.filter(({ id }) => id === ids[page]);
    return Promise.resolve({
      MetricDataResults: [
        {
          Id: ids[page],
          StatusCode: state.status,
          Timestamps: of.map((p) => at(p.minute)),
          Values: of.map((p) => p.value),
        },
      ],
      ...(page + 1 < ids.length && { NextToken: String(page + 1) }),
    });
  };
  const source = cloudWatchMinutes({ send } as never, {
    loadBalancerArn: LB,
    targetGroupArns: { blue: group('blue'), green: group('green') },
    periodSeconds,
    slowSeconds: 1,
    now: () => state.now,
  });
  const put = (id: string, minute: number, value: number, publishedAfter = 1): void => {
    points.push({ id, minute, value, published: at(minute + publishedAfter).getTime() });
  };
  return { source, put, asked, state };
}

test('the counts of each minute, oldest first, from all pages', async () => {
  const { source, put, state } = world();
  for (const minute of [0, 1]) {
    put('blue_requests', minute, 100 + minute);
    put('blue_ok', minute, 100 + minute);
    put('green_requests', minute, 10);
    put('green_failed', minute, 2);
  }
  state.now = at(5).getTime();
  const reading = await source(at(0), at(5));
  expect(reading.source).toBe('CloudWatch');
  expect(reading.periodSeconds).toBe(60);
  expect(reading.minutes.map(({ at: start, slots }) => [start, slots.blue?.requests, slots.green?.errors])).toEqual([
    ['2026-11-21T20:00:00.000Z', 100, 2],
    ['2026-11-21T20:01:00.000Z', 101, 2],
  ]);
});

test('a minute in which nobody published anything is not there', async () => {
  const { source, put, state } = world();
  put('blue_requests', 0, 1);
  put('blue_requests', 2, 1);
  state.now = at(4).getTime();
  expect((await source(at(0), at(4))).minutes).toHaveLength(2);
});

test('a minute is settled two periods after its end, with what came late', async () => {
  const { source, put, state } = world();
  put('blue_requests', 0, 100);
  put('blue_failed', 0, 7, 2.5);
  state.now = at(1.5).getTime();
  expect((await source(at(0), at(1.5))).minutes[0]).toMatchObject({ settled: false, slots: { blue: { errors: 0 } } });
  state.now = at(3).getTime();
  expect((await source(at(0), at(3))).minutes[0]).toMatchObject({ settled: true, slots: { blue: { errors: 7 } } });
});

test('the minute under way is not asked for, whatever the end is', async () => {
  const { source, state, asked } = world();
  state.now = at(1.5).getTime();
  await source(at(0), at(60));
  expect(asked).toMatchObject([{ StartTime: at(0), EndTime: at(1) }]);
});

test('CloudWatch is asked twice a period at most, and for settled minutes never again', async () => {
  const { source, put, state, asked } = world();
  for (let minute = 0; minute < 60; minute += 1) put('blue_requests', minute, 1);
  for (let seconds = 0; seconds <= 600; seconds += 2) {
    state.now = at(30).getTime() + seconds * 1000;
    await source(at(0), new Date(state.now));
  }
  expect(asked.length).toBeGreaterThanOrEqual(10);
  expect(asked.length).toBeLessThanOrEqual(21);
  expect(asked[0]?.StartTime).toEqual(at(0));
  expect(asked.slice(1).every(({ StartTime }) => StartTime >= at(28))).toBe(true);
  // 20:37 ends at 38 and is settled at 40, with this very call.
  expect(asked.at(-1)?.StartTime).toEqual(at(37));
});

test('a time before the last one asked for is asked for at once', async () => {
  const { source, put, state, asked } = world();
  put('blue_requests', 10, 1);
  put('blue_requests', 19, 1);
  state.now = at(20).getTime();
  await source(at(15), at(20));
  expect((await source(at(10), at(20))).minutes).toHaveLength(2);
  expect(asked).toHaveLength(2);
});

test('points that stop are stale', async () => {
  const { source, put, state } = world();
  put('blue_requests', 0, 1);
  state.now = at(4).getTime();
  expect((await source(at(0), at(4))).staleSeconds).toBeUndefined();
  state.now = at(4.5).getTime();
  expect((await source(at(0), at(4.5))).staleSeconds).toBe(210);
});

test('with a period of one second all of it takes seconds', async () => {
  const { source, put, state } = world(1);
  put('blue_requests', 0, 5, 0.02);
  state.now = START + 2000;
  expect((await source(at(0), new Date(state.now))).minutes[0]?.settled).toBe(false);
  state.now = START + 3000;
  expect((await source(at(0), new Date(state.now))).minutes[0]?.settled).toBe(true);
});

test('a metric that CloudWatch could not read is no zero: the look fails as a call does, and the next one asks again', async () => {
  const { source, put, state } = world();
  put('blue_requests', 0, 1);
  state.now = at(5).getTime();
  state.status = 'InternalError';
  await expect(source(at(0), at(5))).rejects.toMatchObject({ name: 'InternalFailure' });
  state.status = 'Forbidden';
  await expect(source(at(0), at(5))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  state.status = 'Complete';
  expect((await source(at(0), at(5))).minutes).toHaveLength(1);
});
