import * as fc from 'fast-check';
import { gatesOf, type GateQuestion } from '../../../lib/traffic/gates-of';
import { overall } from '../../../lib/traffic/gates';
import type { GatePolicy } from '../../../lib/traffic/gate-policy';
import type { Minute, MinuteReading, SlotMinute } from '../../../lib/traffic/minutes';
import { afterLook } from '../../../lib/traffic/stage-policy';
import { minuteAt, POLICY, reading, span } from './readings';

/** Laws over readings that no source should give, and some do. */
const STAGES = [{ share: 0.05 }, { share: 0.5 }, { share: 1 }];
const SPANS = [span(0, 0.05, 0, 20), span(1, 0.5, 20)];
const ask = (readings: readonly MinuteReading[], more: Partial<GateQuestion> = {}) =>
  gatesOf({ readings, policy: POLICY, from: 'blue', to: 'green', stages: STAGES, spans: SPANS, ...more });
const passes = (readings: readonly MinuteReading[], more: Partial<GateQuestion> = {}): boolean =>
  overall(ask(readings, more)) === 'PASS';

const slot = fc.record({
  requests: fc.oneof(fc.nat({ max: 20_000 }), fc.constantFrom(NaN, Infinity, -1, 0, 1e300)),
  errors: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.nat({ max: 30 }), fc.constantFrom(NaN, -3, Infinity)),
});
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 5 });
const minute = (index: number): fc.Arbitrary<Minute> =>
  fc
    .record({ blue: maybe(slot), green: maybe(slot), settled: fc.boolean() })
    .map(({ blue, green, settled }) => ({ ...minuteAt(index, blue, green), settled }));
const anyReading = fc
  .tuple(...Array.from({ length: 25 }, (_, index) => fc.option(minute(index + 15), { nil: undefined, freq: 8 })))
  .map((all) => reading(all.filter((each) => each !== undefined)));

const GOOD: SlotMinute = { requests: 5000, errors: 1 };
const good = (from: number, to: number, green: SlotMinute | undefined = GOOD): Minute[] =>
  Array.from({ length: to - from }, (_, i) => minuteAt(from + i, GOOD, green));

test('the laws are about something: good readings pass', () => expect(passes([reading(good(0, 40))])).toBe(true));

test('a look never throws, and a reading without a settled minute of both slots in the stage passes nothing', () =>
  fc.assert(
    fc.property(fc.array(anyReading, { maxLength: 3 }), (readings) => {
      const told = readings.some(({ minutes }) =>
        minutes.some(({ at, settled, slots }) => {
          const isCounted = [slots.blue, slots.green].every(
            (each) => each && each.requests > 0 && each.requests <= Number.MAX_SAFE_INTEGER && each.errors >= 0,
          );
          return settled && at >= SPANS[1]!.from && isCounted;
        }),
      );
      const isPassed = passes(readings);
      if (!told) expect(isPassed).toBe(false);
    }),
    { numRuns: 400 },
  ));

test('whatever it has counted: nothing passes when the only source is late', () =>
  fc.assert(
    fc.property(anyReading, fc.integer({ min: 1, max: 100_000 }), (any, staleSeconds) => {
      for (const each of [any, reading(good(0, 40))]) expect(passes([{ ...each, staleSeconds }])).toBe(false);
    }),
  ));

test('nothing passes by what was before a gap of either slot, wherever it is', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 20, max: 39 }),
      fc.constantFrom<'blue' | 'green' | 'both'>('blue', 'green', 'both'),
      fc.constantFrom(NaN, -1, undefined),
      (at, whose, errors) => {
        // After the gap green's minutes hold ten requests each: nothing by themselves.
        const few = { requests: 20, errors: 0 };
        const gone = errors === undefined ? undefined : { requests: 5000, errors };
        const minutes = [
          ...good(0, at),
          ...(whose === 'both' && gone === undefined
            ? []
            : [minuteAt(at, whose === 'green' ? GOOD : gone, whose === 'blue' ? GOOD : gone)]),
          ...Array.from({ length: 3 }, (_, i) => minuteAt(at + 1 + i, few, few)),
        ];
        expect(passes([reading(minutes)])).toBe(false);
      },
    ),
  ));

test('without PASS of what gates, no stage ends', () =>
  fc.assert(
    fc.property(anyReading, fc.constantFrom<GatePolicy['whenInconclusive']>('hold', 'extend', 'abort'), (any, then) => {
      const gates = ask([any]);
      const decision = afterLook({
        gates,
        elapsedSeconds: 10_000,
        stage: { share: 0.5, bakeSeconds: 600 },
        shift: { maxExtensionSeconds: 1800, whenInconclusive: then },
      });
      const counted = gates.filter(({ use }) => use === 'gate');
      if (counted.some(({ verdict }) => verdict !== 'PASS')) expect(decision.do).not.toBe('pass');
    }),
  ));
