import {
  DescribeRulesCommand,
  type ElasticLoadBalancingV2Client,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { SLOTS, type Slot, type Weights } from '../../lib/traffic/weights';
import type { WeightsSet } from './report/data';

/** Milliseconds between two looks while nobody waits for anything. */
const EVERY_MS = 200;
/** And while somebody does: the resolution of the time to a rollback. */
const HURRY_MS = 40;

/**
 * Looks at the weighted rules as AWS describes them, from beside the command: what was set and when, by an eye that does
 * not know what the command means to do.
 */
export class WeightsWatch {
  /** Share of green on the first rule: one entry a change. */
  readonly changes: WeightsSet[] = [];
  private weights: readonly Weights[] = [];
  private waiting = 0;
  private stopped = false;
  private readonly running: Promise<void>;

  /** @param epoch zero of `at`, milliseconds */
  constructor(
    private readonly elb: Pick<ElasticLoadBalancingV2Client, 'send'>,
    private readonly ruleArns: readonly string[],
    private readonly targetGroupArns: Readonly<Record<Slot, string>>,
    private readonly epoch: number,
  ) {
    this.running = this.run();
  }

  /**
   * Waits until every rule has these weights.
   * @returns milliseconds since the epoch of the answer that showed it
   */
  async until(test: (weights: Weights) => boolean, seconds: number, signal: AbortSignal): Promise<number> {
    const end = Date.now() + seconds * 1000;
    this.waiting += 1;
    try {
      for (;;) {
        signal.throwIfAborted();
        const weights = await this.look();
        if (weights.length > 0 && weights.every(test)) return Date.now();
        if (Date.now() > end)
          throw new Error(`the weights were not as expected within ${seconds} s: ${shown(weights)}`);
        await pause(HURRY_MS);
      }
    } finally {
      this.waiting -= 1;
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      // A look that fails is followed by another one; a picture may miss 0.2 s.
      if (this.waiting === 0) await this.look().catch(() => undefined);
      await pause(EVERY_MS);
    }
  }

  private async look(): Promise<readonly Weights[]> {
    const { Rules = [] } = await this.elb.send(new DescribeRulesCommand({ RuleArns: [...this.ruleArns] }));
    this.weights = Rules.map((rule) => weightsOf(rule, this.targetGroupArns));
    const [first] = this.weights;
    if (first !== undefined) {
      const green = first.green / Math.max(1, first.blue + first.green);
      if (this.changes.at(-1)?.green !== green) this.changes.push({ at: (Date.now() - this.epoch) / 1000, green });
    }
    return this.weights;
  }
}

export function weightsOf(rule: Rule, targetGroupArns: Readonly<Record<Slot, string>>): Weights {
  const groups = rule.Actions?.flatMap(({ ForwardConfig }) => ForwardConfig?.TargetGroups ?? []) ?? [];
  const [blue, green] = SLOTS.map(
    (slot) => groups.find(({ TargetGroupArn }) => TargetGroupArn === targetGroupArns[slot])?.Weight ?? 0,
  );
  return { blue: blue ?? 0, green: green ?? 0 };
}

const shown = (weights: readonly Weights[]): string =>
  weights.map(({ blue, green }) => `blue ${blue}, green ${green}`).join('; ') || 'no rule';

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
