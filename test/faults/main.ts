import { parseArgs } from 'node:util';
import { MUTANTS } from './mutants';
import { play, type Outcome } from './play';
import { SCENARIOS } from './scenarios';

/** What a worker hands back: a line a scenario and seed would be megabytes, so that it is summed up here. */
export interface Summary {
  readonly scenario: string;
  readonly says: string;
  /** Seeds in which nothing was wrong, and exits of these that say otherwise. */
  fine: number;
  byChance: Record<string, number>;
  seeds: number;
  failed: number;
  /** Of the seed that lost most of its requests. */
  worst: { sent: number; lost: number; ofBound: number };
  exits: Record<string, number>;
  secondsToBlue: number | null;
  failures: { seed: number; what: readonly string[] }[];
}

const { values } = parseArgs({
  options: {
    first: { type: 'string', default: '1' },
    step: { type: 'string', default: '1' },
    last: { type: 'string', default: '50' },
    only: { type: 'string' },
    mutants: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});

const add = (
  summary: Summary,
  { seed, exit, sent, lost, ofBound, secondsToBlue, failures, isFine, byChance }: Outcome,
): void => {
  summary.seeds += 1;
  if (isFine) summary.fine += 1;
  if (byChance !== undefined) summary.byChance[byChance] = (summary.byChance[byChance] ?? 0) + 1;
  summary.exits[exit] = (summary.exits[exit] ?? 0) + 1;
  if (summary.worst.sent === 0 || lost / sent > summary.worst.lost / summary.worst.sent)
    summary.worst = { sent, lost, ofBound };
  if (secondsToBlue !== undefined) summary.secondsToBlue = Math.max(summary.secondsToBlue ?? 0, secondsToBlue);
  if (failures.length === 0) return;
  summary.failed += 1;
  if (summary.failures.length < 5) summary.failures.push({ seed, what: failures });
};

// The gates read the same few hundred times of minutes at every look: half of the suite's time was spent in reading them.
const { parse } = Date;
const parsed = new Map<string, number>();
Date.parse = (text) => {
  let time = parsed.get(text);
  if (time === undefined) {
    if (parsed.size > 10_000) parsed.clear();
    parsed.set(text, (time = parse(text)));
  }
  return time;
};

async function main(): Promise<void> {
  if (values.list) {
    for (const { name, says } of SCENARIOS) process.stdout.write(`${JSON.stringify({ name, says })}\n`);
    return;
  }
  if (values.mutants) {
    for (const { name, mutate, caughtBy, seeds } of MUTANTS) {
      let caught: Outcome | undefined;
      for (let seed = 1; seed <= seeds && !caught; seed += 1)
        for (const scenario of SCENARIOS.filter((each) => caughtBy.includes(each.name))) {
          const outcome = await play(scenario, seed, mutate);
          if (outcome.failures.length > 0) caught ??= outcome;
        }
      const by = caught && { scenario: caught.scenario, seed: caught.seed, what: caught.failures[0] };
      process.stdout.write(`${JSON.stringify({ mutant: name, caught: by ?? null })}\n`);
    }
    return;
  }
  for (const scenario of SCENARIOS.filter(({ name }) => values.only === undefined || name === values.only)) {
    const summary: Summary = {
      scenario: scenario.name,
      says: scenario.says,
      fine: 0,
      byChance: {},
      seeds: 0,
      failed: 0,
      worst: { sent: 0, lost: 0, ofBound: 0 },
      exits: {},
      secondsToBlue: null,
      failures: [],
    };
    for (let seed = Number(values.first); seed <= Number(values.last); seed += Number(values.step))
      add(summary, await play(scenario, seed));
    process.stdout.write(`${JSON.stringify(summary)}\n`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack ?? String(error)}\n`);
  process.exit(1);
});
