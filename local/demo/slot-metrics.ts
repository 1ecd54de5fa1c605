import { GetMetricDataCommand, type CloudWatchClient, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { SLOTS, type Slot } from '../../lib/traffic/weights';
import { dimensionOf, NAMESPACE } from '../load-balancer/metrics';
import type { SlotSecond } from './report/data';

export interface MetricsOf {
  readonly loadBalancerArn: string;
  readonly targetGroupArns: Readonly<Record<Slot, string>>;
}

/** Result field -> metric and statistic, of a slot. */
const WANTED = {
  requests: ['RequestCount', 'Sum'],
  answers5xx: ['HTTPCode_Target_5XX_Count', 'Sum'],
  connectionErrors: ['TargetConnectionErrorCount', 'Sum'],
  p50: ['TargetResponseTime', 'p50'],
  p99: ['TargetResponseTime', 'p99'],
} as const;
type Wanted = keyof typeof WANTED;

/**
 * What the load balancer itself counted, by slot and second: who got a request is its knowledge, not the client's. The
 * local AWS has data by the second and keeps them 15 minutes (local/MODEL.md); AWS has them by the minute.
 * @param epoch zero of `at`, milliseconds; whole seconds
 */
export async function slotMetrics(
  cloudWatch: CloudWatchClient,
  of: MetricsOf,
  epoch: number,
  until: number,
): Promise<{ seconds: SlotSecond[]; loadBalancerErrors: number }> {
  const LoadBalancer = dimensionOf(of.loadBalancerArn);
  const queries = SLOTS.flatMap((slot) =>
    (Object.keys(WANTED) as Wanted[]).map((name) => {
      const [metric, statistic] = WANTED[name];
      const TargetGroup = dimensionOf(of.targetGroupArns[slot]);
      return query(`${slot}_${name}`, metric, statistic, { LoadBalancer, TargetGroup });
    }),
  );
  queries.push(query('loadBalancer', 'HTTPCode_ELB_5XX_Count', 'Sum', { LoadBalancer }));

  const seconds = new Map<string, Record<Wanted, number | undefined>>();
  let loadBalancerErrors = 0;
  let NextToken: string | undefined;
  do {
    const page = await cloudWatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(epoch),
        EndTime: new Date(until),
        MetricDataQueries: queries,
        NextToken,
      }),
    );
    for (const { Id = '', Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
      const [slot, name] = Id.split('_');
      for (const [index, timestamp] of Timestamps.entries()) {
        const value = Values[index] ?? 0;
        if (Id === 'loadBalancer') loadBalancerErrors += value;
        else {
          const key = `${slot} ${Math.round((timestamp.getTime() - epoch) / 1000)}`;
          seconds.set(key, { ...NOTHING, ...seconds.get(key), [name as Wanted]: value });
        }
      }
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return {
    seconds: [...seconds].map(([key, values]) => second(key, values)).sort((a, b) => a.at - b.at),
    loadBalancerErrors,
  };
}

const NOTHING: Record<Wanted, number | undefined> = {
  requests: undefined,
  answers5xx: undefined,
  connectionErrors: undefined,
  p50: undefined,
  p99: undefined,
};

/** A count without a datum is a zero here: the load balancer published this second. */
function second(key: string, { requests, answers5xx, connectionErrors, p50, p99 }: typeof NOTHING): SlotSecond {
  const [slot, at] = key.split(' ');
  return {
    at: Number(at),
    slot: slot as Slot,
    requests: requests ?? 0,
    errors: (answers5xx ?? 0) + (connectionErrors ?? 0),
    p50,
    p99,
  };
}

const query = (
  Id: string,
  MetricName: string,
  Stat: string,
  dimensions: Readonly<Record<string, string>>,
): MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: {
      Namespace: NAMESPACE,
      MetricName,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: 1,
    Stat,
  },
});
