import { KongDualClusterError } from '../../../lib/errors';
import type { RouterReading, TrafficRouter } from '../../../lib/routers/router';
import { allOn, sameShare, shareOf, weightsFor, type Weights } from '../../../lib/traffic/weights';

/** A router and its counterpart, which a test looks at and changes without the router. */
export interface Rig {
  readonly router: TrafficRouter;
  /** Another router over the same counterpart that remembers nothing: the process after the one that died. */
  another(): TrafficRouter;
  /** Everything on blue and all else as it was when the rig was made; forgets the moments. Called before each test. */
  reset(): Promise<void>;
  /** Weights as the counterpart holds them, in the order of the reading's places. */
  weights(): Promise<readonly Weights[]>;
  /** What a person does in the console: nothing but the weights of one place. */
  setByHand(place: number, weights: Weights): Promise<void>;
  /** The whole state of the counterpart, weights and all else, as plain data. */
  everything(): Promise<unknown>;
  /** The same without the weights. */
  rest(): Promise<unknown>;
  /** The weights of all places after each write of a router since the reset; a write that was refused is none. */
  moments(): readonly (readonly Weights[])[];
  stop(): Promise<void>;
  /** What is configured stays, but it is not what the traffic follows. */
  makeIneffective?(): Promise<void>;
  /** Somebody overwrites a place so that it does not split between the slots any more. */
  damage?(place: number): Promise<void>;
  /** Somebody deletes a place. */
  remove?(place: number): Promise<void>;
  /** Texts that must not be in a reading, because it goes to the journal. */
  readonly secrets?: readonly string[];
}

/** What a router's counterpart cannot do to it, so that there is nothing to test; all else must be in the rig. */
export type Cannot = 'makeIneffective' | 'damage' | 'remove';

export interface ConformanceOptions {
  /** @default - nothing: the rig has all three */
  readonly cannot?: readonly Cannot[];
  /** Places of the rig; with one there is no partial write. @default 2 or more, as many as the reading says */
  readonly onePlace?: boolean;
  /** Shares (0–1) that are set and read back. @default SOME_SHARES */
  readonly shares?: readonly number[];
  /** Shares (0–1) of a whole way there and back; where a write is slow, fewer. @default a road with jumps up and down */
  readonly road?: readonly number[];
  /** Milliseconds a test may take. @default 60000 */
  readonly timeout?: number;
}

export const SOME_SHARES: readonly number[] = [
  0.001,
  0.005,
  0.01,
  0.05,
  0.25,
  1 / 3,
  0.5,
  0.667,
  0.9,
  0.95,
  0.99,
  0.999,
];
const ROAD: readonly number[] = [0.05, 0.5, 0.9, 1, 0.25, 0, 1, 0];
/** 0.1 % to 99.9 %. */
export const ALL_SHARES: readonly number[] = Array.from({ length: 999 }, (_, i) => (i + 1) / 1000);

