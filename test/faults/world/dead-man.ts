import { isFinished } from '../../../lib/traffic/shift';
import { allOn, liveSlot, sameShare } from '../../../lib/traffic/weights';
import type { World } from './world';

/**
 * The one-time schedule and the rollback machine that it starts, in virtual time. What they promise is in
 * lib/deployed/dead-man-schedule.ts and lib/traffic/rollback-machine.ts: a schedule fires within a minute of its time; the machine
 * writes nothing when the record is another run's, when that run has ended, when weights are there that it cannot have set, or
 * when nobody of the old slot is healthy; else it takes the lock away, writes and says so in the record.
 */
export class RollbackSchedule {
  private fires: { readonly run: string; readonly why: string } | undefined;
  /** What became of each firing. */
  readonly outcomes: string[] = [];

  constructor(private readonly world: World) {}

  arm({ run, why, at }: { readonly run: string; readonly why: string; readonly at: Date }): void {
    const armed = { run, why };
    this.fires = armed;
    const late = this.world.random.between(0, 60_000);
    this.world.clock.in(at.getTime() - this.world.clock.now + late, () => {
      if (this.fires !== armed) return;
      this.fires = undefined;
      this.outcomes.push(this.run(armed));
    });
  }

  disarm(): void {
    this.fires = undefined;
  }

  private run({ run, why }: { readonly run: string; readonly why: string }): string {
    const { world } = this;
    const { record } = world.dynamo;
    if (record === undefined) return 'no record';
    if (record.run !== run) return 'not mine';
    if (isFinished(record.phase)) return 'ended';
    const known = [...(record.known ?? []), record.weightsBefore];
    const live = world.weights().slice(0, -1);
    if (!live.every((each) => each && known.some((other) => sameShare(each, other)))) return 'foreign weights';
    if (world.slot(record.from).healthy === 0) return 'nobody healthy';
    void world.dynamo.fenceOff();
    for (let rule = 0; rule < world.rules.length; rule += 1) world.setByHand(rule, record.weightsBefore);
    world.setAdmin(allOn(liveSlot(record.weightsBefore) ?? record.from));
    const changedAt = new Date(world.clock.now).toISOString();
    void world.dynamo.writeShift({ ...record, phase: 'rolled back', share: 0, changedAt, reason: why });
    return 'rolled back';
  }
}
