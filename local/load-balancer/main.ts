import { CloudWatchClient, PutMetricDataCommand, type MetricDatum } from '@aws-sdk/client-cloudwatch';
import { Agent, request } from 'node:http';
import { Forwarder } from './forwarder';
import { HealthChecker } from './health-checker';
import { MetricsFold, NAMESPACE } from './metrics';
import { canBindLowPorts } from './ports';
import { compile, NO_ROUTES } from './routes';
import { Sockets } from './sockets';
import type { LoadBalancerState } from './state';

/**
 * The load balancer of the local AWS. Environment: `GATEWAY` (URL of the local AWS), `AWS_*` (region, credentials),
 * `KDC_LOCAL_TIME_SCALE` (factor on health check intervals, above 0, default 1). Ends when its standard input closes.
 */
const POLL_MS = 100;
/** Metrics are published each second (AWS: each minute), just after it has ended. */
const METRICS_MS = 1000;
const AFTER_THE_SECOND_MS = 5;
/** `PutMetricData` takes at most 1000 data in one request. */
const METRICS_BATCH = 500;
/** Data that wait at most for a local AWS that does not answer; the oldest go first. */
const UNSENT = 20_000;

const agent = new Agent({ keepAlive: true });
const log = (line: string): void => void process.stdout.write(`load-balancer: ${line}\n`);

function call(method: 'GET' | 'POST', url: string, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers =
      body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    const sent = request(url, { method, agent, headers, timeout: 5000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode !== undefined && response.statusCode < 300) resolve(text);
        else reject(new Error(`${method} ${url} answered ${response.statusCode}: ${text.slice(0, 200)}`));
      });
    });
    sent.on('timeout', () => sent.destroy(new Error(`${method} ${url} did not answer in 5 s`)));
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Says a failure when it begins, not each time it repeats. */
function quiet(what: string): { failed(error: unknown): void; passed(): void } {
  let said = '';
  return {
    failed(error) {
      const text = error instanceof Error ? error.message || error.name : String(error);
      if (text !== said) log(`${what}: ${text}`);
      said = text;
    },
    passed() {
      said = '';
    },
  };
}

async function main(): Promise<void> {
  const gateway = process.env['GATEWAY'];
  const timeScale = Number(process.env['KDC_LOCAL_TIME_SCALE'] ?? 1);
  if (gateway === undefined || !(timeScale > 0)) {
    process.stderr.write('load-balancer: set GATEWAY to the URL of the local AWS, KDC_LOCAL_TIME_SCALE above 0\n');
    process.exit(64);
  }
  const { createProxyServer } = await import('httpxy');
  let routes = NO_ROUTES;
  const metrics = new MetricsFold();
  const health = new HealthChecker(timeScale);
  const forwarder = new Forwarder(createProxyServer(), health, metrics, () => routes);
  const sockets = new Sockets(forwarder, await canBindLowPorts(), log);

  const polling = quiet('cannot read the load balancers, the last ones stay');
  const reporting = quiet('cannot report target health');
  let lastState = '';
  let lastReport = '';
  const poll = async (): Promise<void> => {
    try {
      const text = await call('GET', `${gateway}/_local/load-balancers`);
      if (text !== lastState) {
        routes = compile(JSON.parse(text) as LoadBalancerState);
        lastState = text;
        health.apply(routes);
      }
      sockets.apply(routes);
      polling.passed();
    } catch (error) {
      polling.failed(error);
    }
    const report = JSON.stringify(health.report());
    if (report !== lastReport) {
      try {
        await call('POST', `${gateway}/_local/target-health`, report);
        lastReport = report;
        reporting.passed();
      } catch (error) {
        reporting.failed(error);
      }
    }
    setTimeout(() => void poll(), POLL_MS);
  };

  const cloudWatch = new CloudWatchClient({ endpoint: gateway, maxAttempts: 1, disableRequestCompression: true });
  const publishing = quiet('cannot publish metrics, they are kept');
  let unsent: MetricDatum[] = [];
  const untilNextSecond = (): number => METRICS_MS - (Date.now() % METRICS_MS) + AFTER_THE_SECOND_MS;
  const publish = async (): Promise<void> => {
    health.countHosts(metrics);
    const second = new Date((Math.floor(Date.now() / METRICS_MS) - 1) * METRICS_MS);
    unsent.push(...metrics.drain(second));
    unsent = unsent.slice(-UNSENT);
    try {
      while (unsent.length > 0) {
        const batch = unsent.slice(0, METRICS_BATCH);
        await cloudWatch.send(new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData: batch }));
        unsent = unsent.slice(batch.length);
      }
      publishing.passed();
    } catch (error) {
      publishing.failed(error);
    }
    setTimeout(() => void publish(), untilNextSecond());
  };

  void poll();
  setTimeout(() => void publish(), untilNextSecond());
}

process.stdin.on('close', () => process.exit(0));
process.stdin.on('end', () => process.exit(0));
process.stdin.resume();
void main();
