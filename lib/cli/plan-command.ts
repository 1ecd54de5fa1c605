import { InvalidArgumentError, Option, type Command } from 'commander';
import type { PlanFlags } from './plan-print';
import type { Run } from './run';
import { shiftOptions } from './shift-commands';

/** `plan`: of an upgrade between two versions, or of the system that the settings name. */
export function addPlanCommand(root: Command, run: Run, example: (line: string) => string): void {
  const command = root
    .command('plan')
    .description(
      'the way from one version to another: hops, strategy, runbook, warnings. With --from and --to it needs no account and no settings; without them it takes both from the settings, reads what is deployed and shows the shift too, with what stands against it (exit code 2). Changes nothing',
    )
    .option('--from <version>', 'version that runs, for example 2.8 or 2.8.4.9 (default: of the live slot)')
    .option('--to <version|slot>', 'version to upgrade to; or blue or green, the slot that is to rise')
    .addOption(new Option('--mode <mode>', 'how Kong is deployed').choices(['traditional', 'hybrid', 'db-less']))
    .addOption(
      new Option('--edition <edition>', 'of the version that runs, where its numbers do not say it').choices([
        'oss',
        'enterprise',
      ]),
    )
    .addOption(new Option('--datastore <kind>', 'where it keeps its data').choices(['postgres', 'cassandra', 'off']))
    .option('--postgres <major>', 'major version of PostgreSQL, for example 13', major)
    .addOption(new Option('--platform <platform>', 'where its nodes run').choices(['ecs', 'eks', 'ec2']))
    .option('--downtime-allowed', 'there is a maintenance window')
    .option('--no-spare-capacity', 'no room for a second cluster beside the first')
    .option('--fresh', 'begin with an empty datastore')
    .option('--shared-database', 'old and new nodes on one database')
    .option('--plugin <name>', 'a plugin that the new version gets besides; may be given again', collect)
    .option('--custom-plugins', 'there are plugins of your own')
    .option(
      '--declarative <file|url>',
      'a decK file, db_export or Admin API: the plan then knows which plugins store what two databases do not share',
    )
    .option('--keyring', 'the keyring encrypts fields of the database')
    .addOption(new Option('--helm <releases>', 'Helm releases of Kong on EKS').choices(['single', 'split']))
    .addOption(new Option('--to-mode <mode>', 'mode to change to after the upgrade').choices(['hybrid']))
    .addOption(new Option('--to-edition <edition>', 'edition to change to').choices(['enterprise']))
    .option('--traffic <count>', 'requests a minute to plan for (default: measured on the live slot)', requests)
    .option('--error-rate <percent>', 'share of them that is answered badly (default: measured)', percents)
    .option('--as-of <date>', 'day for which support is judged, as 2026-11-21 (default: today)', date);
  shiftOptions(command)
    .addHelpText(
      'after',
      `${example('plan --from 2.8 --to 3.4')}\n  $ kong-dual-cluster plan --from 2.8 --to 3.10 --mode hybrid --output html > plan.html`,
    )
    .action(run(async (context, flags: PlanFlags) => (await import('./plan.js')).runPlan(context, flags)));
}

const requests = (text: string): number => {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
};
const percents = (text: string): number => {
  const value = Number(/^\d+(\.\d+)?(?=%?$)/.exec(text)?.[0] ?? NaN);
  if (value <= 100) return value / 100;
  throw new InvalidArgumentError('It must be a percentage from 0 to 100, for example 0.1.');
};
const major = (text: string): number => {
  if (/^\d{1,2}(\.\d+)*$/.test(text)) return parseInt(text, 10);
  throw new InvalidArgumentError('It must be a version such as 13.');
};
const date = (text: string): string => {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text)) return text;
  throw new InvalidArgumentError('It must be a day such as 2026-11-21.');
};
/** Names stand in commands that people copy. */
const collect = (value: string, before: string[] = []): string[] => {
  if (/^\w[\w.-]*$/.test(value)) return [...before, value];
  throw new InvalidArgumentError('It must be the name of a plugin such as acme.');
};
