import type { TrafficRouter } from '../../lib/routers/router';
import type { ShiftParts } from '../../lib/runner/shift-parts';
import type { MinuteReading, MinuteSource } from '../../lib/traffic/minutes';
import { shareOf, weightsFor } from '../../lib/traffic/weights';
import type { Mutate, World } from './world/world';

/** A runner with one thing wrong with it, and the scenarios of which one must notice. */
export interface Mutant {
  /** Goes on: the suite catches a runner that … */
  readonly name: string;
  readonly mutate: Mutate;
  readonly caughtBy: readonly string[];
  /** How many seeds it may take. */
  readonly seeds: number;
}

const SEEDS = 40;

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'takes missing data for good data',
    mutate: (parts, world) => ({
      ...parts,
      alarms: async (names) =>
        (await parts.alarms(names)).map((alarm) =>
          alarm.state === 'ALARM' ? alarm : { ...alarm, state: 'OK' as const },
        ),
      counts: async (from, to) => {
        const { blue = 1000, green = 1000 } = await parts.counts(from, to);
        return { blue, green };
      },
      minutes: read(parts, (reading, from, to) => filled(world, reading, from, to)),
    }),
    caughtBy: ['no data at low weight', 'stale metrics', 'missing alarm'],
    seeds: SEEDS,
  },
  {
    name: 'reads a missing alarm as a quiet one',
    mutate: (parts) => ({
      ...parts,
      alarms: async (names) =>
        (await parts.alarms(names)).map((each) =>
          each.state === 'MISSING' ? { ...each, state: 'OK' as const } : each,
        ),
    }),
    caughtBy: ['missing alarm'],
    seeds: SEEDS,
  },
  {
    name: 'does not know that its lock was taken away',
    mutate: (parts) => ({
      ...parts,
      lease: {
        beat: (doing) => parts.lease.beat(doing).catch(() => undefined),
        silence: 0,
        answered: () => parts.lease.answered(),
      },
    }),
    caughtBy: ['stale late writer'],
    seeds: SEEDS,
  },
  {
    name: 'ignores weights that somebody else has set',
    mutate: withRouter((router) => ({
      verify: async (weights) => ({ ...(await router.verify(weights)), holds: true, differences: [] }),
      apply: async (change) => {
        const { places } = await router.read();
        return router.apply({ ...change, expected: places.map(({ weights }) => weights) });
      },
    })),
    caughtBy: ['IaC reset', 'console edit', 'zero-sum weights'],
    seeds: SEEDS,
  },
  {
    name: 'fights for its weights',
    mutate: withRouter((router) => ({
      verify: async (weights) => {
        const seen = await router.verify(weights);
        if (!seen.holds)
          await router.restore({ ...seen.reading, places: seen.reading.places.map((p) => ({ ...p, weights })) });
        return router.verify(weights);
      },
    })),
    caughtBy: ['IaC reset', 'console edit'],
    seeds: SEEDS,
  },
  {
    name: 'puts only the first rule back',
    mutate: withRouter((router) => ({
      restore: async (reading, mayWrite) => {
        const live = await router.read();
        const places = live.places.map((place, i) =>
          i === 0 ? { ...place, weights: reading.places[0]!.weights } : place,
        );
        return router.restore({ ...reading, places }, mayWrite);
      },
      verify: async (weights) => {
        const seen = await router.verify(weights);
        return { ...seen, holds: seen.reading.places[0]?.weights.green === weights.green };
      },
    })),
    caughtBy: ['green fails'],
    seeds: SEEDS,
  },
  {
    name: 'skips a stage',
    mutate: withRouter((router, world) => ({
      apply: (change) => {
        const { stages, to } = world.shape;
        const next = stages.findIndex(({ share }) => Math.abs(share - shareOf(change.to, to)) < 1e-9) + 1;
        return router.apply({ ...change, to: weightsFor(stages[Math.min(next, stages.length - 1)]!.share, to) });
      },
    })),
    caughtBy: ['fine'],
    seeds: SEEDS,
  },
  {
    name: 'does not write down what passed',
    mutate: (parts) => ({
      ...parts,
      journal: {
        get lines() {
          return parts.journal.lines;
        },
        append: (event, at) =>
          event.type === 'passed'
            ? Promise.resolve({ n: 0, at: at.toISOString(), ...event })
            : parts.journal.append(event, at),
      },
    }),
    caughtBy: ['fine'],
    seeds: SEEDS,
  },
  {
    name: 'goes on when its journal cannot be written',
    mutate: (parts) => ({
      ...parts,
      journal: {
        get lines() {
          return parts.journal.lines;
        },
        append: (event, at) => parts.journal.append(event, at).catch(() => ({ n: 0, at: at.toISOString(), ...event })),
      },
    }),
    caughtBy: ['journal full'],
    seeds: SEEDS,
  },
  {
    name: 'goes back to a slot without a node',
    mutate: (parts, world) => ({
      ...parts,
      capacity: async (slot) => ({ ...(await parts.capacity(slot)), healthy: world.shape.nodes }),
    }),
    caughtBy: ['blue scaled in'],
    seeds: SEEDS,
  },
  {
    name: 'looks ten times as seldom',
    mutate: (parts) => ({ ...parts, sleep: (milliseconds) => parts.sleep(milliseconds * 10) }),
    caughtBy: ['console edit', 'green fails'],
    seeds: SEEDS,
  },
  {
    name: 'takes throttling for the end',
    mutate: (parts) => ({ ...parts, kindOf: () => 'lasting' }),
    caughtBy: ['throttling'],
    seeds: SEEDS,
  },
  {
    name: 'believes the share that it set',
    mutate: (parts, world) => ({ ...parts, minutes: read(parts, (reading) => asSet(world, reading)) }),
    caughtBy: ['written but not effective'],
    seeds: SEEDS,
  },
  {
    name: 'sees no errors',
    mutate: (parts) => ({
      ...parts,
      alarms: async (names) => (await parts.alarms(names)).map((each) => ({ ...each, state: 'OK' as const })),
      minutes: read(parts, withoutErrors),
    }),
    caughtBy: ['green fails', 'slow leak'],
    seeds: SEEDS,
  },
  {
    name: 'sets no dead-man timer',
    mutate: (parts) => ({
      ...parts,
      deadMan: {
        takeOver: () => undefined,
        renew: () => undefined,
        mustBeArmed: () => Promise.resolve(),
        disarm: () => Promise.resolve(),
      },
    }),
    caughtBy: ['nobody back'],
    seeds: SEEDS,
  },
];

