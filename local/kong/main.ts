import { existsSync } from 'node:fs';
import { migrate, type MigrationOptions } from './migrations/command';
import { KongError, readSettings, type Release } from './settings';

const USAGE = `Usage: kong COMMAND [OPTIONS]

This is a stand-in for Kong (local/kong/README.md), not Kong. The commands are:
  version
  start                                          in the foreground
  quit | stop | health                           of the node with this prefix
  migrations bootstrap|up|finish|list|status|reset

Options: -y, -f, -q, --lock-timeout SECONDS, --db-timeout SECONDS, -p PREFIX. Settings come from KONG_* variables only.
`;
const MIGRATIONS = ['bootstrap', 'up', 'finish', 'list', 'reset'];

interface Options extends MigrationOptions {
  readonly prefix: string | undefined;
}

interface Arguments {
  readonly release: Release;
  readonly words: readonly string[];
  readonly options: Options;
}

/** `--kong-version` first (the programs in bin/ give it), then Kong's own words and options. */
export function parseArguments(args: readonly string[]): Arguments {
  const words: string[] = [];
  let release: Release = '3.4.2';
  let options: Options = { force: false, yes: false, lockTimeout: 60, prefix: undefined };
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    const value = (): string => args[++index] ?? '';
    if (arg === '--kong-version') release = value() as Release;
    else if (arg === '-f' || arg === '--force') options = { ...options, force: true };
    else if (arg === '-y' || arg === '--yes') options = { ...options, yes: true };
    else if (arg === '--lock-timeout') options = { ...options, lockTimeout: Number(value()) };
    else if (arg === '-p' || arg === '--prefix') options = { ...options, prefix: value() };
    else if (arg === '--db-timeout' || arg === '-t' || arg === '--timeout') value();
    else if (arg === '-c' || arg === '--conf') {
      const path = value();
      if (!existsSync(path)) throw new KongError(`no file at: ${path}`);
      throw new KongError(`the stand-in reads KONG_* variables and no file, found '-c ${path}'`);
    } else if (!['-q', '--quiet', '--v', '--vv', '-a'].includes(arg)) words.push(arg);
  }
  return { release, words, options };
}

async function main(args: readonly string[]): Promise<number> {
  const { release, words, options } = parseArguments(args);
  const [command = '', sub = ''] = words;
  const settings = () => readSettings(release, process.env, options.prefix);
  switch (command) {
    case 'version':
      process.stdout.write(`${release}\n`);
      return 0;
    case 'migrations': {
      if (![...MIGRATIONS, ...(release === '2.8.5' ? [] : ['status'])].includes(sub)) {
        process.stderr.write(`No such command for migrations: ${sub}\n\n${USAGE}`);
        return 1;
      }
      return migrate(sub, settings(), options);
    }
    case 'start':
      return (await import('./node.js')).start(settings());
    case 'quit':
    case 'stop':
    case 'health':
      return (await import('./process.js')).control(command, settings().prefix);
    default:
      process.stderr.write(USAGE);
      return command === '' || command === 'help' ? 0 : 1;
  }
}

if (require.main === module) {
  main(process.argv.slice(2)).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      const text = error instanceof KongError ? error.message : String((error as Error).stack);
      process.stderr.write(`Error: ${text}\n\n  Run with --v (verbose) or --vv (debug) for more details\n`);
      process.exitCode = 1;
    },
  );
}
