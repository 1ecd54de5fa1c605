import type { Random } from '../world/random';
import type { Ended, World } from '../world/world';

/** One of the stages of the plan. @param notLast leaves the last one out */
export const someStage = (world: World, random: Random, notLast = false): number =>
  random.int(0, world.shape.stages.length - (notLast ? 2 : 1));

/**
 * Seconds until an alarm of three bad periods of five must have rolled back: a part of a period, three of them, until they are
 * published, two looks, the writes.
 */
export const alarmSeconds = (world: World): number =>
  4 * world.shape.periodSeconds + world.metrics.longestDelay + 2 * LOOK_SECONDS + WRITE_SECONDS;
const LOOK_SECONDS = 2;
const WRITE_SECONDS = 4;

/** Requests that a slot with a share gets in some seconds, at the height of the day, with room for chance. */
export const requestsIn = (world: World, share: number, seconds: number): number => {
  const mean = world.shape.rate * share * seconds;
  return mean + 5 * Math.sqrt(mean) + 5;
};

/** What is lost until an alarm has taken the traffic away that a stage, or the next one, gave to the slot. */
export function lostUntilAlarm(world: World, stage: number, failing = 1): number {
  const { stages } = world.shape;
  const share = stages[Math.min(stage + 1, stages.length - 1)]!.share;
  return requestsIn(world, share * failing, alarmSeconds(world));
}

/** The rising slot fails a part of its requests from now on, or from one of the stages on. */
export function breakRising(world: World, stage: number, part: number, failing: number): void {
  world.during(stage, part, () => {
    world.slot(world.shape.to).errors = () => failing;
    world.mark();
  });
}

/** Where a shift stands that was held: at a stage, the Admin API with most of it. */
export const heldAt = (world: World, ended: Ended) => world.at(ended.state?.stage ?? 0);

export const failure = (name: string, message: string): Error => Object.assign(new Error(message), { name });
export const throttled = (): Error => failure('ThrottlingException', 'Rate exceeded');
export const expired = (): Error =>
  failure('ExpiredTokenException', 'The security token included in the request is expired');
export const denied = (): Error => failure('AccessDeniedException', 'User is not authorized to perform this action');
export const silent = (): Error => failure('TimeoutError', 'no answer');

/**
 * What may become of a shift that nothing is wrong with: done; by chance rolled back or held, because tests have error rates (the
 * policy's false alarm is 1 %; a verdict may need more than the time there is).
 */
export const fineOrChance = (world: World, ended: Ended) => ({
  exits: [0, 3, 4] as const,
  weights: ended.code === 3 ? world.before : ended.code === 4 ? heldAt(world, ended) : world.after,
  isFine: true,
  byChance: ended.code === 0 ? undefined : ended.code,
});
