import fc from 'fast-check';
import { ERROR_CODES } from '../../../lib/error-codes';
import type { KongDualClusterError } from '../../../lib/errors';
import { hasEdition, knownMinors, releaseOf } from '../../../lib/release/catalogue';
import hopsFile from '../../../lib/release/facts/hops.json';
import { KongVersion } from '../../../lib/release/kong-version';
import { upgradePath } from '../../../lib/release/upgrade-path';
import type { PathOptions, UpgradePath } from '../../../lib/release/hop';

const DAY = '2026-11-21';
const path = (from: string, to: string, options: Partial<PathOptions> = {}): UpgradePath =>
  upgradePath(from, to, { asOf: DAY, ...options });
const stops = (from: string, to: string, options?: Partial<PathOptions>): string[] => [
  from,
  ...path(from, to, options).hops.map((hop) => hop.to),
];
const codes = (found: UpgradePath): string[] => found.warnings.map(({ code }) => code);
const message = (found: UpgradePath, code: string): string | undefined =>
  found.warnings.find((warning) => warning.code === code)?.message;
const refusal = (from: string, to: string, options?: Partial<PathOptions>): KongDualClusterError => {
  try {
    path(from, to, options);
  } catch (error) {
    return error as KongDualClusterError;
  }
  throw new Error(`${from} → ${to} was not refused`);
};

describe('the stops of an upgrade', () => {
  test.each([
    ['2.8 3.4'],
    ['2.8 3.4 3.10 3.14'],
    ['2.6 2.8 3.4'],
    ['0.36 1.3 1.5 2.1 2.2 2.3 2.4'],
    ['0.36 1.3 1.5 2.1 2.8 3.4 3.10'],
    ['1.5 2.1 2.8'],
    ['1.2 1.5 2.1 2.8 3.4'],
    ['2.0 2.1 2.2'],
    ['0.33 0.34 0.35 0.36 1.3'],
    ['0.14 1.5 2.1'],
    ['2.1 2.2 2.3'],
    ['2.3 2.8 3.0'],
    ['2.8 3.1 3.2'],
    ['3.1 3.2 3.3 3.4 3.10'],
    ['3.10 3.14 3.15'],
    ['3.4 3.5'],
  ])('%s', (line) => {
    const all = line.split(' ');
    expect(stops(all[0]!, all.at(-1)!)).toEqual(all);
  });

  test('given 1.5 to 2.1, then the hop is a major one and says that Dev Portal files are migrated by hand', () => {
    const found = path('1.5', '2.1');
    expect(found.hops).toMatchObject([{ from: '1.5', to: '2.1', kind: 'major' }]);
    expect(found.hops[0]!.note).toMatch(/Dev Portal files .* manual migration/);
    expect(message(found, 'DEV_PORTAL_FILES')).toMatch(/1\.5 → 2\.1/);
    expect(codes(path('1.5.1', '2.1.4'))).not.toContain('DEV_PORTAL_FILES');
  });

  test('given 3.4 to 3.10, then the hop carries patches, PostgreSQL, guide, conversion and sources', () => {
    expect(path('3.4', '3.10').hops).toMatchObject([
      {
        kind: 'lts-to-lts',
        latestPatch: { enterprise: '3.10.0.17' },
        postgres: [13, 14, 15, 16, 17],
        deckConvert: expect.stringMatching(/^3\.4->3\.10 /) as string,
        guide: 'https://developer.konghq.com/gateway/upgrade/lts-upgrade-34-310/',
        sources: ['https://developer.konghq.com/gateway/upgrade/lts-upgrade-34-310/'],
      },
    ]);
  });

  test.each<[string, string, Partial<PathOptions>, string[]]>([
    ['2.8.4.14', '3.10', {}, ['3.4.3.29', '3.10.0.17']],
    ['2.8', '3.4.3.12', {}, ['3.4.3.12']],
    ['2.6', '3.4', { edition: 'oss' }, ['2.8.5', '3.4.2']],
    ['2.6', '3.4', {}, ['2.8', '3.4']],
    ['2.8.5', '3.10', {}, ['3.4.3.29', '3.10.0.17']],
    ['2.8.5', '3.4.1', {}, ['3.4.1']],
  ])('%s to %s (%j) runs %j: the patch asked for, else the latest of the edition', (from, to, options, versions) => {
    expect(path(from, to, options).hops.map(({ version }) => version)).toEqual(versions);
  });

  test('given 2.8 to 3.1, then Enterprise goes directly, open source and an older patch through 3.0', () => {
    expect(stops('2.8.4.14', '3.1.1.6')).toEqual(['2.8.4.14', '3.1']);
    expect(stops('2.8.5', '3.1')).toEqual(['2.8.5', '3.0', '3.1']);
    expect(stops('2.8.4.14', '3.1.0.0')).toEqual(['2.8.4.14', '3.0', '3.1']);
    expect(codes(path('2.8', '3.1'))).toContain('HOP_ENTERPRISE_ONLY');
    expect(codes(path('2.8', '3.1', { edition: 'enterprise' }))).not.toContain('HOP_ENTERPRISE_ONLY');
  });
});

