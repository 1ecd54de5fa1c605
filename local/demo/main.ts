import { Command } from 'commander';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { KongDualClusterError } from '../../lib/errors';
import { adoptJourney } from './adopt-journey';
import { mainJourney } from './main-journey';
import { DemoRun } from './run';
import { renderSummary } from './summary';

interface Options {
  readonly adopt?: boolean;
  readonly images?: string;
  readonly port?: string;
  readonly output: string;
}

async function main(): Promise<number> {
  const options = new Command('npm run demo --')
    .description(
      'the dual-cluster upgrade on an AWS on this machine, with the real cdk command and the real constructs',
    )
    .option('--adopt', 'take over a load balancer, service and database that somebody else made, and give them back')
    .option(
      '--images <file>',
      'map container images to programs of this machine, for example real Kong builds (default: local/images.json)',
    )
    .option('--port <number>', 'port of the local AWS on 127.0.0.1 (default: a free one)')
    .option('--output <format>', 'text or json', 'text')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run demo\n  npm run demo -- --adopt\n  npm run demo -- --images ~/kong-builds/images.json --output json',
    )
    .parse()
    .opts<Options>();

  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!abort.signal.aborted) process.stderr.write('\ninterrupted: stopping everything that was started …\n');
      abort.abort();
    });
  }

  const folder = await mkdtemp(join(tmpdir(), 'kong-dual-cluster-demo-'));
  const run = new DemoRun({
    folder,
    signal: abort.signal,
    imagesFile: options.images === undefined ? undefined : resolve(process.env.INIT_CWD ?? '.', options.images),
    gatewayPort: options.port === undefined ? undefined : Number(options.port),
  });
  try {
    const result = await (options.adopt ? adoptJourney(run) : mainJourney(run));
    process.stdout.write(options.output === 'json' ? `${JSON.stringify(result, null, 2)}\n` : renderSummary(result));
    return abort.signal.aborted ? 130 : result.holds ? 0 : 1;
  } finally {
    await run.close();
    await rm(folder, { recursive: true, force: true });
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof KongDualClusterError ? error.message : (error as Error).stack}\n`);
    process.exit(error instanceof KongDualClusterError ? error.exitCode : 1);
  },
);
