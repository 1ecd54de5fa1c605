import type { Stage } from '../../../lib/traffic/plan';
import type { Slot } from '../../../lib/traffic/weights';
import type { Random } from './random';

/** What a seed decides about a system, its plan and its users before anything goes wrong. */
export interface Shape {
  readonly from: Slot;
  readonly to: Slot;
  /** Seconds that a data point covers. */
  readonly periodSeconds: number;
  /** Listener rules that split the traffic. */
  readonly rules: number;
  readonly stages: readonly Stage[];
  readonly minRequests: number;
  readonly maxExtensionSeconds: number;
  /** Seconds without a sign of life of the runner until the old slot gets everything back; absent: never. */
  readonly deadManSeconds?: number;
  /** Requests a second, at the height of the day. */
  readonly rate: number;
  /** Fraction of errors that both slots have anyway. */
  readonly background: number;
  /** The same where it changes with time, in seconds since the start; the hour before is negative. */
  readonly backgroundAt?: (at: number) => number;
  /** Nodes of each slot, and requests a second that each can serve. */
  readonly nodes: number;
  readonly perNode: number;
  /** Whether the rules ask for a login first, and keep a client with its group. */
  readonly isAuthenticated: boolean;
}

const PLANS: readonly (readonly number[])[] = [
  [0.05, 0.25, 0.5, 1],
  [0.01, 0.1, 0.5, 1],
  [0.1, 1],
  [0.2, 0.4, 0.6, 0.8, 1],
  [0.05, 0.5, 1],
  [0.3, 1],
];

export function shapeOf(random: Random): Shape {
  // A real minute, or the same made shorter: what is a period of the metrics decides how long everything else takes.
  const periodSeconds = random.chance(0.003) ? 60 : random.chance(0.04) ? 10 : random.chance(0.3) ? 5 : 1;
  const nodes = random.int(2, 6);
  const from = random.chance(0.8) ? 'blue' : 'green';
  const shares = random.pick(PLANS);
  const bake = random.int(5, 7) * periodSeconds;
  const background = random.pick([0, 0, 0.001, 0.003]);
  // Enough for a verdict in the smallest stage: without errors 3,000 requests (ln 20 / 0.1 %), else some dozens of errors.
  const enough = background === 0 ? random.spread(6000, 60_000) : random.spread(100, 300) / background;
  const rate = enough / (Math.min(...shares) * 0.6 * bake);
  return {
    from,
    to: from === 'blue' ? 'green' : 'blue',
    periodSeconds,
    ...(random.chance(0.7) && { deadManSeconds: random.int(3, 15) * 60 }),
    rules: random.int(1, 5),
    stages: shares.map((share) => ({ share, bakeSeconds: share === 1 ? bake + periodSeconds : bake })),
    minRequests: random.pick([1, 20, 100]),
    maxExtensionSeconds: 12 * periodSeconds,
    rate,
    background,
    nodes,
    perNode: (rate * random.between(1.5, 3)) / nodes,
    isAuthenticated: random.chance(0.3),
  };
}
