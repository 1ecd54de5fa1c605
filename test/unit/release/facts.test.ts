import Ajv from 'ajv';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { releaseOf } from '../../../lib/release/catalogue';
import type { Release } from '../../../lib/release/catalogue';
import { HOPS } from '../../../lib/release/hops';
import { KongVersion } from '../../../lib/release/kong-version';

const FACTS = join(__dirname, '../../../lib/release/facts');
const read = <T>(file: string): T => JSON.parse(readFileSync(join(FACTS, file), 'utf8')) as T;
const releases = read<{ asOf: string; releases: Release[] }>('releases.json');
const v = (text: string): KongVersion => KongVersion.parse(text);
const isRising = (texts: readonly string[]): boolean =>
  texts.slice(1).every((text, i) => v(texts[i]!).compare(v(text)) < 0);
/** `2026-02-30` is no day. */
const isDay = (text: string): boolean => new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);

describe.each(['releases.json', 'hops.json'])('%s', (file) => {
  const facts = read<{ $schema: string }>(file);
  const validate = new Ajv({ allErrors: true, strict: true, strictRequired: false }).compile(
    read<object>(facts.$schema),
  );

  test('holds what its schema asks for', () => {
    validate(facts);
    expect(validate.errors).toBeNull();
  });

  test('given a misspelt key, then the schema refuses it', () => {
    expect(validate({ ...facts, asof: '2026-01-01' })).toBe(false);
  });
});

describe('the releases', () => {
  test('are the 40 minors, oldest first', () => {
    expect(releases.releases).toHaveLength(40);
    expect(isRising(releases.releases.map(({ minor }) => minor))).toBe(true);
  });

  test.each(releases.releases.map((release) => [release.minor, release] as const))(
    '%s: patches belong to it and rise, days exist and are in order',
    (minor, { enterprise, openSource, wrpcOnly = [], postgres = [] }) => {
      const patches = Object.keys(enterprise?.patches ?? {});
      for (const patch of [...patches, ...wrpcOnly, openSource?.latestPatch, enterprise?.first]) {
        if (patch !== undefined) expect(v(patch).minor()).toBe(minor);
      }
      expect(isRising(patches)).toBe(true);
      if (patches.length > 0) expect(enterprise?.first).toBe(patches[0]);
      expect(postgres).toEqual([...postgres].sort((a, b) => a - b));
      const days = [
        [enterprise?.released, enterprise?.endOfFullSupport, enterprise?.endOfSunset],
        [openSource?.released, openSource?.latestPatchDate, releases.asOf],
        [...Object.values(enterprise?.patches ?? {}), releases.asOf],
      ].map((all) => all.filter((day) => day !== undefined));
      for (const all of days) {
        expect(all.filter((day) => !isDay(day))).toEqual([]);
        expect(all).toEqual([...all].sort());
      }
    },
  );

  test('open source ends at 3.9, Cassandra at 3.3, and neither comes back', () => {
    const minorsWith = (has: (release: Release) => boolean): (string | undefined)[] => [
      releases.releases.findLast(has)?.minor,
      releases.releases.slice(releases.releases.findIndex((release) => release.minor === '2.1')).find((r) => !has(r))
        ?.minor,
    ];
    expect(minorsWith(({ openSource }) => openSource !== undefined)).toEqual(['3.9', '3.10']);
    expect(minorsWith(({ cassandra }) => cassandra === true)).toEqual(['3.3', '3.4']);
  });

  test('the long-term versions are 2.8, 3.4, 3.10 and 3.14', () => {
    expect(releases.releases.filter(({ enterprise }) => enterprise?.lts).map(({ minor }) => minor)).toEqual([
      '2.8',
      '3.4',
      '3.10',
      '3.14',
    ]);
  });
});

describe('the hops', () => {
  const name = ({ from, to }: { from: string; to: string }): string => `${from} → ${to}`;

  test('lead from a known minor up to a known minor, each once', () => {
    for (const { from, to } of HOPS) {
      expect([releaseOf(from)?.minor, releaseOf(to)?.minor]).toEqual([from, to]);
      expect(isRising([from, to])).toBe(true);
    }
    expect(new Set(HOPS.map(name)).size).toBe(HOPS.length);
  });

  test('are sorted by where they start, then where they lead: the search for the best way relies on it', () => {
    const sorted = [...HOPS].sort((a, b) => v(a.from).compare(v(b.from)) || v(a.to).compare(v(b.to)));
    expect(HOPS.map(name)).toEqual(sorted.map(name));
  });

  test('those between long-term versions join neighbours among them, with their guide', () => {
    const lts = releases.releases.filter(({ enterprise }) => enterprise?.lts).map(({ minor }) => minor);
    const found = HOPS.filter(({ kind }) => kind === 'lts-to-lts');
    expect(found.map(name)).toEqual(lts.slice(1).map((to, i) => `${lts[i]} → ${to}`));
    expect(found.every(({ guide, deckConvert }) => guide !== undefined && deckConvert !== undefined)).toBe(true);
  });

  test('those of one edition have releases of it at both ends', () => {
    for (const { from, to, edition } of HOPS) {
      const key = edition === 'oss' ? 'openSource' : 'enterprise';
      if (edition !== undefined)
        expect([from, to].filter((minor) => releaseOf(minor)?.[key] === undefined)).toEqual([]);
    }
  });

  test('a first patch that takes a hop belongs to where it leads and was released', () => {
    for (const { to, toAtLeast } of HOPS) {
      if (toAtLeast !== undefined) expect(releaseOf(to)?.enterprise?.patches).toHaveProperty([toAtLeast]);
    }
  });

  test('every minor but the latest has a way on', () => {
    const without = releases.releases
      .map(({ minor }) => minor)
      .filter((minor) => !HOPS.some(({ from }) => from === minor));
    expect(without).toEqual(['3.15']);
  });

  test('to 2.4 and below they go one at a time: what skips a minor leads to 2.8 or later', () => {
    const skipping = HOPS.filter(
      ({ from, to }) => v(from).isAtLeastMinor('2.1') && Number(to.split('.')[1]) !== Number(from.split('.')[1]) + 1,
    );
    expect(skipping.every(({ to }) => v(to).isAtLeastMinor('2.8'))).toBe(true);
  });
});