describe('a step inside a minor', () => {
  test.each([
    ['3.4', '3.4.3', '3.4.3'],
    ['3.4.3.5', '3.4.3.12', '3.4.3.12'],
    ['3.4.3.12', '3.4', '3.4.3.29'],
    ['3.4.0-rc.1', '3.4.0', '3.4.0'],
    ['3.9.3', '3.9.1.2', '3.9.1.2'],
  ])('%s to %s is one patch hop that ends with %s', (from, to, end) => {
    expect(path(from, to).hops).toMatchObject([{ from, to: end, kind: 'patch', version: end }]);
  });

  test.each([
    ['3.4', '3.4'],
    ['3.4.2', '3.4.2'],
    ['3.4.2', '3.4'],
    ['3.4.3.29', '3.4'],
  ])('%s to %s is no hop', (from, to) => {
    expect(path(from, to).hops).toEqual([]);
  });

  test('given a patch that is not known, then it is said and not refused', () => {
    expect(message(path('3.4', '3.4.3.99'), 'PATCH_UNKNOWN')).toMatch(/3\.4\.3\.99/);
    expect(codes(path('3.4.3.5', '3.4.3.12'))).not.toContain('PATCH_UNKNOWN');
  });

  test('given a target with a later patch, then the latest is named', () => {
    expect(message(path('2.8', '3.4.3.12'), 'TARGET_NOT_LATEST_PATCH')).toMatch(/3\.4\.3\.29/);
    expect(codes(path('2.8', '3.4.3.29'))).not.toContain('TARGET_NOT_LATEST_PATCH');
  });
});

describe('what is refused, with what to do instead', () => {
  test.each<[string, string, RegExp, RegExp]>([
    ['3.4', '2.8', /no downgrade/, /keep 3\.4 or a later version/],
    ['3.4.2', '3.4.1', /no downgrade/, /keep 3\.4\.2/],
    ['3.4.3.12', '3.4.3.5', /no downgrade/, /keep 3\.4\.3\.12/],
    ['3.4', '3.99', /3\.99 is known/, /from 0\.14 to 3\.15; the latest long-term version is 3\.14/],
    ['3.4', '4.0', /4\.0 is known/, /latest long-term version is 3\.14/],
    ['9.1', '9.2', /9\.1 is known/, /latest long-term version is 3\.14/],
    ['1.0', '1.2', /no such version step/, /upgrade to 1\.5/],
    ['3.4.3.12', '3.9.3', /no way from Enterprise to open source/, /3\.9\.1\.2/],
  ])('%s to %s', (from, to, problem, remedy) => {
    const error = refusal(from, to);
    expect([error.code, error.exitCode]).toEqual(['VERSION_STEP_UNSUPPORTED', 8]);
    expect([error.problem, error.remedy]).toEqual([expect.stringMatching(problem), expect.stringMatching(remedy)]);
  });

  test.each([
    ['3.10.1', '3.11', '3.10.0.17'],
    ['3.4', '3.11.0', '3.11.0.14'],
    ['2.0.0.1', '2.1', '2.0.5'],
  ])('%s to %s, an edition without such a release: the other one is named', (from, to, other) => {
    const error = refusal(from, to);
    expect([error.code, error.exitCode, error.remedy.includes(other)]).toEqual(['EDITION_WITHOUT_RELEASE', 8, true]);
  });

  test('given text that is no version or no day, then it says which', () => {
    expect(refusal('latest', '3.4').code).toBe('VERSION_INVALID');
    expect(refusal('2.8', '3.4', { asOf: 'soon' }).code).toBe('DATE_INVALID');
  });
});

