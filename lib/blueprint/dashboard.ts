import { SLOTS } from '../traffic/weights';
import type { Slot } from '../traffic/weights';
import { METRIC_PERIOD_SECONDS, loadBalancerErrorShare, slotMetrics } from './metrics';
import type { EdgeDimensions, Measure, MetricSpec, SlotMetrics } from './metrics';
import type { EdgeSpec } from './spec';

export interface DashboardProps extends EdgeDimensions {
  /** Of the edge's stack. */
  readonly stackName: string;
  readonly region: string;
  readonly spec: Pick<EdgeSpec['alarms'], 'errorShare' | 'p99Seconds'>;
  readonly alarmArns: readonly string[];
}

/** Both slots in every graph, in their own colours, and what the weights come to, as CloudWatch's dashboard body. */
export function dashboardBody(props: DashboardProps): Readonly<Record<string, unknown>> {
  const { spec, region } = props;
  const both = (of: (metrics: SlotMetrics) => Measure): Line[] =>
    SLOTS.map((slot) => ({ measure: of(slotMetrics(props, slot)), label: slot, color: COLOR[slot] }));
  const own = loadBalancerErrorShare(props);
  const graphs: Graph[] = [
    { title: 'Requests a minute', lines: both(({ requests }) => requests) },
    {
      title: 'Share of requests (what the weights come to)',
      lines: both(({ requestShare }) => requestShare),
      stacked: true,
      max: 1,
    },
    { title: 'Healthy nodes', lines: both(({ healthyNodes }) => healthyNodes) },
    { title: 'Share of errors', lines: both(({ errorShare }) => errorShare), limit: spec.errorShare },
    { title: '99th percentile, seconds', lines: both(({ p99 }) => p99), limit: spec.p99Seconds },
    { title: 'Errors of the load balancer itself', lines: [{ measure: own, label: own.label }] },
  ];
  return {
    widgets: [
      {
        type: 'alarm',
        ...at(0, 0, 24, STATUS_HEIGHT),
        properties: { title: `${props.stackName}: alarms`, alarms: props.alarmArns },
      },
      ...graphs.map((graph, index) => ({
        type: 'metric',
        ...at((index % 3) * 8, STATUS_HEIGHT + Math.floor(index / 3) * 6, 8, 6),
        properties: properties(graph, region),
      })),
    ],
  };
}

interface Line {
  readonly measure: Measure;
  readonly label: string;
  readonly color?: string;
}
interface Graph {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly stacked?: boolean;
  /** Of the left axis, which begins at zero. */
  readonly max?: number;
  /** Where the alarm is. */
  readonly limit?: number;
}

const STATUS_HEIGHT = 3;
const COLOR: Readonly<Record<Slot, string>> = { blue: '#1f77b4', green: '#2ca02c' };
const ALARM_COLOR = '#d62728';

const at = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });

const properties = ({ title, lines, stacked, max, limit }: Graph, region: string) => ({
  view: 'timeSeries',
  title,
  region,
  ...(stacked && { stacked }),
  metrics: rows(lines),
  ...(limit !== undefined && {
    annotations: { horizontal: [{ value: limit, label: 'alarm', color: ALARM_COLOR, yAxis: 'left' }] },
  }),
  yAxis: { left: { min: 0, ...(max !== undefined && { max }) } },
});

/** A metric's row is `[namespace, name, dimension, value, …, options]`; an id stands once in a graph, and is not shown. */
function rows(lines: readonly Line[]): unknown[] {
  const made: unknown[] = [];
  const ids = new Set<string>();
  for (const { measure, label, color } of lines) {
    const shown = { label, ...(color !== undefined && { color }) };
    if (!('expression' in measure)) {
      made.push(row(measure, shown));
      continue;
    }
    made.push([{ expression: measure.expression, ...shown, period: METRIC_PERIOD_SECONDS }]);
    for (const [id, metric] of Object.entries(measure.metrics)) {
      if (ids.has(id)) continue;
      ids.add(id);
      made.push(row(metric, { id, visible: false }));
    }
  }
  return made;
}

const row = ({ namespace, name, statistic, dimensions }: MetricSpec, options: Record<string, unknown>): unknown[] => [
  namespace,
  name,
  ...Object.entries(dimensions).flat(),
  { ...options, stat: statistic, period: METRIC_PERIOD_SECONDS },
];
