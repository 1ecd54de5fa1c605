import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EXIT, KongDualClusterError } from '../../lib/errors';
import { adoptJourney } from './adopt-journey';
import { mainJourney } from './main-journey';
import { DemoRun } from './run';
import { renderSummary } from './summary';

interface Options {
  readonly adopt?: boolean;
  readonly images?: string;
  readonly port?: number;
  readonly output: string;
  readonly report: string;
}

function port(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 65535) return number;
  throw new InvalidArgumentError('It must be a whole number from 1 to 65535.');
}

/** Paths are meant from where the demo was started: npm runs it in the project's folder. */
const here = (path: string): string => resolve(process.env.INIT_CWD ?? '.', path);

async function main(): Promise<number> {
  // Its notice about future Node versions would stand in the middle of a step.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const options = new Command('npm run demo --')
    .description(
      'the dual-cluster upgrade on an AWS on this machine, with the real cdk command and the real constructs',
    )
    .option('--adopt', 'take over a load balancer, service and database that somebody else made, and give them back')
    .option(
      '--images <file>',
      'map container images to programs of this machine, for example real Kong builds (default: local/images.json)',
    )
    .option('--port <number>', 'port of the local AWS on 127.0.0.1 (default: a free one)', port)
    .option('--report <file>', 'where the report of the main road goes; none: nowhere', 'demo-report.html')
    .addOption(new Option('--output <format>', 'form of the summary').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      '\nExamples:\n  npm run demo\n  npm run demo -- --adopt\n  npm run demo -- --images ~/kong-builds/images.json --output json',
    )
    .exitOverride()
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
    imagesFile: options.images === undefined ? undefined : here(options.images),
    gatewayPort: options.port,
    reportFile: options.adopt || options.report === 'none' ? undefined : here(options.report),
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
    // Commander has told it already.
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? EXIT.done : EXIT.usage);
    process.stderr.write(`${error instanceof KongDualClusterError ? error.message : (error as Error).stack}\n`);
    process.exit(error instanceof KongDualClusterError ? error.exitCode : 1);
  },
);
