import { watch } from './edge-parts';
import { resource, synth } from './synth';
import { unescape } from './unescape';

describe('given the dashboard of the edge', () => {
  const dashboard = resource(
    synth((stack) => void watch(stack)),
    'aws_cloudwatch_dashboard',
  );

  test('then its name has the region, because an account has one list of dashboards', () => {
    expect(dashboard['dashboard_name']).toBe('kong-edge-${data.aws_region.KongRegion.region}');
  });

  test('then its body is JSON with references to the alarms, the load balancer and the target groups', () => {
    const { widgets } = JSON.parse(unescape(dashboard['dashboard_body'])) as {
      widgets: { properties: { alarms?: string[]; region?: string; metrics?: unknown[][] } }[];
    };
    expect(widgets[0]!.properties.alarms).toHaveLength(7);
    for (const arn of widgets[0]!.properties.alarms!)
      expect(arn).toMatch(/^\$\{aws_cloudwatch_metric_alarm\.\w+\.arn\}$/);
    expect(widgets[1]!.properties.region).toBe('${data.aws_region.KongRegion.region}');
    expect(widgets[1]!.properties.metrics![1]).toEqual([
      'AWS/ApplicationELB',
      'RequestCount',
      'LoadBalancer',
      '${data.aws_ssm_parameter.LoadBalancer.insecure_value}',
      'TargetGroup',
      '${data.aws_ssm_parameter.Green.insecure_value}',
      expect.objectContaining({ label: 'green', stat: 'Sum', period: 60 }),
    ]);
  });
});
