import { isDeepStrictEqual } from 'node:util';
import { EDGE_OUTPUTS } from '../../lib/blueprint/output-names';
import { updateSettingsFile } from '../../lib/settings/write';
import { configuration } from './configuration';
import { until } from './gateway';
import { Load } from './load';
import { bootstrap, DRAIN_SECONDS, importCertificate, startTheWorld, sum, testerToken } from './common';
import { Owner } from './owner';
import type { DemoRun } from './run';
import { refuseOtherAnswers, refuseOtherRows } from './run';
import type { Step } from './steps';
import type { Compared, DemoResult, Rows } from './summary';

/** A gateway that somebody else made: adopted, upgraded as far as a compared green, and given back as it was. */
export async function adoptJourney(run: DemoRun): Promise<DemoResult> {
  let owner: Owner;
  let rows: Rows = { atSnapshot: {}, green: {} };
  let comparison: Compared = { compared: 0, alike: 0, different: [] };
  let ejected: DemoResult['ejected'];
  let rulesBefore: unknown[] = [];
  let edge: Record<string, string> = {};
  const proxyUrl = () => run.world.loadBalancerUrl(owner.outputs.LoadBalancerDnsName ?? '', 80);
  const get = (path: string, host: string, apikey?: string) => ({
    name: host,
    method: 'GET',
    path,
    headers: { host, ...(apikey ? { apikey } : {}) },
  });

  const steps: Step<DemoRun>[] = [
    startTheWorld,
    bootstrap,
    {
      title: "deploy somebody else's gateway from a plain template",
      async run(run) {
        owner = new Owner(run);
        await owner.deploy(await importCertificate(run), 3);
        const proxy = run.gateway(proxyUrl());
        await until(
          'an answer of the gateway',
          60,
          async () => (await proxy.send(get('/', 'gateway.test'))).status === 404,
        );
        const requests = configuration(run.upstream?.url ?? '');
        const admin = run.gateway(`http://${await owner.nodeAddress()}:8001`);
        await admin.write(requests);
        await until('the configuration on every node', 60, async () => {
          for (let n = 0; n < 20; n++)
            if ((await proxy.send(get('/billing/1', 'gateway.test', 'alice-demo-key'))).status !== 200) return false;
          return true;
        });
        run.load = new Load(proxyUrl(), [
          get('/catalog/1', 'gateway.test'),
          get('/catalog/1', 'api.example.test'),
          get('/search/1', 'gateway.test'),
        ]);
        rulesBefore = await owner.rules();
        return `${rulesBefore.length} rules, ${requests.length} Admin API writes`;
      },
    },
    {
      title: 'adopt it: read live, show and write the settings',
      async run(run, show) {
        await run.writeCdkJson();
        const { LoadBalancerArn = '', TargetGroupArn = '', ClusterName, ServiceName } = owner.outputs;
        await run.kongDualCluster(
          [
            'adopt',
            '--load-balancer',
            LoadBalancerArn,
            '--target-group',
            TargetGroupArn,
            '--service',
            `${ClusterName}/${ServiceName}`,
            '--write',
          ],
          show,
        );
        if (!isDeepStrictEqual(await owner.rules(), rulesBefore)) throw new Error('adopt changed a rule');
        await updateSettingsFile(run.settingsPath, [{ path: ['edge', 'drainSeconds'], value: DRAIN_SECONDS }]);
        return 'no rule changed';
      },
    },
    {
      title: 'deploy the edge beside it',
      async run(run, show) {
        edge = (await run.deploy(['kong-edge'], show))['kong-edge'] ?? {};
        const proxy = run.gateway(proxyUrl());
        const answers = [
          await proxy.send(get('/x', 'static.example.test')),
          await proxy.send(get('/x', 'legacy.example.test')),
          await proxy.send(get('/catalog/1', 'api.example.test')),
        ].map(({ status }) => status);
        if (!isDeepStrictEqual(answers, [200, 302, 200]))
          throw new Error(`the owner's hosts answer differently: ${answers.join(', ')}`);
        return `${(await owner.rules()).length - rulesBefore.length} rules of ours above the owner's`;
      },
    },
    {
      title: 'take a snapshot of the adopted database',
      async run(run, show) {
        rows = { ...rows, atSnapshot: await run.gateway(`http://${await owner.nodeAddress()}:8001`).count() };
        await run.kongDualCluster(['freeze'], show);
        await run.kongDualCluster(['snapshot', '--for', 'green'], show);
        return `${sum(rows.atSnapshot)} rows`;
      },
    },
    {
      title: 'deploy the green cluster (Kong 3.4) from it',
      async run(run, show) {
        await run.addSlot('green', '3.4', { count: 3 });
        await run.deploy(['kong-green'], show);
      },
    },
    {
      title: 'call green through the tester header and compare it with the adopted one',
      async run(run) {
        const header = edge[EDGE_OUTPUTS.testerHeaderName] ?? '';
        const token = await testerToken(run, edge[EDGE_OUTPUTS.testerSecretArn] ?? '');
        const green = run.gateway(proxyUrl(), { [header]: `green-${token}` });
        await until(
          'an answer of green',
          60,
          async () => (await green.send(get('/nowhere', 'gateway.test'))).status === 404,
        );
        const admin = run.world.loadBalancerUrl(edge[EDGE_OUTPUTS.adminDns] ?? '', 8001);
        rows = { ...rows, green: await run.gateway(admin, { 'X-Kong-Slot': 'green' }).count() };
        refuseOtherRows(rows);
        comparison = await run.compareSlots(run.gateway(proxyUrl()), green);
        refuseOtherAnswers(comparison);
        return `${comparison.alike} answers alike`;
      },
    },
    {
      title: 'give everything back: destroy green, eject, destroy the edge',
      async run(run, show) {
        await run.cdk(['destroy', 'kong-green', '--exclusively', '--force'], show);
        await run.kongDualCluster(['eject'], show);
        await run.cdk(['destroy', 'kong-edge', '--exclusively', '--force'], show);
        await run.kongDualCluster(['eject', '--verify'], show);
        const rulesAfter = await owner.rules();
        ejected = {
          rulesBefore: rulesBefore.length,
          rulesAfter: rulesAfter.length,
          alike: isDeepStrictEqual(rulesAfter, rulesBefore),
        };
        if (!ejected.alike) throw new Error('the rules after eject are not those before adoption');
        return `${rulesAfter.length} rules as before`;
      },
    },
  ];
  const walked = await run.walk(steps);
  return {
    journey: 'adopt',
    holds: walked.failure === undefined,
    ...walked,
    rows,
    comparison,
    ...(ejected ? { ejected } : {}),
  };
}
