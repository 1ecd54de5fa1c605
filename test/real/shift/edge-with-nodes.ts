import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, request, type Server } from 'node:http';
import { join } from 'node:path';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { EDGE_OUTPUTS } from '../../../lib/blueprint/output-names';
import { weightsOf } from '../../../lib/traffic/rule-actions';
import { SLOTS, type Slot, type Weights } from '../../../lib/traffic/weights';
import { REGION } from '../../../local/demo/run';
import { Road } from '../road';

export const ROOT = join(__dirname, '..', '..', '..');
const COMMAND = join(ROOT, 'dist', 'bin', 'kong-dual-cluster.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

/**
 * A shift needs an edge and nodes that answer, not Kong and not a database: the edge is deployed by the real cdk command,
 * the nodes are HTTP servers of this process on addresses of their own, registered by hand. What the shift does is real:
 * the command as a process, its journal, the lock in the table, the rules of the local AWS.
 */
export class EdgeWithNodes {
  private readonly servers: Server[] = [];
  private readonly commands = new Set<ChildProcess>();
  private loading = false;
  private loaders: Promise<void>[] = [];
  readonly load = { sent: 0, failed: [] as string[] };
  /** Share (0–1) of the answers of a slot's nodes that are 503. */
  readonly badAnswers: Record<Slot, number> = { blue: 0, green: 0 };

  private constructor(
    readonly road: Road,
    readonly outputs: Record<string, string>,
  ) {}

  static async start(): Promise<EdgeWithNodes> {
    const road = await Road.start();
    try {
      await road.writeSettings();
      const edge = (await road.run.deploy(['kong-edge']))['kong-edge'] ?? {};
      const made = new EdgeWithNodes(road, edge);
      await made.nodes('blue', 2);
      await made.nodes('green', 2);
      await made.healthy('blue', 2);
      // Bakes of a second tell no comparison anything, and the timer of AWS counts minutes: tests that are about them set them.
      const gates = { errors: 'off', slow: 'off', refusals: 'off', sampleRatio: 'off' };
      const short = { bake: '1s', soak: '1s', minRequests: 0, maxExtension: '5s', periodSeconds: 1 };
      await made.edit({ ...short, gates, deadMan: 'off' });
      return made;
    } catch (error) {
      await road.stop();
      throw error;
    }
  }

  get elb(): ElasticLoadBalancingV2Client {
    return new ElasticLoadBalancingV2Client(this.aws);
  }
  get cloudWatch(): CloudWatchClient {
    return new CloudWatchClient(this.aws);
  }
  private get aws() {
    return {
      endpoint: this.road.run.world.endpoint,
      region: REGION,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    };
  }

  /** `shift` of the settings; `configWrites` is not what these tests are about. */
  async edit(shift: Record<string, unknown>): Promise<void> {
    await this.road.edit([
      { path: ['configWrites'], value: 'dualApply' },
      ...Object.entries(shift).map(([key, value]) => ({ path: ['shift', key], value })),
    ]);
  }

  /** Servers on `count` addresses, 127.9.N.x, that say which slot they are of. */
  private async nodes(slot: Slot, count: number): Promise<void> {
    const block = 1 + (process.pid % 250);
    for (let n = 1; n <= count; n += 1) {
      const address = `127.9.${block}.${(slot === 'blue' ? 10 : 20) + n}`;
      for (const port of [8000, 8100]) {
        const server = createServer((_, response) => {
          // Not of the health check: a node that is ill and looks well is what gates are for.
          if (port === 8000 && Math.random() < this.badAnswers[slot]) response.statusCode = 503;
          response.end(slot);
        });
        server.keepAliveTimeout = 65_000;
        await new Promise<void>((resolve) => server.listen(port, address, resolve));
        this.servers.push(server);
      }
      await this.elb.send(
        new RegisterTargetsCommand({ TargetGroupArn: this.targetGroup(slot), Targets: [{ Id: address, Port: 8000 }] }),
      );
    }
  }

  targetGroup(slot: Slot): string {
    return this.outputs[EDGE_OUTPUTS.targetGroupArn[slot]] ?? '';
  }
  get ruleArns(): string[] {
    return JSON.parse(this.outputs[EDGE_OUTPUTS.weightedRuleArns] ?? '[]') as string[];
  }

  private async healthy(slot: Slot, count: number): Promise<void> {
    for (let tries = 0; tries < 150; tries += 1) {
      const { TargetHealthDescriptions } = await this.elb.send(
        new DescribeTargetHealthCommand({ TargetGroupArn: this.targetGroup(slot) }),
      );
      if (TargetHealthDescriptions?.filter((t) => t.TargetHealth?.State === 'healthy').length === count) return;
      await sleep(200);
    }
    throw new Error(`${slot} did not become healthy`);
  }

  /** Weights of the proxy's rule as they live. */
  async weights(): Promise<Weights | undefined> {
    const { Rules } = await this.elb.send(new DescribeRulesCommand({ RuleArns: this.ruleArns }));
    const groups = { blue: this.targetGroup('blue'), green: this.targetGroup('green') };
    return weightsOf(Rules?.[0]?.Actions ?? [], groups);
  }

  /** What a person does in the console. */
  async setByHand(weights: Weights): Promise<void> {
    await this.elb.send(
      new ModifyRuleCommand({
        RuleArn: this.ruleArns[0],
        Actions: [
          {
            Type: 'forward',
            ForwardConfig: {
              TargetGroups: SLOTS.map((slot) => ({ TargetGroupArn: this.targetGroup(slot), Weight: weights[slot] })),
            },
          },
        ],
      }),
    );
  }

  /** An alarm of the owner's, on a metric without data, so that a state set by hand stays (TreatMissingData ignore). */
  async alarm(name: string, state: 'OK' | 'ALARM'): Promise<void> {
    await this.cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName: name,
        Namespace: 'Test',
        MetricName: name,
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'ignore',
      }),
    );
    await this.setAlarm(name, state);
  }
  /** The edge's alarms stay and breach at nothing that a test does: what a comparison finds is not found by them first. */
  async deafenAlarms(): Promise<void> {
    const { MetricAlarms = [] } = await this.cloudWatch.send(new DescribeAlarmsCommand({}));
    for (const { AlarmName, EvaluationPeriods, ComparisonOperator, Metrics, ...alarm } of MetricAlarms) {
      if (Metrics === undefined && alarm.MetricName === undefined) continue;
      const deaf = { AlarmName, EvaluationPeriods, ComparisonOperator, TreatMissingData: 'notBreaching' };
      const one = {
        Namespace: alarm.Namespace,
        MetricName: alarm.MetricName,
        Dimensions: alarm.Dimensions,
        Statistic: alarm.Statistic,
        ExtendedStatistic: alarm.ExtendedStatistic,
        Period: alarm.Period,
      };
      await this.cloudWatch.send(
        new PutMetricAlarmCommand({ ...deaf, ...(Metrics?.length ? { Metrics } : one), Threshold: 1e9 }),
      );
    }
  }
  async setAlarm(name: string, state: 'OK' | 'ALARM'): Promise<void> {
    await this.cloudWatch.send(
      new SetAlarmStateCommand({ AlarmName: name, StateValue: state, StateReason: 'set by the test' }),
    );
  }

  /** Requests through the load balancer until `stopLoad`; every answer must be 200. */
  startLoad(connections = 4, pauseMs = 15): void {
    this.loading = true;
    const url = this.road.run.world.loadBalancerUrl(this.outputs[EDGE_OUTPUTS.loadBalancerDns] ?? '', 80);
    this.loaders = Array.from({ length: connections }, async () => {
      while (this.loading) {
        this.load.sent += 1;
        await ask(url).then(
          (status) => status !== 200 && this.load.failed.push(String(status)),
          (error: Error) => this.load.failed.push(error.message),
        );
        await sleep(pauseMs);
      }
    });
  }
  async stopLoad(): Promise<void> {
    this.loading = false;
    await Promise.all(this.loaders);
  }

  /** The command as a process; `started` gives it before it has ended. */
  run(
    args: readonly string[],
    options: { env?: Record<string, string>; started?: (child: ChildProcess) => void } = {},
  ): Promise<Ended> {
    const begun = Date.now();
    const child = spawn(process.execPath, [COMMAND, ...args], {
      cwd: this.road.folder,
      env: { ...process.env, ...this.road.run.world.environment, NO_COLOR: '1', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.commands.add(child);
    options.started?.(child);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    return new Promise((resolve) =>
      child.on('close', (code) => {
        this.commands.delete(child);
        resolve({ code, stdout, stderr, milliseconds: Date.now() - begun });
      }),
    );
  }

  async stop(): Promise<void> {
    for (const child of this.commands) child.kill('SIGKILL');
    await this.stopLoad();
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
    await this.road.stop();
  }
}

const ask = (url: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { timeout: 10_000 }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end();
  });

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until something holds. */
export async function until(what: string, test: () => Promise<boolean> | boolean, seconds = 30): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(100)) if (await test()) return;
  throw new Error(`${what} did not happen within ${seconds} s`);
}
