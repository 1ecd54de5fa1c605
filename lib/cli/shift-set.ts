import { capacityShort } from '../deployed/capacity';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { percent } from '../traffic/plan';
import { liveSlot, otherSlot, shareOf, weightsFor, type Slot, type Weights } from '../traffic/weights';
import type { Context } from './context';
import { lockFor } from './lock';
import { refuseTemplate } from './shift-prepare';
import { DeployedSystem } from './system';

export interface SetFlags {
  to?: Slot;
  /** 0 to 1. */
  share: number;
  force?: boolean;
}

/**
 * Moves the traffic by hand: no plan, no bake, no gate but capacity.
 * @throws KongDualClusterError SYSTEM_LOCKED (exit 5), SET_NO_CAPACITY (exit 8), ROUTER_CONFLICT (exit 6)
 */
export async function runShiftSet(context: Context, flags: SetFlags): Promise<ExitCode> {
  const { progress } = context;
  progress.step('weights and capacity');
  const system = await DeployedSystem.open(context);
  refuseTemplate(system);
  const lease = await lockFor(system, { command: 'shift set', doing: `setting ${percent(flags.share)}` });
  try {
    const before = (await system.router.read()).places.map(({ weights }) => weights);
    const to = flags.to ?? otherSlot(liveSlot(before[0]!) ?? system.settings.live);
    const weights: Weights = weightsFor(flags.share, to, system.router.capabilities.scale);
    const rises = ([to, otherSlot(to)] as const).find((slot) =>
      before.some((each) => shareOf(weights, slot) > shareOf(each, slot)),
    );
    if (rises && !flags.force) await refuseWithoutCapacity(system, rises);
    progress.step(`set ${percent(flags.share)} on ${to}`);
    context.ifInterrupted('the weights may be half set; `shift status` shows them');
    await lease.beat(`setting ${percent(flags.share)} on ${to}`);
    const { written } = await system.router.apply({
      expected: before,
      to: weights,
      mayWrite: async () => void (await lease.beat(`setting ${percent(flags.share)} on ${to}`)),
    });
    progress.end();
    const shown = ({ blue, green }: Weights): string => `blue ${blue}, green ${green}`;
    context.print(
      `${[...new Set(before.map(shown))].join(' and ')} before, ${shown(weights)} now, verified (${written.length} rules written)`,
      { before, weights, written },
    );
    return EXIT.done;
  } finally {
    await lease.release().catch(() => undefined);
  }
}

/** A slot that takes more must be able to: not necessarily all of it, but it must have as many nodes as the other. */
async function refuseWithoutCapacity(system: DeployedSystem, rises: Slot): Promise<void> {
  const [rising, other] = [await system.capacity(rises), await system.capacity(otherSlot(rises))];
  const short = capacityShort(rising, other);
  if (short === undefined) return;
  throw new KongDualClusterError('SET_NO_CAPACITY', `${rises} is smaller than the other slot`, {
    found: short,
    remedy: `raise ${rises} first; to go back to a slot as it is: kong-dual-cluster shift abort, or --force`,
    exitCode: EXIT.preflightRefused,
  });
}
