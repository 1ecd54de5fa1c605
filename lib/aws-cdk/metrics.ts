import { Duration, aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import type { aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { METRIC_PERIOD_SECONDS } from '../blueprint/metrics';
import type { Measure, MetricSpec } from '../blueprint/metrics';

/** A metric of the blueprint as CDK writes it. */
export const cdkMetric = (measure: Measure): cloudwatch.Metric | cloudwatch.MathExpression =>
  'expression' in measure
    ? new cloudwatch.MathExpression({
        expression: measure.expression,
        usingMetrics: Object.fromEntries(Object.entries(measure.metrics).map(([id, each]) => [id, single(each)])),
        period: PERIOD,
        label: measure.label,
      })
    : single(measure);

const PERIOD = Duration.seconds(METRIC_PERIOD_SECONDS);

const single = ({ namespace, name, statistic, dimensions }: MetricSpec): cloudwatch.Metric =>
  new cloudwatch.Metric({ namespace, metricName: name, statistic, dimensionsMap: { ...dimensions }, period: PERIOD });

/** `targetgroup/NAME/ID`, the CloudWatch dimension, of an imported group too. */
export const fullName = (group: elbv2.IApplicationTargetGroup): string =>
  'targetGroupFullName' in group
    ? (group as elbv2.ApplicationTargetGroup).targetGroupFullName
    : (group.targetGroupArn.split(':').at(-1) ?? '');
