import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { writeFile } from 'node:fs/promises';
import { EDGE_OUTPUTS } from '../../lib/blueprint/output-names';
import { updateSettingsFile } from '../../lib/settings/write';
import { bootstrap, DRAIN_SECONDS, importCertificate, startTheWorld } from './common';
import { configuration } from './configuration';
import { until } from './gateway';
import { Load } from './load';
import { loadRequests } from './load-requests';
import { OWNERS_ALARM, OwnersAlarm } from './owners-alarm';
import { reportOf } from './report-of-run';
import { renderReport } from './report/page';
import { Round, type Gate } from './round';
import type { DemoRun } from './run';
import { ACCOUNT, clientOptions, REGION } from './run';
import { slotMetrics, type MetricsOf } from './slot-metrics';
import type { Step } from './steps';
import type { DemoResult } from './summary';
import { WeightsWatch } from './weights-watch';

/** Enough for 20,000 requests in the time from the first configuration to the end, and no more than two cores carry. */
const LOAD = { perSecond: 170, connections: 8 };
/**
 * The defaults are 10 minutes, 30 minutes and 100 requests; a demo shows the same in seconds. At 5 % of its load some 200
 * requests come in the longest time that a stage may take: enough to say that fewer than 5 % of the answers are bad, and
 * nothing finer.
 */
const SHIFT = {
  bake: '5s',
  soak: '5s',
  minRequests: 15,
  maxExtension: '20s',
  periodSeconds: 1,
  gates: { objective: 0.05 },
  alarms: [OWNERS_ALARM],
};

/**
 * The main road, twice: blue 2.8 to green 3.4.1 with a shift that is rolled back on purpose before the one that goes
 * through, then green back to blue at 3.4.2, under one load of requests.
 */
export async function mainJourney(run: DemoRun): Promise<DemoResult> {
  let gate: Gate | undefined;
  const edge = (): Gate => {
    if (gate === undefined) throw new Error('the edge is not deployed yet');
    return gate;
  };
  const rounds = [
    new Round(run, edge, {
      number: 1,
      from: 'blue',
      to: 'green',
      before: '2.8',
      version: '3.4.1',
      rollsBackFirst: true,
    }),
    new Round(run, edge, {
      number: 2,
      from: 'green',
      to: 'blue',
      before: '3.4.1',
      version: '3.4.2',
      rollsBackFirst: false,
    }),
  ];
  const steps: Step<DemoRun>[] = [
    startTheWorld,
    bootstrap,
    {
      title: 'deploy the edge and the blue cluster (Kong 2.8)',
      short: 'edge + blue',
      async run(run, show) {
        await new OwnersAlarm(run).create();
        await run.writeCdkJson();
        await run.copyExample();
        const certificateArn = await importCertificate(run);
        await updateSettingsFile(run.settingsPath, [
          { path: ['account'], value: ACCOUNT },
          { path: ['region'], value: REGION },
          { path: ['edge', 'https'], value: { certificateArn } },
          { path: ['edge', 'testerHeader'], value: {} },
          { path: ['edge', 'drainSeconds'], value: DRAIN_SECONDS },
          { path: ['shift'], value: SHIFT },
        ]);
        const outputs = await run.deploy(['kong-edge', 'kong-blue'], show);
        gate = gateOf(run, outputs['kong-edge'] ?? {});
        const { ruleArns, targetGroupArns } = gate;
        const elb = new ElasticLoadBalancingV2Client(clientOptions(run));
        run.watch = new WeightsWatch(elb, ruleArns, targetGroupArns, run.epoch);
        await until(
          'an answer of blue',
          60,
          async () =>
            (await run.gateway(edge().proxyUrl).send({ name: 'first', method: 'GET', path: '/' })).status === 404,
        );
      },
    },
    {
      title: 'write a configuration into blue, begin the load',
      short: 'configure',
      async run(run) {
        const requests = configuration(run.upstream?.url ?? '');
        await run.gateway(edge().adminUrl).write(requests);
        const proxy = run.gateway(edge().proxyUrl);
        // Every node of blue has read the configuration when many answers in a row are right.
        await until('the configuration on every node of blue', 60, async () => {
          for (let n = 0; n < 20; n++) {
            const answer = await proxy.send({
              name: 'probe',
              method: 'GET',
              path: '/billing/1',
              headers: { apikey: 'alice-demo-key' },
            });
            if (answer.status !== 200) return false;
          }
          return true;
        });
        run.load = new Load(edge().proxyUrl, loadRequests(), { ...LOAD, epoch: run.epoch });
        return `${requests.length} Admin API writes; up to ${LOAD.perSecond} requests a second from now to the end`;
      },
    },
    ...rounds.flatMap((round) => round.steps()),
  ];

  const walked = await run.walk(steps);
  const done = rounds.flatMap((round) => round.result() ?? []);
  const [first] = done;
  const faults = done.flatMap((round) => round.faults);
  const failure = walked.failure ?? faults[0];
  const result: DemoResult = {
    journey: 'main',
    holds: failure === undefined && rounds.every((round) => round.isComplete),
    ...walked,
    ...(failure === undefined ? {} : { failure }),
    rows: first?.rows ?? { atSnapshot: {}, green: {} },
    comparison: first?.comparison ?? { compared: 0, alike: 0, different: [] },
    stages: first?.stages ?? [],
    rolledBack: first?.rolledBack ?? false,
    ...(first?.rollback ? { rollback: first.rollback } : {}),
    ...(first?.teardown ? { teardown: first.teardown } : {}),
    versions: first?.versions ?? [],
    rounds: done.map(({ faults: _, ...round }) => round),
    standIn: run.options.imagesFile === undefined,
  };
  if (gate === undefined || run.options.signal.aborted || run.options.reportFile === undefined) return result;
  return { ...result, report: await writeReport(run, result, gate, rounds, run.options.reportFile) };
}

