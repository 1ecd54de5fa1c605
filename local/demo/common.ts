import { ACMClient, ImportCertificateCommand } from '@aws-sdk/client-acm';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { generate } from 'selfsigned';
import { startWorld } from '../world/world';
import type { DemoRun } from './run';
import { ACCOUNT, clientOptions, REGION } from './run';
import type { Step } from './steps';
import { startUpstream } from './upstream';

/** Short, so that a demo does not wait half a minute for connections that nobody holds. */
export const DRAIN_SECONDS = 3;
export const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** Starting the world is the same for every journey. */
export const startTheWorld: Step<DemoRun> = {
  title: 'start an AWS on this machine',
  short: 'AWS',
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
  short: 'bootstrap',
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
