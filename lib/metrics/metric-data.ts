import { GetMetricDataCommand, type CloudWatchClient, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';

/** Values by query id and start of their period, seconds since the epoch. */
export type MetricData = ReadonlyMap<string, ReadonlyMap<number, number>>;

/**
 * All pages of one GetMetricData. A metric whose last word is not that it is complete would be taken for zero where its
 * points are missing, so that the call fails then (CloudWatch API, `MetricDataResult.StatusCode`: PartialData is mended by
 * the next page, and the others by another call).
 * @throws an error that is named like one of AWS: AccessDeniedException, or InternalFailure, which may pass
 */
export async function metricData(
  cloudWatch: CloudWatchClient,
  asked: { readonly from: Date; readonly to: Date; readonly queries: MetricDataQuery[] },
): Promise<MetricData> {
  const values = new Map<string, Map<number, number>>();
  const partial = new Set<string>();
  let NextToken: string | undefined;
  do {
    const page = await cloudWatch.send(
      new GetMetricDataCommand({
        StartTime: asked.from,
        EndTime: asked.to,
        MetricDataQueries: asked.queries,
        NextToken,
      }),
    );
    for (const { Id = '', Timestamps = [], Values = [], StatusCode } of page.MetricDataResults ?? []) {
      if (StatusCode === 'InternalError' || StatusCode === 'Forbidden') throw new MetricNotRead(Id, StatusCode);
      if (StatusCode === 'PartialData') partial.add(Id);
      else partial.delete(Id);
      const series = values.get(Id) ?? new Map<number, number>();
      Timestamps.forEach((at, index) => {
        const value = Values[index];
        if (value === undefined || !Number.isFinite(value)) throw new MetricNotRead(Id, 'a point without a value');
        series.set(at.getTime() / 1000, value);
      });
      values.set(Id, series);
    }
    NextToken = page.NextToken;
  } while (NextToken);
  const [first] = partial;
  if (first !== undefined) throw new MetricNotRead(first, 'PartialData');
  return values;
}

/** CloudWatch answered, but not for one of the metrics: like a call that failed. */
class MetricNotRead extends Error {
  constructor(id: string, status: string) {
    super(`CloudWatch did not read ${id}: ${status}`);
    this.name = status === 'Forbidden' ? 'AccessDeniedException' : 'InternalFailure';
  }
}
