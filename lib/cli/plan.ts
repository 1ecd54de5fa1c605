import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import type { PlanDocument } from '../render/plan-document';
import type { Slot } from '../traffic/weights';
import type { Context } from './context';
import { foundIn, planOf, printPlan, type PlanFlags, type ShiftFlags, type Versions } from './plan-print';
import type { TrafficFlags } from './plan-stages';

/**
 * The plan of an upgrade. With both versions it needs nothing but them; with one, the other is the settings'; with none
 * it reads what is deployed and shows the next shift too. Nothing is changed.
 */
export async function runPlan(context: Context, flags: PlanFlags): Promise<ExitCode> {
  const isSlot = flags.to === 'blue' || flags.to === 'green';
  if (isSlot && flags.from !== undefined) {
    throw new KongDualClusterError('COMMAND_LINE', '--to names a slot and --from a version', {
      found: `--from ${flags.from} --to ${flags.to}`,
      remedy: 'give two versions, or leave --from out and run it where the settings are',
      exitCode: EXIT.usage,
    });
  }
  if (!isSlot && (flags.from !== undefined || flags.to !== undefined)) refuseShiftFlags(flags);
  if (flags.from !== undefined && flags.to !== undefined) {
    return printPlan(context, await planWith(context, { from: flags.from, to: flags.to }, flags));
  }
  // Settings and the AWS SDK are loaded only where they are asked.
  const live = await import('./plan-live.js');
  if (flags.from !== undefined || (flags.to !== undefined && !isSlot)) {
    return printPlan(context, await planWith(context, await live.versionsOfSettings(context, flags), flags));
  }
  return live.runLivePlan(context, flags as PlanFlags & { readonly to?: Slot });
}

/** As `planOf`, over what the configuration says where one is given. */
async function planWith(context: Context, versions: Versions, flags: PlanFlags): Promise<PlanDocument> {
  return planOf(versions, flags, undefined, await foundIn(context, versions, flags));
}

/** Options of the shift of a system that is deployed, of which versions say nothing. */
const SHIFT_FLAGS = [
  'shares',
  'linear',
  'canary',
  'allAtOnce',
  'bake',
  'soak',
  'minRequests',
  'maxExtension',
  'alarm',
  'acceptThawed',
  'traffic',
  'errorRate',
] as const satisfies readonly (keyof (ShiftFlags & TrafficFlags))[];

function refuseShiftFlags(flags: ShiftFlags & TrafficFlags): void {
  const given = SHIFT_FLAGS.filter((name) => flags[name] !== undefined).map(
    (name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  );
  if (given.length === 0) return;
  throw new KongDualClusterError('COMMAND_LINE', 'options of the shift go with no version', {
    found: given.join(' '),
    remedy: 'leave them out, or leave the versions out and run it where the settings are',
    exitCode: EXIT.usage,
  });
}
