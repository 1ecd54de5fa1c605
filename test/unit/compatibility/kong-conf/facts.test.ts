import Ajv from 'ajv';
import schema from '../../../../lib/compatibility/facts/kong-conf/parameters.schema.json';
import early from '../../../../lib/compatibility/facts/kong-conf/2.8-3.4.json';
import late from '../../../../lib/compatibility/facts/kong-conf/3.4-3.14.json';
import { changes } from '../../../../lib/compatibility/changes';
import { KONG_CONF_CHANGES } from '../../../../lib/compatibility/kong-conf';
import { isSameValue, parameters } from '../../../../lib/compatibility/kong-conf/parameters';
import defaultsDiff from '../../../recorded/conf/defaults-diff.json';
import { about, check } from './helpers';

const FILES = [
  ['2.8-3.4.json', early],
  ['3.4-3.14.json', late],
] as const;
type Entry = {
  readonly name: string;
  readonly all?: Readonly<Record<string, string>>;
  readonly oss?: Readonly<Record<string, string>>;
  readonly enterprise?: Readonly<Record<string, string>>;
  readonly replacement?: string;
  readonly onlyWith?: string;
  readonly internal?: boolean;
  readonly changes?: readonly string[];
};
const entriesOf = (file: { readonly parameters: readonly unknown[] }) => file.parameters as readonly Entry[];

describe.each(FILES)('%s', (_, file) => {
  const entries = entriesOf(file);

  test('fits its schema', () => {
    const validate = new Ajv({ strict: false }).compile(schema);
    expect(validate(file) ? [] : validate.errors).toEqual([]);
  });

  test('is sorted by name, each once', () => {
    const names = entries.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)].sort());
  });

  test('tells defaults of its own versions only', () => {
    const versions = new Set<string>(file.versions);
    const strangers = entries.filter(({ all = {}, oss = {}, enterprise = {} }) =>
      [all, oss, enterprise].flatMap((defaults) => Object.keys(defaults)).some((version) => !versions.has(version)),
    );
    expect(strangers).toEqual([]);
  });

  test('names only replacements, conditions and changes that there are', () => {
    for (const { replacement, onlyWith, changes: ids = [] } of entries) {
      if (replacement !== undefined) expect([...parameters().keys()]).toContain(replacement);
      if (onlyWith !== undefined) expect([...parameters().keys()]).toContain(onlyWith);
      for (const id of ids) expect([...changes().keys()]).toContain(id);
    }
  });
});

test('both files together: the lists of 2.8 and 3.4, and of 3.4, 3.10 and 3.14', () => {
  expect([early.parameters.length, late.parameters.length]).toEqual([407, 440]);
});

test('both files say the same of Enterprise 3.4', () => {
  const ofLate = new Map(entriesOf(late).map((entry) => [entry.name, entry.enterprise?.['3.4']]));
  const differing = entriesOf(early).filter(
    ({ name, all, enterprise = all }) => ofLate.has(name) && !isSameValue(ofLate.get(name), enterprise?.['3.4']),
  );
  expect(differing.map(({ name }) => name)).toEqual([]);
});

describe('the defaults that real 2.8.5 and 3.4.2 showed', () => {
  const shown = (value: unknown): string =>
    value === true ? 'on' : value === false ? 'off' : Array.isArray(value) ? value.join(',') : String(value);
  /** `system` is shown as what it came to, keys as stars, and the node had a status listener and no Kong Manager. */
  const RESOLVED = new Set([
    'lua_ssl_trusted_certificate',
    'admin_gui_listen',
    'cassandra_timeout',
    'cassandra_schema_consensus_timeout',
  ]);
  const differing = (
    defaultsDiff as readonly { readonly parameter: string; readonly '2.8.5': unknown; readonly '3.4.2': unknown }[]
  ).filter(({ parameter }) => parameters().has(parameter));

  test('there are some', () => expect(differing.length).toBeGreaterThan(40));

  test.each(differing.map((row) => [row.parameter, row] as const))('%s', (name, row) => {
    for (const [version, minor] of [
      ['2.8.5', '2.8'],
      ['3.4.2', '3.4'],
    ] as const) {
      const inFacts = parameters().get(name)!.defaults.oss[minor];
      const recorded = row[version];
      if (recorded === '(absent)') expect([version, inFacts]).toEqual([version, undefined]);
      else if (!RESOLVED.has(name) && typeof recorded !== 'object' && recorded !== '******') {
        expect(isSameValue(shown(recorded), inFacts)).toBe(true);
      } else expect(inFacts).toBeDefined();
    }
  });
});

describe('every parameter whose default differs is found where it is not set, and kept when asked', () => {
  const STEPS = [
    ['2.8.5', '3.4.2', 'oss', '2.8', '3.4', early],
    ['2.8.4.9', '3.4.3.5', 'enterprise', '2.8', '3.4', early],
    ['3.4.3.5', '3.10.0.0', 'enterprise', '3.4', '3.10', late],
    ['3.10.0.0', '3.14.0.0', 'enterprise', '3.10', '3.14', late],
  ] as const;
  const cases = STEPS.flatMap(([from, to, edition, before, after, file]) =>
    entriesOf(file).flatMap(({ name, internal, onlyWith, all, ...entry }) => {
      const defaults = entry[edition] ?? all ?? {};
      const [old, now] = [defaults[before], defaults[after]];
      if (old === undefined || now === undefined || isSameValue(old, now) || internal) return [];
      return [
        [`${from} → ${to} ${name}`, { from, to, name, old, now, conf: onlyWith ? `${onlyWith} = on\n` : '' }] as const,
      ];
    }),
  );

  test('there are as many as the lists show', () => expect(cases.length).toBeGreaterThan(12));

  test.each(cases)('%s', (_, { from, to, name, old, conf }) => {
    const found = about(conf, name, { from, to });
    expect(found).toMatchObject({ severity: 'default-changed', line: null, fix: { mode: 'manual' } });
    const kept = check(conf, { from, to, keepBehaviour: true }).rewritten!;
    const isKept = kept.includes(`\n${name} = ${old}\n`);
    // The first two can not be written or are not accepted; of a limit that was raised the old one is an alarm itself.
    expect(isKept).toBe(!['', 'tlsv1'].includes(old) && name !== 'cluster_max_payload');
    const asDefault = (text: string) =>
      check(text, { from, to }).findings.filter((found) => found.id === name && found.line === null);
    if (isKept) expect(asDefault(kept)).toEqual([]);
    expect(asDefault(`${conf}${name} = ${old || 'system'}\n`)).toEqual([]);
  });
});

test('every change that is read off a kong.conf is reached by a rule', () => {
  const ofConf = [...changes().values()].filter(
    (change) => (change as unknown as { detect?: { kind?: string } }).detect?.kind === 'kong.conf',
  );
  expect(ofConf.length).toBeGreaterThan(30);
  expect(ofConf.map(({ id }) => id).filter((id) => !KONG_CONF_CHANGES.includes(id))).toEqual([]);
  expect(KONG_CONF_CHANGES.filter((id) => !changes().has(id))).toEqual([]);
});
