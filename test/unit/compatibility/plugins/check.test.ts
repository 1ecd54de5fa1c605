import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changes } from '../../../../lib/compatibility/changes';
import { checkSources } from '../../../../lib/compatibility/plugins/check';
import { CHANGED_PRIORITIES, swappedWith } from '../../../../lib/compatibility/plugins/priorities';
import { languageOf, withoutComments } from '../../../../lib/compatibility/plugins/source';
import plugin from '../../../../lib/compatibility/facts/changes/plugin.json';
import { KongVersion } from '../../../../lib/release/kong-version';

const upgrade = (from: string, to: string) => ({ from: KongVersion.parse(from), to: KongVersion.parse(to) });
const FOLDER = join(__dirname, 'kong-2.x');
const texts = (readdirSync(FOLDER, { recursive: true }) as string[])
  .filter((path) => /\.\w+$|Dockerfile$/.test(path))
  .filter((path) => languageOf(path) !== undefined)
  .map((path) => ({ path, text: readFileSync(join(FOLDER, path), 'utf8') }));

describe('a plugin of the 2.x days', () => {
  const { findings, rules } = checkSources(texts, upgrade('2.8', '3.4'));
  const found = findings.map(({ file, line, id }) => `${file.split('/').at(-1)}:${line} ${id}`);

  test('everything that 3.4 changes in it is found, at its line, and nothing else', () => {
    expect(found).toEqual([
      'daos.lua:4 pdk-daos-array',
      'daos.lua:9 pdk-legacy-attr',
      'handler.lua:2 pdk-base-plugin',
      'handler.lua:3 pdk-batch-queue',
      'handler.lua:4 pdk-log-serializer',
      'handler.lua:5 pdk-singletons',
      'handler.lua:14 plugin-priorities',
      'handler.lua:15 pdk-priority-version',
      'handler.lua:25 pdk-get-path-normalized',
      'handler.lua:27 pdk-credential-username',
      'handler.lua:29 pdk-transfer-encoding',
      'handler.lua:34 pdk-jwt-ctx',
      'handler.lua:36 pdk-balancer-address',
      '000_base_request_audit.lua:2 pdk-cassandra-strategy',
      'schema.lua:3 pdk-0x-schema',
      'Dockerfile:1 plat-alpine',
      'Dockerfile:3 plat-alpine',
      'deploy.sh:3 targets-post-no-update',
      'deploy.sh:5 deck-old-file-overwrite',
    ]);
  });

  test('a finding names the plugin, says what happens and what to do, with its sources', () => {
    const finding = findings.find(({ id }) => id === 'pdk-singletons');
    expect(finding).toMatchObject({
      entity: 'plugin "request-audit"',
      field: 'kong.singletons',
      severity: 'breaking',
      category: 'removed-or-deprecated',
      when: 'before',
      message: 'module kong.singletons is gone: require raises an error and the plugin does not load (used on line 26)',
      fix: { mode: 'manual', how: expect.stringContaining('kong.db.daos') as string },
    });
    expect(finding?.sources.length).toBeGreaterThan(0);
  });

  test('a priority is told with the plugins it now stands on the other side of', () => {
    expect(findings.find(({ id }) => id === 'plugin-priorities')?.message).toBe(
      'PRIORITY 1010: the plugin ran before and now after acme, basic-auth, degraphql, hmac-auth, jwt, jwt-signer, ' +
        'key-auth, key-auth-advanced, ldap-auth, ldap-auth-advanced, mtls-auth, oauth2, openid-connect, vault-auth; ' +
        'it ran after and now before route-by-header',
    );
  });

  test('a rule that looked and found nothing is compliant, one with nothing to look at not applicable', () => {
    const results = new Map(rules.map(({ id, result }) => [id, result]));
    expect(results.get('pdk-singletons')).toBe('non-compliant');
    expect(results.get('pdk-shorthands')).toBe('compliant');
    expect(results.get('pdk-js-python-rawbody')).toBe('not-applicable');
  });

  test('the order of the files does not matter', () => {
    expect(checkSources([...texts].reverse(), upgrade('2.8', '3.4')).findings).toEqual(findings);
  });

  test('from 3.4 on nothing of 3.0 is told', () => {
    const later = checkSources(texts, upgrade('3.4', '3.10')).findings.map(({ id }) => id);
    expect(later).toEqual([]);
  });

  test('what only Enterprise has is not told on the way to an open-source version', () => {
    const report = [{ path: 'r.sh', text: 'curl $ADMIN/vitals/reports' }];
    expect(checkSources(report, upgrade('2.8.5', '3.4.2')).findings).toEqual([]);
    expect(checkSources(report, upgrade('2.8', '3.4')).findings).toHaveLength(1);
  });
});

describe('the order of plugins', () => {
  test('the table is the one of the facts', () => {
    const entry = plugin.changes.find(({ id }) => id === 'plugin-priorities');
    const table = (entry?.detect as unknown as { table: Record<string, [number | string, number]> }).table;
    expect(Object.keys(CHANGED_PRIORITIES).sort()).toEqual(Object.keys(table).sort());
    for (const [name, [was, is]] of Object.entries(table)) {
      if (typeof was === 'number') expect([name, ...(CHANGED_PRIORITIES[name] ?? [])]).toEqual([name, was, is]);
    }
    expect(changes().has('plugin-priorities')).toBe(true);
  });

  test('a plugin below all of them or above all but pre-function keeps its place', () => {
    expect(swappedWith(5)).toEqual([]);
    expect(swappedWith(500_000)).toEqual([]);
    expect(swappedWith(2_000_000)).toEqual([{ plugin: 'pre-function', was: 'after', is: 'before' }]);
  });

  test('the same priority is neither before nor after', () => {
    expect(swappedWith(910)).toContainEqual({ plugin: 'rate-limiting', was: 'before', is: 'beside' });
  });
});

describe('comments of other languages', () => {
  test.each([
    ['shell', 'a # b\n"c # d" e#f', 'a    \n"c # d" e#f'],
    ['yaml', 'a: "#b" # c', 'a: "#b"    '],
    ['python', "x = '#' # y", "x = '#'    "],
    ['javascript', 'f("http://x") // y\n/* z\n*/ g', 'f("http://x")     \n    \n   g'],
    ['dockerfile', '# FROM x\nFROM y', '        \nFROM y'],
    ['lua', 'a -- b\nc', 'a     \nc'],
  ] as const)('of %s are blanked, strings and line numbers kept', (language, text, code) => {
    expect(withoutComments(text, language)).toBe(code);
  });
});
