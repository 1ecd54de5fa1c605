import { loadBalancerErrorShare, slotMetrics } from '../../../lib/blueprint/metrics';
import type { MetricMath } from '../../../lib/blueprint/metrics';
import { SLOTS } from '../../../lib/traffic/weights';

const of = {
  loadBalancerFullName: 'app/kong/1',
  targetGroupFullNames: { blue: 'targetgroup/blue/2', green: 'targetgroup/green/3' },
};
const math = SLOTS.flatMap((slot) => {
  const { errorShare, requestShare } = slotMetrics(of, slot);
  return [errorShare, requestShare];
});

test('given a slot, then its metrics are those of its own target group behind the load balancer', () => {
  expect(slotMetrics(of, 'green').p99).toEqual({
    namespace: 'AWS/ApplicationELB',
    name: 'TargetResponseTime',
    statistic: 'p99',
    dimensions: { LoadBalancer: 'app/kong/1', TargetGroup: 'targetgroup/green/3' },
  });
});

test('given the share of errors, then connections that failed count, and no errors are zero', () => {
  const { errorShare } = slotMetrics(of, 'green');
  expect(errorShare.expression).toBe('(FILL(greenErrors, 0) + FILL(greenRefused, 0)) / greenRequests');
  expect(Object.entries(errorShare.metrics).map(([id, { name }]) => [id, name])).toEqual([
    ['greenErrors', 'HTTPCode_Target_5XX_Count'],
    ['greenRefused', 'TargetConnectionErrorCount'],
    ['greenRequests', 'RequestCount'],
  ]);
});

test('given the load balancer’s own errors, then no slot is asked', () => {
  for (const { dimensions } of Object.values(loadBalancerErrorShare(of).metrics))
    expect(dimensions).toEqual({ LoadBalancer: 'app/kong/1' });
});

test('given an expression, then it names every metric that it brings, by ids that CloudWatch takes', () => {
  for (const { expression, metrics } of [...math, loadBalancerErrorShare(of)] satisfies MetricMath[])
    for (const id of Object.keys(metrics)) {
      expect(id).toMatch(/^[a-z][A-Za-z0-9_]*$/);
      expect(expression).toMatch(new RegExp(`\\b${id}\\b`));
    }
});
