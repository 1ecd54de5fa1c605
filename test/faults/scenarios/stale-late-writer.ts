import type { Scenario } from '../scenario';
import { silent, someStage } from './common';

/** A write is given up after this long (lib/routers/alb/alb-router.ts), milliseconds. */
const GIVEN_UP_MS = 2500;

export const staleLateWriter: Scenario = {
  name: 'stale late writer',
  says: 'somebody aborts from another machine while a write of the run is still on its way',
  async play(world, random) {
    const stage = someStage(world, random);
    const lateMs = random.between(0, 4000);
    const running = world.start();
    let aborting: ReturnType<typeof world.abort> | undefined;
    const begun = new Promise<void>((resolve) =>
      world.onLine.push((line) => {
        if (line.type !== 'raising' || line.stage !== stage || aborting) return;
        world.faults.push(async (operation, when, process) => {
          if (operation !== 'ModifyRule' || when !== 'before' || process.host !== 'here') return;
          await process.sleep(Math.min(lateMs, GIVEN_UP_MS));
          if (lateMs > GIVEN_UP_MS) throw silent();
        });
        world.in(random.between(0, 3), () => {
          world.mark();
          aborting = world.abort({ elsewhere: true, skewMs: random.pick([0, 3_600_000, -3_600_000]) });
          resolve();
        });
        aborting = undefined;
      }),
    );
    await begun;
    const [ended, run] = await Promise.all([aborting!, running]);
    return {
      ended,
      exits: [0],
      weights: world.before,
      lostAtMost: 0,
      // The journal is on the machine of the run that was fenced off.
      replays: false,
      also: [
        ![3, 5].includes(Number(run.code)) && `the run that was fenced off ended with ${run.code}: ${run.message}`,
      ],
    };
  },
};