const read = (
  parts: ShiftParts,
  change: (reading: MinuteReading, from: Date, to: Date) => MinuteReading,
): MinuteSource[] => parts.minutes.map((source) => async (from, to) => change(await source(from, to), from, to));

function withRouter(change: (router: TrafficRouter, world: World) => Partial<TrafficRouter>): Mutate {
  return (parts, world) => {
    const { router } = parts;
    const whole: TrafficRouter = {
      capabilities: router.capabilities,
      read: () => router.read(),
      apply: (asked) => router.apply(asked),
      verify: (weights) => router.verify(weights),
      restore: (reading, mayWrite) => router.restore(reading, mayWrite),
    };
    return { ...parts, router: { ...whole, ...change(router, world) } };
  };
}

/** Every period there, settled, with requests and without errors. */
function filled(world: World, reading: MinuteReading, from: Date, to: Date): MinuteReading {
  const { staleSeconds: _, ...rest } = reading;
  const period = reading.periodSeconds * 1000;
  const known = new Map(reading.minutes.map((minute) => [Date.parse(minute.at), minute]));
  const [live] = world.weights();
  const green = live ? shareOf(live, 'green') : 0;
  const good = (share: number) => ({ requests: Math.round(1e5 * share), errors: 0, slow: 0 });
  const minutes = [];
  for (let at = Math.ceil(from.getTime() / period) * period; at + period <= to.getTime(); at += period) {
    const slots = { blue: good(1 - green), green: good(green), ...known.get(at)?.slots };
    minutes.push({ at: new Date(at).toISOString(), settled: true, slots });
  }
  return { ...rest, minutes };
}

function asSet(world: World, reading: MinuteReading): MinuteReading {
  const [live] = world.weights();
  if (!live) return reading;
  const minutes = reading.minutes.map((minute) => {
    const all = (minute.slots.blue?.requests ?? 0) + (minute.slots.green?.requests ?? 0);
    const of = (slot: 'blue' | 'green') => ({
      ...(minute.slots[slot] ?? { errors: 0, slow: 0 }),
      requests: Math.round(all * shareOf(live, slot)),
    });
    return { ...minute, slots: { blue: of('blue'), green: of('green') } };
  });
  return { ...reading, minutes };
}

const withoutErrors = (reading: MinuteReading): MinuteReading => ({
  ...reading,
  minutes: reading.minutes.map(({ slots, ...minute }) => ({
    ...minute,
    slots: {
      ...(slots.blue && { blue: { ...slots.blue, errors: 0, slow: 0 } }),
      ...(slots.green && { green: { ...slots.green, errors: 0, slow: 0 } }),
    },
  })),
});