/** What the load balancer counted is asked for while the AWS that has it still runs. */
async function writeReport(
  run: DemoRun,
  result: DemoResult,
  metricsOf: MetricsOf,
  rounds: readonly Round[],
  path: string,
): Promise<string> {
  const cloudWatch = new CloudWatchClient(clientOptions(run));
  const metrics = await slotMetrics(cloudWatch, metricsOf, run.epoch, Date.now());
  const data = reportOf({
    result,
    epoch: run.epoch,
    metrics,
    client: run.load,
    weights: run.watch?.changes ?? [],
    moments: rounds.flatMap(({ moments }) => moments),
    shifts: rounds.flatMap(({ shifts }) => shifts),
  });
  await writeFile(path, renderReport(data));
  return path;
}

function gateOf(run: DemoRun, outputs: Readonly<Record<string, string>>): Gate {
  const output = (name: string): string => {
    const value = outputs[name];
    if (value === undefined)
      throw new Error(`the edge stack has no output ${name}, found: ${Object.keys(outputs).join(', ')}`);
    return value;
  };
  return {
    proxyUrl: run.world.loadBalancerUrl(output(EDGE_OUTPUTS.loadBalancerDns), 443),
    adminUrl: run.world.loadBalancerUrl(output(EDGE_OUTPUTS.adminDns), 8001),
    loadBalancerArn: output(EDGE_OUTPUTS.loadBalancerArn),
    targetGroupArns: {
      blue: output(EDGE_OUTPUTS.targetGroupArn.blue),
      green: output(EDGE_OUTPUTS.targetGroupArn.green),
    },
    ruleArns: JSON.parse(output(EDGE_OUTPUTS.weightedRuleArns)) as string[],
    testerHeader: output(EDGE_OUTPUTS.testerHeaderName),
    testerSecretArn: output(EDGE_OUTPUTS.testerSecretArn),
  };
}
