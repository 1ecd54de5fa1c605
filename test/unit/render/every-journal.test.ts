import { columnsOf } from '../../../lib/render/fold-lines';
import { shiftMarkdown, shiftPage } from '../../../lib/render/shift-page';
import { shiftStory } from '../../../lib/render/shift-report';
import { shiftTree } from '../../../lib/render/shift-tree';
import { shiftView } from '../../../lib/render/shift-view';
import { paint } from '../../../lib/render/text';
import { fold } from '../../../lib/traffic/shift';
import type { JournalLine } from '../../../lib/traffic/shift-events';
import { SCENARIOS } from '../../faults/scenarios';
import { Random } from '../../faults/world/random';
import { shapeOf } from '../../faults/world/shape';
import { World as FaultyWorld } from '../../faults/world/world';
import { Killed, World } from '../runner/world';

const WRONG = /NaN|undefined|Infinity|Invalid/;

/** Each as far as it was written, on a desk and on a phone. */
function shown(lines: readonly JournalLine[]): void {
  const lengths = new Set([1, 2, 3, Math.ceil(lines.length / 2), lines.length - 1, lines.length]);
  for (const length of [...lengths].filter((each) => each > 0 && each <= lines.length)) {
    const some = lines.slice(0, length);
    const now = Date.parse(some.at(-1)!.at) + 1500;
    for (const columns of [60, 80]) {
      const tree = shiftTree(shiftView({ state: fold(some), lines: some, now }), { columns }, paint(false));
      for (const line of tree) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
      expect(tree.join('\n')).not.toMatch(WRONG);
    }
    const story = shiftStory(some);
    expect(shiftPage(story)).not.toMatch(WRONG);
    expect(shiftMarkdown(story)).not.toMatch(WRONG);
  }
}

describe('every journal can be shown and told', () => {
  test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
    'of the faults: %s',
    async (_, scenario) => {
      for (const seed of [1, 2]) {
        const random = new Random(seed).fork(scenario.name);
        const drawn = shapeOf(random.fork('shape'));
        const shape = scenario.shape?.(drawn, random.fork('shape of it')) ?? drawn;
        const world = new FaultyWorld(shape, random.fork('world'));
        await world.until(scenario.play(world, random.fork('play')));
        if (world.lines.length > 0) shown(world.lines);
      }
    },
    60_000,
  );

  test('of a run that was killed at each of its points, and went on', async () => {
    const whole = new World();
    await whole.start();
    for (let point = 1; point <= whole.points; point += 1) {
      const world = new World();
      world.killAt = point;
      await world.start().catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
      if (world.lines.length === 0) continue;
      shown(world.lines);
      await world.resume();
      shown(world.lines);
    }
  }, 60_000);
});
