import { Match } from 'aws-cdk-lib/assertions';
import { makeEdge, systemSpec } from './fixtures';

const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:ops';

describe('given the alarms of the edge', () => {
  const { template, edge } = makeEdge(systemSpec({ alarms: { topicArn: TOPIC, errorShare: 0.02, p99Seconds: 1.5 } }));

  test('each slot has its share of errors, connection errors counted, over its own requests', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Threshold: 0.02,
      TreatMissingData: 'missing',
      Metrics: Match.arrayWith([
        Match.objectLike({ Expression: '(FILL(greenErrors, 0) + FILL(greenRefused, 0)) / greenRequests' }),
        Match.objectLike({
          Id: 'greenRefused',
          MetricStat: Match.objectLike({ Metric: Match.objectLike({ MetricName: 'TargetConnectionErrorCount' }) }),
        }),
      ]),
    });
  });

  test('a slot without requests is no data and not fine; the load balancer’s own errors are none when nothing is said', () => {
    template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { TreatMissingData: 'missing' }, 6);
    template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { TreatMissingData: 'notBreaching' }, 1);
  });

  test('response time is the 99th percentile, evaluated however few requests there were', () => {
    template.resourcePropertiesCountIs(
      'AWS::CloudWatch::Alarm',
      { ExtendedStatistic: 'p99', Threshold: 1.5, EvaluateLowSampleCountPercentile: Match.absent() },
      2,
    );
  });

  test('one node that does not answer is enough', () => {
    template.resourcePropertiesCountIs(
      'AWS::CloudWatch::Alarm',
      { MetricName: 'UnHealthyHostCount', Statistic: 'Maximum', Threshold: 0 },
      2,
    );
  });

  test('all of them tell the topic, and are there for whoever uses the construct', () => {
    template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { AlarmActions: [TOPIC] }, 7);
    expect(edge.alarms.all).toHaveLength(7);
    expect(edge.alarms.all).toContain(edge.alarms.green.p99);
  });

  test('their names are an output, by what they watch', () => {
    // The names are CloudFormation's, so the output is text with a reference to each.
    const [head, parts] = template.findOutputs('AlarmNames').AlarmNames!.Value['Fn::Join'] as [string, unknown[]];
    const idOf = (part: unknown) => (typeof part === 'string' ? part : (part as { Ref: string }).Ref);
    const names = JSON.parse(parts.map(idOf).join(head)) as Record<string, string[]>;
    const meant = (of: string) => expect.stringMatching(new RegExp(`^EdgeAlarms${of}`)) as string;
    const slot = (of: string) => [meant(`${of}ErrorShare`), meant(`${of}P99`), meant(`${of}UnhealthyNodes`)];
    expect(names).toEqual({ blue: slot('Blue'), green: slot('Green'), loadBalancer: [meant('LoadBalancerErrors')] });
    expect(Object.keys(template.findResources('AWS::CloudWatch::Alarm'))).toEqual(
      expect.arrayContaining(Object.values(names).flat()),
    );
  });

  test('the dashboard shows both slots in one graph and what the weights come to', () => {
    const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
    expect(dashboard!.Properties.DashboardName).toBeUndefined();
    const body = JSON.stringify(dashboard!.Properties.DashboardBody);
    expect(body).toContain('what the weights come to');
    for (const slot of ['blue', 'green']) expect(body).toContain(`FILL(${slot}, 0) / (FILL(blue, 0) + FILL(green, 0))`);
  });
});
