import { ACMClient, ImportCertificateCommand } from '@aws-sdk/client-acm';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { generate } from 'selfsigned';
import { updateSettingsFile } from '../../lib/settings/write';
import { EDGE_OUTPUTS } from '../../lib/blueprint/output-names';
import { startWorld } from '../world/world';
import { configuration, COUNTED } from './configuration';
import { until } from './gateway';
import { Load } from './load';
import { loadRequests } from './load-requests';
import type { DemoRun } from './run';
import { ACCOUNT, clientOptions, REGION } from './run';
import type { Step } from './steps';
import type { DemoResult } from './summary';
import { startUpstream } from './upstream';

/** Short, so that a demo does not wait half a minute for connections that nobody holds. */
export const DRAIN_SECONDS = 3;

export const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** Starting the world is the same for every journey. */
export const startTheWorld: Step<DemoRun> = {
  title: 'start an AWS on this machine',
  async run(run) {
    run.world = await startWorld({
      ...(run.options.imagesFile === undefined ? {} : { imagesFile: run.options.imagesFile }),
      ...(run.options.gatewayPort === undefined ? {} : { gatewayPort: run.options.gatewayPort }),
    });
    run.upstream = await startUpstream();
    return run.world.endpoint;
  },
};

export const bootstrap: Step<DemoRun> = {
  title: 'cdk bootstrap',
  async run(run, show) {
    await run.cdk(['bootstrap', `aws://${ACCOUNT}/${REGION}`], show);
  },
};

/** The token that the tester header carries; read the way a tester does. */
export async function testerToken(run: DemoRun, secretArn: string): Promise<string> {
  const client = new SecretsManagerClient(clientOptions(run));
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
  return SecretString ?? '';
}

export async function importCertificate(run: DemoRun): Promise<string> {
  const pems = await generate([{ name: 'commonName', value: 'gateway.example.test' }], { keySize: 2048 });
  const client = new ACMClient(clientOptions(run));
  const { CertificateArn } = await client.send(
    new ImportCertificateCommand({ Certificate: Buffer.from(pems.cert), PrivateKey: Buffer.from(pems.private) }),
  );
  return CertificateArn ?? '';
}

/** The main road: blue, its snapshot, green from it, compared and destroyed again. */
export function mainJourney(run: DemoRun): Promise<DemoResult> {
  let edge: Record<string, string> = {};
  const output = (name: string): string => {
    const value = edge[name];
    if (value === undefined)
      throw new Error(`the edge stack has no output ${name}, found: ${Object.keys(edge).join(', ')}`);
    return value;
  };
  const proxyUrl = () => run.world.loadBalancerUrl(output(EDGE_OUTPUTS.loadBalancerDns), 443);
  const adminUrl = () => run.world.loadBalancerUrl(output(EDGE_OUTPUTS.adminDns), 8001);

  const steps: Step<DemoRun>[] = [
    startTheWorld,
    bootstrap,
    {
      title: 'deploy the edge and the blue cluster (Kong 2.8)',
      async run(run, show) {
        await run.writeCdkJson();
        await run.copyExample();
        const certificateArn = await importCertificate(run);
        await updateSettingsFile(run.settingsPath, [
          { path: ['account'], value: ACCOUNT },
          { path: ['region'], value: REGION },
          { path: ['edge', 'https'], value: { certificateArn } },
          { path: ['edge', 'testerHeader'], value: {} },
          { path: ['edge', 'drainSeconds'], value: DRAIN_SECONDS },
        ]);
        const outputs = await run.deploy(['kong-edge', 'kong-blue'], show);
        edge = outputs['kong-edge'] ?? {};
        await until(
          'an answer of blue',
          60,
          async () => (await run.gateway(proxyUrl()).send({ name: 'first', method: 'GET', path: '/' })).status === 404,
        );
      },
    },
    {
      title: 'write a configuration with consumers and credentials into blue',
      async run(run) {
        const admin = run.gateway(adminUrl());
        const requests = configuration(run.upstream?.url ?? '');
        await admin.write(requests);
        const proxy = run.gateway(proxyUrl());
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
        run.load = new Load(proxyUrl(), loadRequests(), { perSecond: 100, connections: 6 });
        return `${requests.length} Admin API writes`;
      },
    },
    {
      title: "take a snapshot of blue's database",
      async run(run, show) {
        run.atSnapshot = await run.gateway(adminUrl()).count();
        await run.kongDualCluster(['snapshot', '--for', 'green'], show);
        return `${sum(run.atSnapshot)} rows`;
      },
    },
    {
      title: 'deploy the green cluster (Kong 3.4) from it',
      async run(run, show) {
        await run.addGreen({ count: 2 });
        await run.deploy(['kong-green'], show);
      },
    },
    {
      title: 'call green through the tester header and compare it with blue',
      async run(run, show) {
        const token = await testerToken(run, output(EDGE_OUTPUTS.testerSecretArn));
        const header = output(EDGE_OUTPUTS.testerHeaderName);
        const green = run.gateway(proxyUrl(), { [header]: `green-${token}` });
        await until(
          'an answer of green',
          60,
          async () => (await green.send({ name: 'first', method: 'GET', path: '/nowhere' })).status === 404,
        );
        show('counting rows on green');
        run.onGreen = await run.gateway(adminUrl(), { 'X-Kong-Slot': 'green' }).count();
        const missing = COUNTED.filter((name) => run.onGreen[name] !== run.atSnapshot[name]);
        if (missing.length > 0)
          throw new Error(
            `rows differ in ${missing.join(', ')}: ${JSON.stringify({ atSnapshot: run.atSnapshot, green: run.onGreen })}`,
          );
        return run.compareSlots(run.gateway(proxyUrl()), green);
      },
    },
    {
      title: 'destroy green',
      async run(run, show) {
        await run.cdk(['destroy', 'kong-green', '--exclusively', '--force'], show);
        const after = await run.gateway(adminUrl()).count();
        if (sum(after) !== sum(run.atSnapshot))
          throw new Error(`blue changed: ${sum(run.atSnapshot)} rows at the snapshot, ${sum(after)} now`);
        return 'blue untouched';
      },
    },
  ];
  return run.journey('main', steps);
}