describe('hybrid mode and the versions that speak wRPC only', () => {
  const hybrid = { mode: 'hybrid' } as const;

  test.each([
    ['2.8.4.14', '3.1.0.0', /go to 3\.1\.1\.6 instead/],
    ['3.0.1.0', '3.1.1.1', /go to 3\.1\.1\.6 instead/],
    ['3.1.0.0', '3.4', /upgrade 3\.1\.0\.0 → 3\.1\.1\.6 first.*then 3\.1\.1\.6 → 3\.4/],
    ['3.1.1.1', '3.2.2.5', /upgrade 3\.1\.1\.1 → 3\.1\.1\.6 first/],
    ['3.1.0.0', '3.1.1.1', /go to 3\.1\.1\.6 instead/],
    ['3.1.1', '3.2.2', /3\.1\.1\.6 first.*no open-source patch/],
  ])('%s to %s is refused with the way around', (from, to, remedy) => {
    expect(refusal(from, to, hybrid)).toMatchObject({
      code: 'HYBRID_WRPC_ONLY',
      exitCode: 8,
      remedy: expect.stringMatching(remedy) as string,
    });
    expect(path(from, to).hops.length).toBeGreaterThan(0);
  });

  test('the way around is itself a path', () => {
    expect(stops('3.1.0.0', '3.1.1.6', hybrid)).toEqual(['3.1.0.0', '3.1.1.6']);
    expect(stops('3.1.1.1', '3.1', hybrid)).toEqual(['3.1.1.1', '3.1.1.6']);
    expect(stops('3.1.1.6', '3.2.2.5', hybrid)).toEqual(['3.1.1.6', '3.2']);
  });

  test('given a stop in 3.1, then Enterprise stops at a patch with both protocols, and otherwise the patches to avoid are named', () => {
    expect(path('3.0.1.0', '3.4.3.29', hybrid).hops[0]).toMatchObject({
      version: '3.1.1.6',
      latestPatch: { enterprise: '3.1.1.6' },
    });
    expect(message(path('3.0', '3.4', hybrid), 'HYBRID_WRPC')).toMatch(/3\.1\.0\.0.*3\.1\.1\.1.*3\.1\.1\.6/);
    expect(path('3.0.2', '3.4.2', hybrid).hops[0]).toMatchObject({ version: '3.1', latestPatch: {} });
    expect(codes(path('3.0.2', '3.4.2', hybrid))).toContain('HYBRID_WRPC');
    expect(codes(path('2.8', '3.4', hybrid))).not.toContain('HYBRID_WRPC');
  });
});

