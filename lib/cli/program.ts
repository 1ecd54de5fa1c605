import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { EXIT, type ExitCode } from '../errors';
import type { AdoptFlags } from './adopt';
import { addCheckCommands } from './check-commands';
import type { Context, GlobalOptions, Output } from './context';
import type { EjectFlags } from './eject';
import type { FreezeFlags, UnfreezeFlags } from './freeze';
import type { MigrateFlags } from './migrate';
import { addPlanCommand } from './plan-command';
import { addShiftCommands } from './shift-commands';
import type { ReportFlags } from './report';
import type { Run } from './run';
import type { SnapshotFlags } from './snapshot';
import type { TeardownFlags } from './teardown';
import { version } from './version';

/** The command line. A command's code, and the AWS SDK with it, is loaded when the command runs. */
export function program(contextOf: (options: GlobalOptions) => Context, exit: (code: ExitCode) => void): Command {
  const root = new Command('kong-dual-cluster')
    .description(
      'Upgrade a Kong Gateway on AWS by the dual-cluster strategy: a parallel cluster, weighted traffic, one-jump rollback',
    )
    .version(version())
    .addOption(
      new Option('--settings <file>', 'settings of the system')
        .default('dual-cluster.yaml')
        .env('KONG_DUAL_CLUSTER_SETTINGS'),
    )
    .addOption(
      new Option(
        '--output <format>',
        'form of the data on stdout; markdown and html for plan, check and report; ndjson, an object an event, for shift start, resume and status; with json and ndjson an error is one JSON document too, the last line on stderr',
      )
        .choices(['text', 'json', 'ndjson', 'markdown', 'html'] satisfies Output[])
        .default('text'),
    )
    .option('--yes', 'answer yes to questions; never to one that destroys')
    .option('--region <region>', 'AWS region (default: the settings, then AWS_REGION)')
    .addHelpText('after', example('snapshot --for green'))
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: 20 })
    // main.ts tells an error once, in the form that --output asks for.
    .configureOutput({ outputError: () => undefined })
    .exitOverride();
  const running =
    (forms: readonly Output[]): Run =>
    <A extends unknown[]>(act: (context: Context, ...args: A) => Promise<ExitCode>) =>
    async (...given: unknown[]) => {
      const command = given.at(-1) as Command;
      const options = command.optsWithGlobals<GlobalOptions>();
      if (!forms.includes(options.output)) throw noSuchForm(command, options.output, forms);
      exit(await act(contextOf(options), ...(given.slice(0, -1) as A)));
    };
  const run = running(['text', 'json']);
  const runLines = running(['text', 'json', 'ndjson']);
  const runPage = running(['text', 'json', 'markdown', 'html']);

  root
    .command('adopt')
    .description(
      'read a load balancer, service and database that you made, and write the settings that adopt them; changes nothing in AWS',
    )
    .requiredOption('--load-balancer <arn|name>', 'the Application Load Balancer in front of Kong')
    .requiredOption('--target-group <arn|name>', 'the target group of your Kong nodes; it becomes the blue slot')
    .option(
      '--service <cluster/service>',
      'Amazon ECS service of the nodes; version, size and settings are read from it',
    )
    .option('--database <identifier>', 'RDS DBInstanceIdentifier (default: found by KONG_PG_HOST of the service)')
    .option('--name <name>', 'name of the system, prefix of its stacks', 'kong')
    .option('--no-tester-header', 'no rules that send a request with the tester header to a named slot')
    .option(
      '--oidc-secret <[client=]arn>',
      'Secrets Manager secret of an authenticate-oidc client; may be given again',
      collect,
    )
    .option('--kong-version <version>', 'where the image does not say it')
    .option('--nodes <count>', 'running Kong nodes, where they cannot be read', count)
    .option('--node-subnets <ids>', 'private subnets for the nodes, comma-separated, where they cannot be read', list)
    .option(
      '--database-password-secret <arn[:field]>',
      'Secrets Manager secret of the database user, where it cannot be read',
    )
    .option('--write', 'write the settings file')
    .addHelpText('after', example('adopt --load-balancer public --target-group kong --service production/kong --write'))
    .action(run(async (context, flags: AdoptFlags) => (await import('./adopt.js')).runAdopt(context, flags)));

  root
    .command('eject')
    .description('check that an adopted load balancer can be given back, and say how; --verify checks that it was')
    .option(
      '--verify',
      'after the edge is destroyed: check that nothing of ours is left and your rules are as they were',
    )
    .addHelpText('after', example('eject'))
    .action(run(async (context, flags: EjectFlags) => (await import('./eject.js')).runEject(context, flags)));

  const freeze = root
    .command('freeze')
    .description(
      "answer writes of Kong's configuration with 423, who, since when and until when, before the snapshot; names the roads that this does not cover. Frozen already: only moves the end on",
    )
    .option('--for <duration>', 'how long you mean to; it is announced, nothing thaws by itself', '12h')
    .option('--reason <text>', 'shown to whoever writes')
    .option('--no-verify', 'do not send the write that no Kong stores')
    .addHelpText('after', example('freeze --for 8h --reason "upgrade to 3.4, call the platform team"'))
    .action(run(async (context, flags: FreezeFlags) => (await import('./freeze.js')).runFreeze(context, flags)));
  freeze
    .command('status')
    .description('whether it is frozen, by whom, since when, and on which roads')
    .addHelpText('after', example('freeze status'))
    .action((_: unknown, command: Command) =>
      run(async (context, flags: FreezeFlags) => (await import('./freeze.js')).runFreezeStatus(context, flags))(
        command.optsWithGlobals(),
        command,
      ),
    );

  root
    .command('unfreeze')
    .description("let writes of Kong's configuration through again")
    .option('--no-verify', 'do not send the write that no Kong stores')
    .option('--force', 'although both slots serve: every write is made on both by you')
    .addHelpText('after', example('unfreeze'))
    .action(run(async (context, flags: UnfreezeFlags) => (await import('./freeze.js')).runUnfreeze(context, flags)));

  root
    .command('snapshot')
    .description(
      "take a snapshot of the live slot's database and lock it for the idle slot. Stop the writers of Kong's configuration first (`freeze`; refused without): what is written to the live cluster afterwards is not in the snapshot",
    )
    .addOption(
      new Option('--for <slot>', 'slot whose database will be made from it (default: the idle one)').choices([
        'blue',
        'green',
      ]),
    )
    .option('--id <identifier>', 'identifier of the new snapshot (default: made of name, slot, version and time)')
    .option('--use <identifier>', 'take up a snapshot that exists, not older than the freeze, instead of making one')
    .addOption(
      new Option(
        '--point-in-time [time]',
        'no snapshot: lock a time after the freeze, UTC, to which RDS restores the database from its backups (default: now; waits until RDS can, about five minutes)',
      )
        .argParser(utcTime)
        .conflicts(['id', 'use']),
    )
    .option('--migrations-are-clean', 'your word that `kong migrations list` is clean, for adopted nodes outside ECS')
    .addHelpText('after', example('snapshot --for green'))
    .action(run(async (context, flags: SnapshotFlags) => (await import('./snapshot.js')).runSnapshot(context, flags)));

  addPlanCommand(root, runPage, example);
  addCheckCommands(root, runPage, example);
  addShiftCommands(root, run, runLines, example);

  root
    .command('migrate')
    .description('run the migrations of a slot with `migrations: manual`, then raise its nodes')
    .addOption(new Option('--slot <slot>', 'slot to migrate (default: the idle one)').choices(['blue', 'green']))
    .addHelpText('after', example('migrate --slot green'))
    .action(run(async (context, flags: MigrateFlags) => (await import('./migrate.js')).runMigrate(context, flags)));

  root
    .command('teardown')
    .description(
      'take the idle slot away: final snapshot of its database, consent, `cdk destroy` or `terraform destroy` of its stack, settings. Refused while it carries weight or had requests; the same command goes on after an interruption',
    )
    .addOption(
      new Option('--slot <slot>', 'the slot to take away; refused when it is live (default: the idle one)').choices([
        'blue',
        'green',
      ]),
    )
    .option('--token <token>', 'consent where nobody can type: what `plan` prints for this stack and database')
    .option('--idle-for <duration>', 'how long it must have had no request', '15m')
    .option('--print', 'print the commands to do it by hand, and change nothing')
    .option('--last', 'destroy the slot that carries traffic, when there is no other; typed on a terminal only')
    .addHelpText('after', example('teardown --slot blue'))
    .action(run(async (context, flags: TeardownFlags) => (await import('./teardown.js')).runTeardown(context, flags)));

  root
    .command('doctor')
    .description(
      'look at everything that is known to go wrong (settings, weights, lock, freeze, alarms, capacity, leftovers) and name the command that mends it; changes nothing. Exit code 2 when something stands out',
    )
    .addHelpText('after', example('doctor'))
    .action(run(async (context) => (await import('./doctor.js')).runDoctor(context)));

  root
    .command('report')
    .argument('[run]', 'id of the run (default: the last one)')
    .description(
      'what a shift did and why as one HTML file with pictures, from its journal; needs no account unless the journal is in a bucket. --output json, markdown or html prints it',
    )
    .option('--out <file>', 'the HTML file (default: shift-RUN.html; none where --output prints it)')
    .option('--journal <file>', 'a journal of your own, RUN.ndjson: no settings and no account are needed')
    .addHelpText('after', example('report --out shift.html'))
    .action(
      runPage(async (context, id: string | undefined, flags: ReportFlags) =>
        (await import('./report.js')).runReport(context, id, flags),
      ),
    );

  root
    .command('explain')
    .argument('[code]', 'an error code, as it stands in brackets under an error; all of them when left out')
    .description('what an error code means and what to do')
    .addHelpText('after', example('explain ADOPT_NO_FREE_PRIORITY'))
    .action(run(async (context, code: string | undefined) => (await import('./explain.js')).runExplain(context, code)));
  return root;
}

const noSuchForm = (command: Command, output: Output, forms: readonly Output[]): CommanderError =>
  new CommanderError(
    EXIT.usage,
    'kong-dual-cluster.output',
    `option '--output <format>' argument '${output}' is for ${output === 'ndjson' ? 'shift start, resume and status' : 'plan, check and report'}; ${command.name()} takes ${forms.join(', ')}`,
  );

const example = (line: string): string => `\nExample:\n  $ kong-dual-cluster ${line}`;
const collect = (value: string, before: string[] = []): string[] => [...before, value];
const list = (value: string): string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
const utcTime = (value: string): string => {
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(value) && !Number.isNaN(Date.parse(value))) return value;
  throw new InvalidArgumentError('It must be a time in UTC such as 2026-11-22T10:15:00Z.');
};
const count = (value: string): number => {
  if (/^\d+$/.test(value)) return Number(value);
  throw new InvalidArgumentError('It must be a whole number.');
};