/** What a router must do, whichever it is: `conforms('alb', makeRig)` declares the tests. */
export function conforms(name: string, makeRig: () => Promise<Rig>, options: ConformanceOptions = {}): void {
  const { onePlace = false, cannot = [], shares = SOME_SHARES, road = ROAD, timeout = 60_000 } = options;
  const check = (words: string, body: () => Promise<void>): void => test(words, body, timeout);
  const checkIf = (needs: Cannot, words: string, body: () => Promise<void>): void => {
    if (!cannot.includes(needs)) check(words, body);
  };

  describe(`${name}, as every router`, () => {
    let rig: Rig;
    let router: TrafficRouter;
    const at = (share: number): Weights => weightsFor(share, 'green', router.capabilities.scale);
    const BLUE = allOn('blue');
    const GREEN = allOn('green');

    beforeAll(async () => {
      rig = await makeRig();
    }, 300_000);
    afterAll(() => rig?.stop(), 60_000);
    beforeEach(async () => {
      await rig.reset();
      router = rig.router;
    }, timeout);

    const held = async (weights: Weights): Promise<void> => {
      for (const place of await rig.weights()) expect([place, sameShare(place, weights)]).toEqual([place, true]);
    };
    const read = (): Promise<RouterReading> => router.read();

    check('read gives the weights of every place, and everything needed to restore it', async () => {
      const reading = await read();
      expect(reading.router).toBe(router.capabilities.name);
      expect(onePlace ? reading.places.length === 1 : reading.places.length > 1).toBe(true);
      const live = await rig.weights();
      expect(reading.places.map(({ weights }, i) => sameShare(weights, live[i]!))).toEqual(live.map(() => true));
      for (const { id, verbatim } of reading.places)
        expect([typeof id, verbatim === undefined]).toEqual(['string', false]);
      expect(new Set(reading.places.map(({ id }) => id)).size).toBe(reading.places.length);
      expect(reading.stickySeconds).toBeGreaterThanOrEqual(0);
    });

    check('a reading is plain data: as JSON and back it is the same, and it holds no secret', async () => {
      const reading = await read();
      expect(JSON.parse(JSON.stringify(reading))).toEqual(reading);
      for (const secret of rig.secrets ?? []) expect(JSON.stringify(reading)).not.toContain(secret);
    });

    check('reading changes nothing', async () => {
      const before = await rig.everything();
      expect(await read()).toEqual(await read());
      expect([await rig.everything(), rig.moments()]).toEqual([before, []]);
    });

    check('apply from the expected weights sets every place and says which', async () => {
      const ids = (await read()).places.map(({ id }) => id);
      const { written } = await router.apply({ expected: [BLUE], to: at(0.05) });
      await held(at(0.05));
      expect(written.filter((id) => ids.includes(id)).sort()).toEqual([...ids].sort());
    });

    check('apply twice does it once', async () => {
      await router.apply({ expected: [BLUE], to: at(0.25) });
      const before = [await rig.everything(), rig.moments().length];
      const { written } = await router.apply({ expected: [BLUE, at(0.25)], to: at(0.25) });
      expect([await rig.everything(), rig.moments().length]).toEqual(before);
      expect(written).toEqual([]);
    });

    check('apply says what is there already, even when only the old weights are expected', async () => {
      await router.apply({ expected: [BLUE], to: at(0.25) });
      expect((await rig.another().apply({ expected: [BLUE], to: at(0.25) })).written).toEqual([]);
    });

    check(
      'foreign weights in one place: a conflict (exit 6) that says what was found, and nothing is written',
      async () => {
        const last = (await read()).places.length - 1;
        await rig.setByHand(last, at(0.5));
        const before = await rig.everything();
        const error = await failureOf(router.apply({ expected: [BLUE], to: at(0.05) }));
        expect(error).toMatchObject({ code: 'ROUTER_CONFLICT', exitCode: 6 });
        expect((error as KongDualClusterError).remedy).toMatch(/\w/);
        expect([await rig.everything(), rig.moments()]).toEqual([before, []]);
      },
    );

    check('weights that give nobody anything are refused before anything is written', async () => {
      await expect(router.apply({ expected: [BLUE], to: { blue: 0, green: 0 } })).rejects.toMatchObject({
        code: 'WEIGHTS_ALL_ZERO',
      });
      expect(rig.moments()).toEqual([]);
    });

    check('verify holds after an apply', async () => {
      await router.apply({ expected: [BLUE], to: at(0.5) });
      expect(await router.verify(at(0.5))).toMatchObject({ holds: true, differences: [] });
    });

    check('verify names the place that differs and what it has, in words', async () => {
      await router.apply({ expected: [BLUE], to: at(0.5) });
      await rig.setByHand(0, at(0.25));
      const { holds, reading, differences } = await router.verify(at(0.5));
      expect(holds).toBe(false);
      expect(sameShare(reading.places[0]!.weights, at(0.25))).toBe(true);
      expect(differences.some((text) => text.includes(reading.places[0]!.id) && /\d/.test(text))).toBe(true);
    });

    checkIf('makeIneffective', 'verify sees what is configured but not effective', async () => {
      await router.apply({ expected: [BLUE], to: at(0.5) });
      await rig.makeIneffective!();
      // Of another process: a router may remember that it has seen an effect.
      const { holds, differences } = await rig.another().verify(at(0.5));
      expect([holds, differences.length > 0]).toEqual([false, true]);
    });

    check('restore by another process, from a reading that was written down, puts everything back', async () => {
      const before = await rig.everything();
      const saved = JSON.parse(JSON.stringify(await read())) as RouterReading;
      await router.apply({ expected: [BLUE], to: at(0.25) });
      await rig.setByHand(0, at(0.9));
      await rig.another().restore(saved);
      expect(await rig.everything()).toEqual(before);
    });

    check('restore never gives nobody anything, whatever the reading says', async () => {
      const { places, ...rest } = await read();
      const nothing = { ...rest, places: places.map((place) => ({ ...place, weights: { blue: 0, green: 0 } })) };
      const error = await failureOf(rig.another().restore(nothing));
      expect(error).toMatchObject({ code: 'WEIGHTS_ALL_ZERO' });
      expect(rig.moments()).toEqual([]);
    });

    check('restore of a split puts the split back, not everything on one slot', async () => {
      await router.apply({ expected: [BLUE], to: at(0.25) });
      const before = await rig.everything();
      const saved = await read();
      await router.apply({ expected: [at(0.25)], to: GREEN });
      await rig.another().restore(saved);
      expect(await rig.everything()).toEqual(before);
    });

    check('restore writes nothing where nothing differs', async () => {
      const { written } = await router.restore(await read());
      expect([written, rig.moments()]).toEqual([[], []]);
    });

    checkIf('damage', 'restore mends a place that somebody overwrote', async () => {
      const before = await rig.everything();
      const saved = JSON.parse(JSON.stringify(await read())) as RouterReading;
      await rig.damage!(0);
      await expect(router.read()).rejects.toMatchObject({ exitCode: 6 });
      await rig.another().restore(saved);
      expect(await rig.everything()).toEqual(before);
    });

    checkIf('remove', 'a place that is gone is told, with what mends it', async () => {
      await rig.remove!(0);
      const error = await failureOf(router.read());
      expect(error).toBeInstanceOf(KongDualClusterError);
      expect(error).toMatchObject({ exitCode: 6 });
    });

    if (!onePlace) {
      check('a write that ended halfway is seen, and the next apply completes it', async () => {
        await rig.setByHand(0, at(0.05));
        const { places } = await read();
        expect(places.map(({ weights }) => sameShare(weights, at(0.05)))).toEqual(places.map((_, i) => i === 0));
        const { written } = await rig.another().apply({ expected: [BLUE, at(0.05)], to: at(0.05) });
        await held(at(0.05));
        expect(written).not.toContain(places[0]!.id);
      });
    }

    check('a mayWrite that throws at once: its error comes out and nothing is written', async () => {
      const before = await rig.everything();
      const lost = new Error('the lock was lost');
      const change = { expected: [BLUE], to: at(0.05), mayWrite: () => Promise.reject(lost) };
      expect(await failureOf(router.apply(change))).toBe(lost);
      expect([await rig.everything(), rig.moments()]).toEqual([before, []]);
      await rig.setByHand(0, at(0.9));
      expect(await failureOf(router.restore({ ...(await read()), places: await onBlue(read) }, change.mayWrite))).toBe(
        lost,
      );
      expect(rig.moments()).toEqual([]);
    });

    check('a mayWrite that throws later: nothing is written after that, and the next apply completes it', async () => {
      let asked = 0;
      let writtenWhenLost = 0;
      const mayWrite = (): Promise<void> => {
        asked += 1;
        if (asked === 1) {
          // Nothing was written before it was asked.
          expect(rig.moments()).toEqual([]);
          return Promise.resolve();
        }
        writtenWhenLost = rig.moments().length;
        return Promise.reject(new Error('the lock was lost'));
      };
      const ended = await failureOf(router.apply({ expected: [BLUE], to: at(0.05), mayWrite }));
      expect(asked).toBeGreaterThan(0);
      if (asked > 1)
        expect([(ended as Error).message, rig.moments().length]).toEqual(['the lock was lost', writtenWhenLost]);
      await router.apply({ expected: [BLUE, at(0.05)], to: at(0.05) });
      await held(at(0.05));
    });

    check('at every moment every place has a weight above 0, and the share goes only where it was sent', async () => {
      for (const [i, share] of road.entries()) {
        const [from, to] = [at(road[i - 1] ?? 0), at(share)];
        const seen = rig.moments().length;
        await router.apply({ expected: [from], to });
        const moments = rig.moments().slice(seen);
        expect(moments.length).toBeGreaterThan(0);
        for (const place of moments[0]!.keys())
          rises(
            moments.map((all) => all[place]!),
            from,
            to,
          );
        await held(to);
      }
    });

    check('all else of a place stays as it was, there and back', async () => {
      const [everything, rest] = [await rig.everything(), await rig.rest()];
      for (const [from, to] of [
        [BLUE, at(0.05)],
        [at(0.05), GREEN],
        [GREEN, BLUE],
      ] as const) {
        await router.apply({ expected: [from], to });
        expect(await rig.rest()).toEqual(rest);
      }
      expect(await rig.everything()).toEqual(everything);
    });

    check(
      `${shares.length} shares from ${shares[0]! * 100} % on read back as the weights its scale holds`,
      async () => {
        let before = BLUE;
        for (const share of shares) {
          const to = at(share);
          expect([share, shareOf(to, 'green') > 0, shareOf(to, 'blue') > 0]).toEqual([share, true, true]);
          await router.apply({ expected: [before], to });
          for (const { weights } of (await read()).places)
            expect([share, weights, sameShare(weights, to)]).toEqual([share, weights, true]);
          await held(to);
          before = to;
        }
      },
    );
  });
}

/** Shares of the rising slot never go back on the way, and nobody is without a slot. */
function rises(moments: readonly Weights[], from: Weights, to: Weights): void {
  const direction = Math.sign(shareOf(to, 'green') - shareOf(from, 'green'));
  let last = shareOf(from, 'green');
  for (const weights of moments) {
    expect(weights.blue + weights.green).toBeGreaterThan(0);
    const share = shareOf(weights, 'green');
    expect([weights, (share - last) * direction >= -1e-9]).toEqual([weights, true]);
    last = share;
  }
  expect(sameShare(moments.at(-1)!, to)).toBe(true);
}

const onBlue = async (read: () => Promise<RouterReading>): Promise<RouterReading['places']> =>
  (await read()).places.map((place) => ({ ...place, weights: allOn('blue') }));

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