describe('support of the target and of the stops on the day', () => {
  test.each([
    ['2026-08-21', undefined],
    ['2026-08-31', undefined],
    ['2026-09-01', 'TARGET_IN_SUNSET'],
    ['2027-09-01', 'TARGET_END_OF_LIFE'],
  ])('2.8 to 3.4 on %s warns of %s', (asOf, code) => {
    const told = codes(path('2.8', '3.4', { asOf })).filter((found) => found.startsWith('TARGET_'));
    expect(told).toEqual(code === undefined ? [] : [code]);
  });

  test('names the next long-term version and its day', () => {
    expect(message(path('2.8', '3.4'), 'TARGET_IN_SUNSET')).toMatch(/2026-08-31.*2027-08-31.*3\.10, .*2028-03-31/);
    expect(message(path('2.8', '3.15', { asOf: '2030-01-01' }), 'TARGET_END_OF_LIFE')).toMatch(
      /No later long-term version/,
    );
  });

  test('given stops out of support, then they are named once, without the target', () => {
    expect(message(path('2.6', '3.10'), 'STOP_END_OF_LIFE')).toMatch(/2\.8 \(ended 2026-03-26\), 3\.4 \(sunset\)\./);
    expect(codes(path('2.8', '3.4'))).not.toContain('STOP_END_OF_LIFE');
    expect(codes(path('3.10', '3.14'))).not.toContain('STOP_END_OF_LIFE');
  });

  test('given a Date, then it is the same as its day', () => {
    expect(path('2.8', '3.4', { asOf: new Date('2026-11-21T12:00:00Z') })).toEqual(path('2.8', '3.4'));
  });
});

describe('editions on the way', () => {
  test('given open source and a target after 3.9, then the edition changes at a named version', () => {
    expect(message(path('2.8.5', '3.10'), 'OPEN_SOURCE_ENDS')).toMatch(/after 3\.9; 3\.10 is Enterprise.* at 2\.8, /);
    expect(message(path('1.2', '3.10'), 'OPEN_SOURCE_ENDS')).toMatch(/ at 1\.5, /);
    expect(message(path('2.8', '3.10'), 'OPEN_SOURCE_ENDS')).toMatch(/If open source runs today/);
    expect(codes(path('2.8.4.14', '3.10'))).not.toContain('OPEN_SOURCE_ENDS');
    expect(codes(path('2.8.5', '3.9.3'))).not.toContain('OPEN_SOURCE_ENDS');
  });

  test('given open source and an Enterprise target that open source has as well, then the change is said', () => {
    expect(codes(path('2.8.5', '3.4.3.29'))).toContain('EDITION_CHANGES');
    expect(codes(path('3.9.3', '3.9.1.2'))).toContain('EDITION_CHANGES');
    expect(codes(path('2.8', '3.4.3.29'))).not.toContain('EDITION_CHANGES');
  });
});

describe('datastores on the way', () => {
  test('given PostgreSQL of no known version, then what serves every stop is named', () => {
    expect(message(path('2.8', '3.10'), 'POSTGRES_MAJORS')).toMatch(
      /^PostgreSQL 13–15 serves .*2\.8: 12–15; 3\.4: 12–16; 3\.10: 13–17/,
    );
    expect(codes(path('3.10', '3.14'))).not.toContain('POSTGRES_MAJORS');
  });

  test.each([
    [12, /not supported by 3\.10 /],
    [16, /not supported by 2\.8 /],
    [9, /not supported by 2\.8, 3\.4, 3\.10 /],
  ])('given PostgreSQL %d from 2.8 to 3.10, then who does not support it is named', (postgresMajor, said) => {
    expect(message(path('2.8', '3.10', { postgresMajor }), 'POSTGRES_UNSUPPORTED')).toMatch(said);
  });

  test('given a major version that serves all, then nothing is said; PostgreSQL 14 needs no grant', () => {
    const postgres = (postgresMajor: number): string[] =>
      codes(path('2.8', '3.10', { postgresMajor })).filter((code) => code.startsWith('POSTGRES_'));
    expect(postgres(14)).toEqual([]);
    expect(postgres(15)).toEqual(['POSTGRES_SCHEMA_RIGHTS']);
  });

  test('given a path within 3.4 and later, then neither the grant nor Cassandra is news', () => {
    const told = codes(path('3.4', '3.10'));
    expect(told).not.toContain('POSTGRES_SCHEMA_RIGHTS');
    expect(told).not.toContain('CASSANDRA_ENDS');
  });

  test('given Cassandra, then its end at 3.4 is said and nothing of PostgreSQL; on PostgreSQL the reverse', () => {
    const cassandra = codes(path('2.8', '3.4', { datastore: 'cassandra' }));
    expect(cassandra).toContain('CASSANDRA_ENDS');
    expect(cassandra.filter((code) => code.startsWith('POSTGRES_'))).toEqual([]);
    expect(codes(path('2.8', '3.4', { datastore: 'postgres' }))).not.toContain('CASSANDRA_ENDS');
  });

  test('given DB-less, then nothing is said of a database', () => {
    const told = codes(path('2.8', '3.4', { mode: 'db-less' }));
    expect(told.filter((code) => /POSTGRES|CASSANDRA/.test(code))).toEqual([]);
  });
});

