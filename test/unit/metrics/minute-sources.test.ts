import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { minuteSources } from '../../../lib/metrics/minute-sources';

const edge = {
  loadBalancerArn: 'arn:1:2:3:4:loadbalancer/app/k/1',
  targetGroupArns: { blue: 'arn:b', green: 'arn:g' },
};
const cloudWatch = { send: () => Promise.resolve({ MetricDataResults: [] }) } as never;
const prometheus = { blue: ['http://127.0.0.1:9/metrics'], green: ['http://127.0.0.1:9/metrics'] };
const nlb = { nlb: { listenerArns: ['arn'], targetGroupArns: { blue: 'arn:b', green: 'arn:g' } } };
type Shift = Parameters<typeof minuteSources>[0]['shift'];

async function names(shift: Partial<Shift>): Promise<string[]> {
  const opened = minuteSources({
    shift: { periodSeconds: 60, metrics: {}, gates: { slowSeconds: 1 }, router: undefined, ...shift },
    edge,
    cloudWatch,
  });
  opened.start();
  const found = await Promise.all(opened.sources.map((source) => source(new Date(0), new Date(60_000))));
  await opened.stop();
  return found.map(({ source }) => source);
}

test("with the edge's own rules CloudWatch counts, and Kong's Prometheus tells what it cannot", async () => {
  expect(await names({})).toEqual(['CloudWatch']);
  expect(await names({ metrics: { prometheus } })).toEqual(['CloudWatch', "Kong's Prometheus"]);
});
test('access logs are instead of CloudWatch', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sources-'));
  const log = join(folder, 'access.log');
  writeFileSync(log, '');
  const accessLogs = { blue: [log], green: [log] };
  expect(await names({ metrics: { accessLogs } })).toEqual(['access logs']);
  expect(await names({ metrics: { accessLogs, prometheus }, router: nlb })).toEqual([
    'access logs',
    "Kong's Prometheus",
  ]);
  rmSync(folder, { recursive: true });
});
test('with another router CloudWatch cannot count by slot: what the settings name, or nothing', async () => {
  expect(await names({ router: nlb })).toEqual([]);
  expect(await names({ router: nlb, metrics: { prometheus } })).toEqual(["Kong's Prometheus"]);
});
