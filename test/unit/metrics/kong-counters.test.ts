import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kongCounters } from '../../../lib/metrics/kong-counters';

const recorded = (name: string) =>
  readFileSync(join(__dirname, '..', '..', 'recorded', 'metrics', `${name}.txt`), 'utf8');

describe('what a node has counted', () => {
  test('Kong 2.8.5: kong_http_status, all services and routes together', () => {
    expect(kongCounters(recorded('kong-2.8.5'), 1)).toEqual({
      start: '/31140',
      requests: 132,
      errors: 3,
      refusals: { 401: 13, 403: 5, 429: 2 },
      slow: 0,
    });
  });
  test('Kong 3.4.2 with its flags on: kong_http_requests_total, of the services and of Kong itself', () => {
    expect(kongCounters(recorded('kong-3.4.2'), 1)).toEqual({
      start: '46d3f33f-37f2-4e7d-98ac-fb985f3c9035/21662',
      requests: 6,
      errors: 1,
      refusals: { 401: 1, 403: 0, 429: 0 },
      slow: 0,
    });
  });
  test('Kong 3.4.2 as it comes has no counters: that is not zero', () => {
    expect(kongCounters(recorded('kong-3.4.2-flags-off'), 1)).toBeUndefined();
  });
  test('slow requests are those beyond the bucket that ends at the limit', () => {
    // 2.8.5: of four requests of rl-cluster three took 2 ms at most.
    const text = recorded('kong-2.8.5')
      .split('\n')
      .filter((line) => !line.startsWith('kong_latency') || line.includes('rl-cluster'))
      .join('\n');
    expect(kongCounters(text, 0.002)?.slow).toBe(1);
    expect(kongCounters(text, 0.025)?.slow).toBe(0);
  });
  test('a series without a bucket at the limit has nothing below it', () => {
    const text = [
      'kong_http_status{service="a",route="a",code="200"} 5',
      'kong_latency_bucket{service="a",route="a",type="request",le="1000"} 3',
      'kong_latency_bucket{service="a",route="a",type="request",le="+Inf"} 3',
      'kong_latency_bucket{service="b",route="b",type="request",le="2000"} 2',
      'kong_latency_bucket{service="b",route="b",type="request",le="+Inf"} 2',
      'kong_latency_bucket{service="b",route="b",type="upstream",le="1000"} 2',
    ].join('\n');
    expect(kongCounters(text, 1)?.slow).toBe(2);
  });
  test('a limit that no bucket ends at cannot be counted by: 2.8.5 has 0.5 s, 3.4.2 has not', () => {
    expect(kongCounters(recorded('kong-2.8.5'), 0.5)).toHaveProperty('slow');
    expect(kongCounters(recorded('kong-3.4.2'), 0.5)).not.toHaveProperty('slow');
  });
});