describe('other warnings', () => {
  test('over several hops zero downtime is possible, not guaranteed; over one nothing is said of it', () => {
    expect(message(path('2.6', '3.4'), 'ZERO_DOWNTIME_NOT_GUARANTEED')).toMatch(/possible, not guaranteed/);
    expect(codes(path('2.8', '3.4'))).not.toContain('ZERO_DOWNTIME_NOT_GUARANTEED');
  });

  test("given 3.10 to 3.14, then Kong's own check comes before it", () => {
    expect(message(path('3.10', '3.14'), 'PREFLIGHT_CHECK')).toMatch(/kong check --lts-314-compatibility/);
  });

  test('given Enterprise over 3.5, then Dev Portal and Vitals end', () => {
    expect(codes(path('3.4.3.29', '3.10'))).toContain('DEV_PORTAL_AND_VITALS_END');
    expect(codes(path('3.4.2', '3.9.3'))).not.toContain('DEV_PORTAL_AND_VITALS_END');
  });
});

/** Breadth first over the file itself, without the code under test. */
function distance(from: string, to: string, edition: 'oss' | 'enterprise' | undefined): number | undefined {
  let reached = new Set([from]);
  for (let hops = 0; reached.size > 0; hops++) {
    if (reached.has(to)) return hops;
    const edges = hopsFile.hops as { from: string; to: string; edition?: string }[];
    reached = new Set(
      edges
        .filter((hop) => reached.has(hop.from) && (edition === undefined || (hop.edition ?? edition) === edition))
        .map((hop) => hop.to),
    );
  }
  return undefined;
}

