import { InvalidArgumentError, Option, type Command } from 'commander';
import { DURATION } from '../traffic/duration';
import { TrafficPlan } from '../traffic/plan';
import type { Slot } from '../traffic/weights';
import type { Run } from './run';
import type { StartFlags } from './shift-prepare';
import type { AbortFlags } from './shift-abort';
import type { EvidenceFlags } from './shift-evidence';
import type { SetFlags } from './shift-set';
import type { StatusFlags } from './shift-status';

const slotOption = (text: string): Option =>
  new Option('--to <slot>', text).choices(['blue', 'green'] satisfies Slot[]);

/** The options of a shift's plan, but for the slot; the same for `shift start` and `plan`; each wins over the settings. */
export function shiftOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--shares <percents>', 'rising shares of the stages, for example 5,25,50,100')
        .argParser(shares)
        .conflicts(['linear', 'canary', 'allAtOnce']),
    )
    .addOption(
      new Option('--linear <percent>', 'equal steps of so much, up to 100')
        .argParser(step)
        .conflicts(['canary', 'allAtOnce']),
    )
    .addOption(
      new Option('--canary <percent>', 'one small share first, then everything')
        .argParser(firstShare)
        .conflicts('allAtOnce'),
    )
    .option('--all-at-once', 'no stages: no gate can stop it before everybody is on the new slot')
    .option('--bake <duration>', 'how long each stage is watched, for example 10m', duration)
    .option('--soak <duration>', 'how long the last stage is watched', duration)
    .option('--min-requests <count>', 'requests that the rising slot must get in a stage', count)
    .option('--max-extension <duration>', 'how much longer a stage may wait for data, then it holds', duration)
    .option('--alarm <name>', 'an alarm of yours that rolls back; may be given again', collect)
    .option('--accept-thawed', 'your word that nothing was written since the snapshot although it was not frozen')
    .option('--accept-runtime-state', 'your word that tokens, sessions and counters of one slot are cared for');
}

/** `shift` with its verbs. */
export function addShiftCommands(root: Command, run: Run, runLines: Run, example: (line: string) => string): void {
  const shift = root
    .command('shift')
    .description('move the traffic from the live slot to the other one in guarded stages')
    .addHelpText('after', example('shift start --to green --shares 5,25,50,100 --bake 10m'));
  shiftOptions(
    shift
      .command('start')
      .description(
        'raise the weight stage by stage; a breaching alarm or a gate that fails rolls back in one jump (exit 3), missing data holds (exit 4). Ctrl-C leaves the traffic as it is and saves the state',
      )
      .addOption(slotOption('slot that is to rise (default: the idle one)')),
  )
    .addOption(
      new Option(
        '--on <place>',
        'where it runs: here, or aws: a state machine of the edge, which this command follows and may leave',
      )
        .choices(['here', 'aws'])
        .default('here'),
    )
    .addHelpText('after', example('shift start --to green'))
    .action(
      runLines(async (context, { on, ...flags }: StartFlags & { on: 'here' | 'aws' }) =>
        on === 'aws'
          ? (await import('./shift-on-aws.js')).runShiftStartOnAws(context, flags)
          : (await import('./shift.js')).runShiftStart(context, flags),
      ),
    );
  shift
    .command('status')
    .description('where the traffic is, what runs, who holds the lock')
    .option('--watch', 'look on until the shift has ended: a live tree on a terminal, a line a change anywhere else')
    .addHelpText('after', example('shift status --watch'))
    .action(
      runLines(async (context, flags: StatusFlags) =>
        (await import('./shift-status.js')).runShiftStatus(context, flags),
      ),
    );
  shift
    .command('pause')
    .description('let a running shift hold at its next look; it goes on watching the alarms')
    .addHelpText('after', example('shift pause'))
    .action(run(async (context) => (await import('./shift-pause.js')).runShiftPause(context)));
  shift
    .command('resume')
    .description('go on with a shift that is paused, held or was killed: the stage is baked again from its beginning')
    .addHelpText('after', example('shift resume'))
    .action(runLines(async (context) => (await import('./shift.js')).runShiftResume(context)));
  shift
    .command('abort')
    .description(
      'put everything back to where it was before the shift, in one jump, from any machine; needs no lock and no journal',
    )
    .option('--force', 'also after the shift is done, or to a slot without healthy nodes')
    .addHelpText('after', example('shift abort'))
    .action(
      run(async (context, flags: AbortFlags) => (await import('./shift-abort.js')).runShiftAbort(context, flags)),
    );
  shift
    .command('set')
    .description('set a share by hand, without plan and gates')
    .addOption(slotOption('slot that gets the share (default: the idle one)'))
    .requiredOption('--share <percent>', 'share of that slot, 0 to 100', sharePercent)
    .option('--force', 'although that slot has fewer nodes than the other')
    .addHelpText('after', example('shift set --to green --share 10'))
    .action(run(async (context, flags: SetFlags) => (await import('./shift-set.js')).runShiftSet(context, flags)));
  shift
    .command('evidence')
    .description(
      'what a shift did and why, in a folder or an archive, without secrets: journal, settings, alarms, weights',
    )
    .argument('[run]', 'id of the run (default: the last one)')
    .requiredOption('--out <path>', 'FILE.tar.gz, or the name of a new folder')
    .addHelpText('after', example('shift evidence --out shift.tar.gz'))
    .action(
      run(async (context, id: string | undefined, flags: EvidenceFlags) =>
        (await import('./shift-evidence.js')).runShiftEvidence(context, id, flags),
      ),
    );
}

const sharePercent = (text: string): number => {
  const [, digits] = /^(\d+(?:\.\d{1,3})?)%?$/.exec(text) ?? [];
  const percents = Number(digits);
  if (!(percents <= 100))
    throw new InvalidArgumentError('It must be a percentage from 0 to 100, with at most three decimals.');
  return Math.round(percents * 1000) / 100_000;
};
// A shape that makes no plan is refused before anything is asked of AWS.
const shares = (text: string): number[] => {
  const rising = text.split(',').map((part) => sharePercent(part.trim()));
  TrafficPlan.shares(rising);
  return rising;
};
const step = (text: string): number => {
  const share = sharePercent(text);
  TrafficPlan.linear({ step: share });
  return share;
};
const firstShare = (text: string): number => {
  const share = sharePercent(text);
  TrafficPlan.canary({ share });
  return share;
};
const duration = (text: string): string => {
  if (DURATION.test(text)) return text;
  throw new InvalidArgumentError('It must be a duration such as 90s, 10m or 1h30m.');
};
const count = (text: string): number => {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
};
const collect = (value: string, before: string[] = []): string[] => [...before, value];
