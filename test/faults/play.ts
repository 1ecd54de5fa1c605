import { fold } from '../../lib/traffic/shift';
import { sameShare, type Weights } from '../../lib/traffic/weights';
import type { Scenario } from './scenario';
import { Random } from './world/random';
import { shapeOf } from './world/shape';
import { World, type Ended, type Mutate } from './world/world';

/** What one seed of one scenario came to. */
export interface Outcome {
  readonly scenario: string;
  readonly seed: number;
  readonly exit: Ended['code'];
  readonly sent: number;
  readonly lost: number;
  /** Of what may be lost, as a fraction. */
  readonly ofBound: number;
  /** From the harm to everything back on the old slot, where it was measured. */
  readonly secondsToBlue: number | undefined;
  /** Where nothing was wrong: the exit that says otherwise. */
  readonly isFine: boolean;
  readonly byChance: Ended['code'] | undefined;
  /** Assertions and laws that do not hold; empty when all is well. */
  readonly failures: readonly string[];
}

/** Plays a scenario with a seed and holds it to its four assertions and to the two laws. */
export async function play(scenario: Scenario, seed: number, mutate?: Mutate): Promise<Outcome> {
  const random = new Random(seed).fork(scenario.name);
  const drawn = shapeOf(random.fork('shape'));
  const shape = scenario.shape?.(drawn, random.fork('shape of it')) ?? drawn;
  const world = new World(shape, random.fork('world'), mutate);
  const failures: string[] = [];
  const { sent, lost, ...told } = await world
    .until(scenario.play(world, random.fork('play')))
    .then((expected) => {
      const { traffic } = world;
      const {
        ended,
        exits,
        message,
        weights,
        lostAtMost,
        replays = true,
        also = [],
        isFine = false,
        byChance,
      } = expected;
      if (ended.code === 'killed' || !exits.includes(ended.code))
        failures.push(`exit ${ended.code}, expected ${exits.join(' or ')}: ${ended.message}`);
      else if (message && !message.test(ended.message))
        failures.push(`it says "${ended.message}", not ${message.source}`);
      const live = world.weights();
      if (!alike(live, weights)) failures.push(`weights ${shown(live)}, expected ${shown(weights)}`);
      if (traffic.lost > lostAtMost)
        failures.push(`${traffic.lost} of ${traffic.sent} requests lost, at most ${Math.round(lostAtMost)} expected`);
      failures.push(...also.filter((each) => each !== false));
      if (replays) failures.push(...replayed(world, live));
      return {
        exit: ended.code,
        sent: traffic.sent,
        lost: traffic.lost,
        ofBound: lostAtMost > 0 ? traffic.lost / lostAtMost : 0,
        secondsToBlue: world.secondsToBlue,
        isFine,
        byChance,
      };
    })
    .catch((error: Error) => {
      failures.push(error.stack ?? String(error));
      return {
        exit: 'killed' as const,
        sent: 0,
        lost: 0,
        ofBound: 0,
        secondsToBlue: undefined,
        isFine: false,
        byChance: undefined,
      };
    });
  if (scenario.cannotRestore === undefined) failures.push(...(await restored(world)));
  failures.push(...world.broken.map((broken) => `law 2: ${broken}`));
  return { scenario: scenario.name, seed, sent, lost, ...told, failures };
}

/** Law 1: wherever it stands, one command puts everything back. */
async function restored(world: World): Promise<string[]> {
  world.killAt = Infinity;
  world.killWhen = undefined;
  try {
    const { code, message } = await world.until(world.abort({ force: true }));
    const live = world.weights();
    if (code === 0 && alike(live, world.before)) return [];
    return [`law 1: one abort ended with ${code} and left ${shown(live)}: ${message}`];
  } catch (error) {
    return [`law 1: ${(error as Error).stack}`];
  }
}

/** The journal, folded, says what lives. */
function replayed(world: World, live: readonly (Weights | undefined)[]): string[] {
  const { lines, shape } = world;
  if (lines.length === 0)
    return alike(
      live.slice(0, -1),
      live.slice(0, -1).map(() => live[0]),
    )
      ? []
      : ['no journal'];
  const { phase, weights, start } = fold(lines);
  const rules = world.edgeNodes ? live : live.slice(0, -1);
  if (phase === 'conflict' || phase === 'rollback failed') return [];
  const expected = phase === 'rolled back' ? start.weightsBefore : weights;
  if (rules.every((each) => each && sameShare(each, expected))) return [];
  // Between two stages the journal says so: the last intent is in it.
  if (lines.findLast(({ type }) => type === 'raising' || type === 'raised')?.type === 'raising' && phase === 'held')
    return [];
  return [`the journal of ${shape.from} says ${phase} at ${shown([expected])}, live is ${shown(rules)}`];
}

const alike = (a: readonly (Weights | undefined)[], b: readonly (Weights | undefined)[]): boolean =>
  a.length === b.length &&
  a.every((each, i) => {
    const other = b[i];
    return each === undefined || other === undefined ? each === other : sameShare(each, other);
  });

const shown = (all: readonly (Weights | undefined)[]): string =>
  all.map((each) => (each ? `${each.blue}:${each.green}` : 'none')).join(' ');