describe('laws of the path', () => {
  const minor = fc.constantFrom(...knownMinors());
  const options = fc.record({
    asOf: fc.constantFrom('2019-01-01', '2026-08-21', DAY, '2031-01-01'),
    edition: fc.constantFrom(undefined, 'oss' as const, 'enterprise' as const),
    mode: fc.constantFrom('traditional' as const, 'hybrid' as const, 'db-less' as const),
    datastore: fc.constantFrom(undefined, 'postgres' as const, 'cassandra' as const),
    postgresMajor: fc.constantFrom(undefined, 9, 12, 13, 15, 17),
  });
  const patched = minor.chain((text) => {
    const release = releaseOf(text)!;
    const patches = [...Object.keys(release.enterprise?.patches ?? {}), ...(release.wrpcOnly ?? [])];
    return fc.constantFrom(text, ...patches, ...(release.openSource ? [release.openSource.latestPatch] : []));
  });
  const outcome = (from: string, to: string, given: PathOptions): UpgradePath | KongDualClusterError => {
    try {
      return upgradePath(from, to, given);
    } catch (error) {
      return error as KongDualClusterError;
    }
  };

  test('given any two minors, then no shorter path exists, and where one exists it is found', () => {
    for (const from of knownMinors()) {
      for (const to of knownMinors()) {
        const found = outcome(from, to, { asOf: DAY });
        const [oss, enterprise] = [distance(from, to, 'oss'), distance(from, to, 'enterprise')];
        // A version of one edition only goes on as that edition, except to a version that only Enterprise has.
        const [runsOss, runsEnterprise] = [hasEdition(from, 'oss'), hasEdition(from, 'enterprise')];
        const staysOss = runsOss && !runsEnterprise && hasEdition(to, 'oss');
        const shortest = staysOss ? oss : runsOss ? distance(from, to, undefined) : enterprise;
        if ('hops' in found) expect([from, to, found.hops.length]).toEqual([from, to, shortest]);
        else expect([from, to, oss, enterprise]).toEqual([from, to, undefined, undefined]);
      }
    }
  });

  test('given any two versions and options, then each hop is in the graph, they are chained and strictly rise, from start to target', () => {
    fc.assert(
      fc.property(patched, patched, options, (from, to, given) => {
        const found = outcome(from, to, given);
        if (!('hops' in found)) return;
        const [start, target] = [KongVersion.parse(from), KongVersion.parse(to)];
        if (start.minor() === target.minor()) {
          expect(found.hops.map(({ kind }) => kind)).toEqual(found.hops.length === 0 ? [] : ['patch']);
          return;
        }
        expect([found.hops[0]!.from, found.hops.at(-1)!.to]).toEqual([start.minor(), target.minor()]);
        found.hops.forEach((hop, i) => {
          expect(
            hopsFile.hops.some((fact) => fact.from === hop.from && fact.to === hop.to && fact.kind === hop.kind),
          ).toBe(true);
          if (i > 0) expect(hop.from).toBe(found.hops[i - 1]!.to);
          expect(KongVersion.parse(hop.from).compare(KongVersion.parse(hop.to))).toBeLessThan(0);
          expect(KongVersion.parse(hop.version).minor()).toBe(hop.to);
          const edition = KongVersion.parse(hop.version).edition();
          if (edition !== undefined) expect(hasEdition(hop.to, edition)).toBe(true);
          expect(hop.sources.length).toBeGreaterThan(0);
        });
        if (!target.namesNoPatch()) expect(found.hops.at(-1)!.version).toBe(to);
      }),
      { numRuns: 2000 },
    );
  });

  test('given hybrid mode, then no path stops at, or leaves its minor from, a version that speaks wRPC only', () => {
    const wrpcOnly = releaseOf('3.1')!.wrpcOnly!;
    fc.assert(
      fc.property(patched, patched, options, (from, to, given) => {
        const found = outcome(from, to, { ...given, mode: 'hybrid' });
        if (!('hops' in found)) return;
        const installed = found.hops.flatMap(({ version, latestPatch }) => [
          version,
          latestPatch.oss,
          latestPatch.enterprise,
        ]);
        expect(installed.filter((version) => wrpcOnly.includes(version!))).toEqual([]);
        if (found.hops.some(({ kind }) => kind !== 'patch')) expect(wrpcOnly).not.toContain(from);
      }),
      { numRuns: 2000 },
    );
  });

  test('given any refusal, then it has exit code 8 and an alternative, and versions in it are known', () => {
    fc.assert(
      fc.property(patched, patched, options, (from, to, given) => {
        const found = outcome(from, to, given);
        if ('hops' in found) return;
        expect(['VERSION_STEP_UNSUPPORTED', 'EDITION_WITHOUT_RELEASE', 'HYBRID_WRPC_ONLY']).toContain(found.code);
        expect(found.exitCode).toBe(8);
        const named = found.remedy.match(/\d+\.\d+(\.\d+){0,2}/g) ?? [];
        expect(named.length).toBeGreaterThan(0);
        expect(named.filter((version) => releaseOf(KongVersion.parse(version).minor()) === undefined)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  test('given any path, then every warning is told once, in one line, under a code that explain knows', () => {
    fc.assert(
      fc.property(patched, patched, options, (from, to, given) => {
        const found = outcome(from, to, given);
        if (!('hops' in found)) return;
        const told = found.warnings
          .filter(({ code }) => !/^(PREFLIGHT_CHECK|PATCH_UNKNOWN)$/.test(code))
          .map(({ code }) => code);
        expect(told).toEqual([...new Set(told)]);
        for (const warning of found.warnings) {
          expect(ERROR_CODES).toHaveProperty(warning.code);
          expect(warning.message).not.toMatch(/\n|undefined|\[object/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('given the same question twice, then the answer has the same bytes', () => {
    fc.assert(
      fc.property(patched, patched, options, (from, to, given) => {
        expect(JSON.stringify(outcome(from, to, given))).toBe(JSON.stringify(outcome(from, to, given)));
      }),
    );
  });
});
