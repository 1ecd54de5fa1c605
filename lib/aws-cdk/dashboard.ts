import { Stack, aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { EdgeSpec } from '../blueprint/spec';
import type { Slot } from '../traffic/weights';
import type { EdgeAlarms } from './alarms';
import { loadBalancerErrorShare, requestShare } from './metrics';
import type { SlotMetrics } from './metrics';

/** Both slots in every graph, in their own colours, and what the weights come to. */
export function edgeDashboard(
  scope: Construct,
  id: string,
  props: {
    readonly spec: EdgeSpec['alarms'];
    readonly metrics: Readonly<Record<Slot, SlotMetrics>>;
    readonly loadBalancerFullName: string;
    readonly alarms: EdgeAlarms;
  },
): cloudwatch.Dashboard {
  const { spec, metrics, alarms } = props;
  const both = (of: (slot: Slot) => cloudwatch.Metric | cloudwatch.MathExpression): cloudwatch.IMetric[] => [
    of('blue').with({ color: cloudwatch.Color.BLUE, label: 'blue' }),
    of('green').with({ color: cloudwatch.Color.GREEN, label: 'green' }),
  ];
  const graph = (
    title: string,
    left: cloudwatch.IMetric[],
    options: Partial<cloudwatch.GraphWidgetProps> = {},
  ): cloudwatch.IWidget =>
    new cloudwatch.GraphWidget({ title, left, leftYAxis: { min: 0 }, width: 8, height: 6, ...options });
  const limit = (value: number): Partial<cloudwatch.GraphWidgetProps> => ({
    leftAnnotations: [{ value, label: 'alarm', color: cloudwatch.Color.RED }],
  });

  return new cloudwatch.Dashboard(scope, id, {
    widgets: [
      [
        new cloudwatch.AlarmStatusWidget({
          title: `${Stack.of(scope).stackName}: alarms`,
          alarms: [...alarms.all],
          width: 24,
          height: 3,
        }),
      ],
      [
        graph(
          'Requests a minute',
          both((slot) => metrics[slot].requests()),
        ),
        graph(
          'Share of requests (what the weights come to)',
          both((slot) => requestShare(metrics, slot)),
          {
            stacked: true,
            leftYAxis: { min: 0, max: 1 },
          },
        ),
        graph(
          'Healthy nodes',
          both((slot) => metrics[slot].healthyNodes()),
        ),
      ],
      [
        graph(
          'Share of errors',
          both((slot) => metrics[slot].errorShare()),
          limit(spec.errorShare),
        ),
        graph(
          '99th percentile, seconds',
          both((slot) => metrics[slot].p99()),
          limit(spec.p99Seconds),
        ),
        graph('Errors of the load balancer itself', [loadBalancerErrorShare(props.loadBalancerFullName)]),
      ],
    ],
  });
}
