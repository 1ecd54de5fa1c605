import type { Command } from 'commander';
import type { DeclarativeFlags, KongConfFlags, PluginsFlags } from './check';
import type { Run } from './run';

const versions = (command: Command): Command =>
  command
    .requiredOption('--from <version>', 'version that runs, for example 2.8 or 2.8.4.9')
    .requiredOption('--to <version>', 'version you upgrade to, for example 3.4');

const writing = (command: Command): Command =>
  command
    .option('--write <file>', 'write the file with everything mended that is safe; the checked file stays as it is')
    .option('--force', 'the file of --write may exist');

/** `check` with what it looks at. */
export function addCheckCommands(root: Command, run: Run, example: (line: string) => string): void {
  const check = root
    .command('check')
    .description(
      'what an upgrade changes for your configuration and plugins: where, what happens, what to do. Exit code 2 when something needs action',
    )
    .addHelpText('after', example('check declarative kong.yaml --from 2.8 --to 3.4 --write new.yaml'));

  writing(versions(check.command('kong-conf').argument('[file]', 'kong.conf of the version that runs')))
    .description(
      'parameters that are removed, renamed, ignored, no longer accepted or have another default, in a kong.conf or in KONG_* variables',
    )
    .option('--env-file <file>', 'KONG_* variables: NAME=value lines, or an ECS task definition (JSON)')
    .option('--keep-behaviour', 'with --write: set defaults that change to what they were')
    .addHelpText('after', example('check kong-conf /etc/kong/kong.conf --from 2.8 --to 3.4'))
    .action(
      run(async (context, file: string | undefined, flags: KongConfFlags) =>
        (await import('./check-kong-conf.js')).runCheckKongConf(context, file, flags),
      ),
    );

  writing(
    versions(
      check
        .command('declarative')
        .argument('[file]', 'decK file, or what `kong config db_export` wrote; - for standard input'),
    ),
  )
    .description('services, routes, plugins and other entities in a declarative file or a live Admin API')
    .option('--admin <url>', 'read a live Admin API instead, all workspaces; nothing is written to it')
    .option('--kong-conf <file>', 'kong.conf of the new nodes, which some rules depend on')
    .addHelpText('after', example('check declarative kong.yaml --from 2.8 --to 3.4 --write new.yaml'))
    .action(
      run(async (context, file: string | undefined, flags: DeclarativeFlags) =>
        (await import('./check-declarative.js')).runCheckDeclarative(context, file, flags),
      ),
    );

  versions(check.command('plugins').argument('<folder>', 'Lua sources of your own plugins'))
    .description("custom plugins against what changed in Kong's plugin development kit and schemas")
    .addHelpText('after', example('check plugins kong/plugins --from 2.8 --to 3.4'))
    .action(
      run(async (context, folder: string, flags: PluginsFlags) =>
        (await import('./check-plugins.js')).runCheckPlugins(context, folder, flags),
      ),
    );
}
